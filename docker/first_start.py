"""Create the missing passwords and secrets; the service `secrets` of docker-compose.yml.

Each folder is a volume that only the services that need it mount. An existing file is kept, so
nothing changes at a later start. Standard library only.
"""

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = Path("/run/secrets")
# 144 bits, in characters that need no quotes in any of these files.
RANDOM_BYTES = 18
OWNER_ONLY = 0o600
# Grafana's image runs as another user, 472, and PostgreSQL's as 999: each has to read its own. No
# service mounts one that it does not need.
EVERYBODY = 0o644


def keep(path: Path, made: Callable[[], str], mode: int = OWNER_ONLY) -> str:
    """Return the content of a file; if it does not exist, write it first, in one step."""
    if not path.exists():
        new = path.with_name(f".{path.name}.new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            file.write(made())
        new.chmod(mode)
        new.rename(path)
    return path.read_text(encoding="utf-8")


def random() -> str:
    """Return a new password."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def credentials(user: str, password: str) -> str:
    """Return the content of MLflow's ~/.mlflow/credentials."""
    return f"[mlflow]\nmlflow_tracking_username = {user}\nmlflow_tracking_password = {password}\n"


def cluster_settings(secret: str) -> str:
    """Return Spark's settings for master, workers and drivers, which share the secret."""
    return (
        "spark.authenticate true\n"
        f"spark.authenticate.secret {secret}\n"
        "spark.network.crypto.enabled true\n"
        "spark.network.crypto.cipher AES/GCM/NoPadding\n"
        # Neither requires the secret: submitting jobs over HTTP, and ending them on the web page.
        "spark.master.rest.enabled false\n"
        "spark.ui.killEnabled false\n"
    )


def make(folder: Path) -> None:
    """Create what is missing in the volumes below folder."""
    keep(folder / "admin" / "grafana", random, EVERYBODY)
    keep(folder / "database" / "mlflow", random, EVERYBODY)
    server = folder / "mlflow"
    for name in ("admin", "flask-key"):
        keep(server / name, random)
    for user, home in (("api", "registry-reader"), ("pipeline", "registry-writer")):
        password = keep(server / user, random)
        keep(folder / home / "credentials", lambda u=user, p=password: credentials(u, p))
    keep(folder / "spark" / "spark-defaults.conf", lambda: cluster_settings(random()))


def main() -> int:
    """Create the secrets; return the exit code."""
    try:
        make(FOLDER)
    except OSError as err:
        sys.stderr.write(
            f"error: cannot write the secret {err.filename}: {err.strerror}: check the volume\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
