"""Airflow's settings for this project. All of Airflow's files are below GENDER_DETECTION_HOME.

tools/airflow dags test data_pipeline     run an Airflow command with these settings
eval "$(tools/airflow)"                   export them in a shell, for plain `airflow`
"""

if __name__ == "__main__":
    # Before the slow imports below, so that Ctrl-C ends them without a traceback.
    from gender_detection import interrupts

    interrupts.end_at_once()

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from gender_detection.config import Settings
from gender_detection.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
SPARK_SCRATCH = "spark"
AIRFLOW = "apache-airflow"
# How airflow_commands begins the line that tells which command begins.
BEGINS = "airflow begins: "
# The Airflow command, and the stamp below GENDER_DETECTION_HOME with the version it migrated to.
MIGRATION = ["db", "migrate"]
MIGRATED = Path("airflow") / "migrated"
# Airflow reads a setting from a variable or, with these endings, a command or a store of secrets.
READ_BY = ("", "_CMD", "_SECRET")
LOCAL_SPARK = json.dumps(
    {"conn_type": "spark", "host": "local[*]", "extra": {"deploy-mode": "client"}}
)


def airflow_environment(home: Path, env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables to add to env so that Airflow runs this project's DAGs.

    Settings in env for the Spark connection, Airflow's database and its logging are kept.
    """
    dags = env.get("AIRFLOW__CORE__DAGS_FOLDER") or str(ROOT / "airflow" / "dags")
    wanted = {
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": dags,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "GENDER_DETECTION_HOME": str(home),
        # spark-submit, airflow and the jobs' Python come from .venv, whatever else is on PATH.
        "PATH": os.pathsep.join([str(BIN), env.get("PATH", os.defpath)]),
        "PYSPARK_PYTHON": str(BIN / "python"),
        "PYSPARK_DRIVER_PYTHON": str(BIN / "python"),
    }
    if not env.get("AIRFLOW_CONN_SPARK_DEFAULT"):
        wanted["AIRFLOW_CONN_SPARK_DEFAULT"] = LOCAL_SPARK
        # The jobs run on the Spark of .venv, even if another one is installed.
        wanted["SPARK_HOME"] = str(_pyspark_folder())
        wanted["SPARK_CONF_DIR"] = env.get("SPARK_CONF_DIR") or str(ROOT / "tools" / "spark-local")
        # Local Spark must not depend on the network or on a host name that resolves.
        wanted["SPARK_LOCAL_IP"] = env.get("SPARK_LOCAL_IP") or "127.0.0.1"
        # The next run removes the scratch files of a killed job from here.
        wanted["SPARK_LOCAL_DIRS"] = env.get("SPARK_LOCAL_DIRS") or str(home / SPARK_SCRATCH)
    # Other machines cannot reach the UI unless the user sets an address.
    wanted["AIRFLOW__API__HOST"] = env.get("AIRFLOW__API__HOST") or "127.0.0.1"
    return wanted


def _pyspark_folder() -> Path:
    # Importing pyspark takes a second.
    spec = find_spec("pyspark")
    assert spec is not None  # noqa: S101 - a pinned requirement
    assert spec.origin is not None  # noqa: S101
    return Path(spec.origin).parent


def needs_migration(home: Path, env: Mapping[str, str]) -> bool:
    """Return whether Airflow's database may be older than the installed version.

    A stamp records the version of the default database, because Airflow needs as long to check as
    to migrate. A database of the user's is always checked.
    """
    stamp = home / MIGRATED
    return not (_is_default(env) and stamp.exists() and stamp.read_text() == version(AIRFLOW))


def note_migration(home: Path, env: Mapping[str, str]) -> None:
    """Note that the database has been migrated to the installed version."""
    if _is_default(env):
        (home / MIGRATED).parent.mkdir(parents=True, exist_ok=True)
        (home / MIGRATED).write_text(version(AIRFLOW))


def _is_default(env: Mapping[str, str]) -> bool:
    return not any(env.get(f"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN{by}") for by in READ_BY)


def migrate_database(home: Path, env: Mapping[str, str], log: Path) -> bool:
    """Migrate Airflow's database if it needs it; return whether that worked."""
    if not needs_migration(home, env):
        return True
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        migrated = subprocess.run(
            [BIN / "python", "-m", "airflow", *MIGRATION],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=ROOT,
        )
    if migrated.returncode == 0:
        note_migration(home, env)
    return migrated.returncode == 0


def main(arguments: list[str]) -> int:
    """Print the settings as shell exports, or replace this process by Airflow with arguments."""
    try:
        home = Settings.from_env().home
    except ConfigError as err:
        print("error:", err, file=sys.stderr)
        return 1
    wanted = airflow_environment(home, os.environ)
    log = home / "log" / "airflow.log"
    try:
        migrated = migrate_database(home, {**os.environ, **wanted}, log)
    except KeyboardInterrupt:
        return 130
    if not migrated:
        print(f"error: Airflow's database could not be migrated: see {log}", file=sys.stderr)
        return 1
    if not arguments:
        for name, value in wanted.items():
            print(f"export {name}={shlex.quote(value)}")
        return 0
    os.chdir(ROOT)
    command = [str(BIN / "python"), "-m", "airflow", *arguments]
    os.execve(command[0], command, {**os.environ, **wanted})  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    interrupts.run(main, sys.argv[1:])
