"""Fixtures that the tests of Spark, Airflow and the notebook share, as they are slow to make.

One Spark session for all of them, and one `make run` on a slice of the real data. A
conftest.py takes this in with import_plugin(), which is done once however many of them ask.
"""

import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, SparkSession

from gender_detection.config import Settings

ROOT = Path(__file__).resolve().parents[2]
SPARK_CONF = str(ROOT / "tools" / "spark-local")
SAMPLE = "0.02"
MAKE_RUN_SECONDS = 1800
JOBS = {
    "raw": "data_acquisition",
    "clean": "data_cleansing",
    "transformed": "data_transformation",
    "vectors": "vectorization",
}
# The tasks of the DAG model_training that report their attempts.
TRAINING = ("fit", "calibrate", "assemble", "evaluate", "card", "register", "gate", "report")


def load_script(name: str) -> ModuleType:
    """Return a job's module. Spark's workers cannot import it, so it is not added to sys.modules:
    its functions are then sent by value, as with spark-submit."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"airflow/scripts/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def environment(home: Path, **settings: str) -> dict[str, str]:
    """Return this process's environment for local Spark jobs on this Python, with only the given
    settings of this project."""
    # MAKE: the tests may run under make test, whose flags are not for another make.
    other = ("GENDER_DETECTION_", "AIRFLOW", "SPARK_", "PYSPARK_", "MAKE", "MFLAGS")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(other)}
    given = {f"GENDER_DETECTION_{name.upper()}": value for name, value in settings.items()}
    spark = {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_CONF_DIR": SPARK_CONF,
        "PYSPARK_PYTHON": sys.executable,
    }
    return {**inherited, **spark, "GENDER_DETECTION_HOME": str(home), **given}


@dataclass(frozen=True)
class Finished:
    """A home filled by make run, its settings, and its output."""

    settings: Settings
    env: dict[str, str]
    printed: str

    @property
    def home(self) -> Path:
        return self.settings.home


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """The one Spark session of these tests: two cores, no UI."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_CONF_DIR", SPARK_CONF)
        patch.delenv("SPARK_HOME", raising=False)
        session = (
            SparkSession.builder.master("local[2]")
            .appName("tests")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """A home in which `make run` has built a slice of the real data, trained on it, and serves."""
    # Without it, make run would install its own packages, without those for tests.
    assert (ROOT / ".venv" / ".dev").exists(), "no .venv for tests: run 'make test' first"
    folder = tmp_path_factory.mktemp("made")
    env = environment(folder / "home", sample=SAMPLE, port=str(_free_port()))
    log = folder / "make.log"
    with log.open("wb") as out:
        run = subprocess.Popen(
            ["make", "run"], env=env, cwd=ROOT, stdout=out, stderr=out, start_new_session=True
        )
    try:
        _wait_until_served(run, log)
        yield Finished(Settings.from_env(env), env, log.read_text())
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGINT)
        # An interrupted make ends by the same signal after its command.
        assert run.wait(30) in (0, -signal.SIGINT), log.read_text()


def published(made: Finished, stage: str, columns: Sequence[str]) -> pa.Table:
    """Return columns of the dataset that a stage published, without Spark."""
    folder = Path(made.settings.data_uri) / stage
    version = json.loads(max((folder / "published").iterdir()).read_text())["version"]
    files = sorted((folder / "versions" / version).glob("*.parquet"))
    return pa.concat_tables([pq.read_table(file, columns=list(columns)) for file in files])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_served(run: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + MAKE_RUN_SECONDS
    while "The API answers at" not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(0.2)
            pytest.fail(f"make run ended:\n{log.read_text()}")


def rows(df: DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as dictionaries."""
    return [row.asDict() for row in df.collect()]
