"""A PostgreSQL server of the tests' own, in a folder of its own and behind a socket there."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL

USER, DATABASE = "mlflow", "postgres"
# With characters that mean something in a URI, in a configuration file, or in both.
PASSWORD = "p@ss/w%rd: 1"
# Nothing here has to survive a power failure.
OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
START_SECONDS = 120


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, None if it is not installed."""
    # Debian does not put them on PATH.
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve())
    return max(found, key=lambda path: path.stat().st_mtime).parent if found else None


def url(folder: Path, password: str | None = PASSWORD) -> str:
    """Return the URI of the database behind the socket in a folder."""
    address = URL.create(
        "postgresql+psycopg", USER, password, database=DATABASE, query={"host": str(folder)}
    )
    return address.render_as_string(hide_password=False)


@contextmanager
def running(binaries: Path) -> Iterator[Path]:
    """Start a server and yield the folder of its socket; end it and remove everything."""
    # Directly below the folder for temporary files: pytest's own are closed to other users, and the
    # path of a socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    data, log = folder / "data", folder / "log"
    password = folder / "password"
    password.write_text(PASSWORD)
    control = [str(binaries / "pg_ctl"), f"--pgdata={data}"]
    try:
        who = _unprivileged(folder, password)
        _run(
            str(binaries / "initdb"), f"--pgdata={data}", f"--username={USER}", "--no-sync",
            "--encoding=UTF8", "--no-locale", "--auth=scram-sha-256", f"--pwfile={password}", **who,
        )  # fmt: skip
        _run(*control, "--wait", f"--timeout={START_SECONDS}", f"--log={log}",
             f"--options={OPTIONS} -k {folder}", "start", **who)  # fmt: skip
        yield folder
    finally:
        if (data / "postmaster.pid").exists():
            _run(*control, "--mode=immediate", "stop", **who)
        shutil.rmtree(folder)


def _unprivileged(*paths: Path) -> dict[str, Any]:
    """Give paths to a user as whom the server may run, which is not root; return how to be that."""
    if os.geteuid() != 0:
        return {}
    known = {one.pw_name: one for one in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    for path in paths:
        os.chown(path, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _run(*command: str, **how: Any) -> None:
    # Into a file: the server would keep a pipe open.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(command, stdout=output, stderr=output, cwd="/", timeout=300, **how)
        output.seek(0)
        assert done.returncode == 0, f"{' '.join(command)}:\n{output.read()}"
