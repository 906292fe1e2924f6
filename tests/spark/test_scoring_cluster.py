"""batch_prediction on a standalone cluster, with a worker killed in the middle of the job."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyspark
import pytest

from gender_detection import compiled, scoring
from gender_detection.tables import find_columns
from tests.spark.pipeline_fixtures import ROOT, _free_port, environment

SPARK_HOME = Path(pyspark.__file__).parent
FILES, ROWS = 16, 2_000
# As in tools/spark-local: each of the six JVMs runs only for seconds.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SECONDS = 300
# One file per task, so that the job has a middle; both workers get an executor.
CONF = {
    "spark.executor.memory": "512m",
    "spark.executor.cores": "1",
    "spark.sql.files.openCostInBytes": "128m",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.extraJavaOptions": QUICK,
}


def wait_for(what, process, log):
    """Return what() as soon as it is true, while the process lives."""
    deadline = time.monotonic() + SECONDS
    while not (found := what()):
        assert time.monotonic() < deadline, log.read_text()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            pytest.fail(f"ended too early:\n{log.read_text()}")
    return found


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    home = tmp_path_factory.mktemp("cluster")
    daemons = {"SPARK_DAEMON_JAVA_OPTS": QUICK, "SPARK_DAEMON_MEMORY": "256m"}
    return {**environment(home), **daemons, "SPARK_HOME": str(SPARK_HOME), "HOME": str(home)}


@pytest.fixture(scope="module")
def cluster(env):
    """A master and two workers on loopback: the master's address, and the workers' processes."""
    home = Path(env["HOME"])
    port, web = _free_port(), _free_port()
    master = f"spark://127.0.0.1:{port}"
    started = []

    def start(name, kind, *arguments):
        with (home / f"{name}.log").open("wb") as log:
            command = [str(SPARK_HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}"]
            options = ["--host", "127.0.0.1", *arguments]
            started.append(
                subprocess.Popen(
                    [*command, *options],
                    env=env, cwd=home, stdout=log, stderr=log, start_new_session=True,
                )
            )  # fmt: skip

    def alive():
        address = f"http://127.0.0.1:{web}/json/"
        # For a moment after its start, the master answers every address with a page.
        with (
            contextlib.suppress(OSError, ValueError),
            urllib.request.urlopen(address, timeout=5) as answer,
        ):
            return json.load(answer)["aliveworkers"] == 2
        return False

    try:
        start("master", "master.Master", "--port", str(port), "--webui-port", str(web))
        for name in ("worker-0", "worker-1"):
            resources = ["--cores", "1", "--memory", "1g", "--webui-port", "0"]
            start(name, "worker.Worker", *resources, "--work-dir", home / name, master)
        wait_for(alive, started[0], home / "master.log")
        yield master, started[1:]
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def people(env):
    """A folder of Parquet files, and its rows."""
    folder = Path(env["HOME"]) / "people"
    folder.mkdir()
    given = ["Maria", "John", "Andrea", "Kim", "J.", "", "Stefan", "Marcella"]
    tables = []
    for file in range(FILES):
        ids = range(file * ROWS, (file + 1) * ROWS)
        # Few names repeat, so that each task has work.
        names = [f"{given[i % 8]}{'abcdefghij'[i % 10] * (i % 7)} Rossi{i}" for i in ids]
        table = pa.table({"id": ids, "name": names, "country": ["IT", None] * (ROWS // 2)})
        pq.write_table(table, folder / f"{file:03}.parquet")
        tables.append(table)
    return folder, pa.concat_tables(tables)


@pytest.fixture(scope="module")
def library(env):
    """The library as docs/spark.md sends it: a zip that the executors unpack."""
    folder = Path(env["HOME"]) / "zipped"
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(compiled.PACKAGE, folder / "gender_detection", ignore=leave)
    return shutil.make_archive(str(folder), "zip", folder)


def sent_along(library):
    """Return the settings of docs/spark.md for sending it, and those for assert_executors_ran."""
    return {
        "spark.archives": f"{library}#library",
        "spark.executorEnv.PYTHONPATH": "library",
        "spark.executorEnv.PYTHONDONTWRITEBYTECODE": "",
    }


def assert_executors_ran(unpacked):
    """Check that executors imported what was sent, with the compiled modules."""
    # Only modules that are imported as Python leave byte code.
    imported = {
        module_of(path.parents[1] / path.name, folder)
        for folder in unpacked
        for path in folder.rglob("__pycache__/*.pyc")
    }
    assert any(name.endswith("spark/scoring") for name in imported)
    assert not imported & {module_of(path, unpacked[0]) for path in unpacked[0].rglob("*.so")}


def module_of(path, folder):
    """Return the path of a module in a folder, without suffixes."""
    return str(path.relative_to(folder).with_name(path.name.partition(".")[0]))


def committed(output):
    """Return the tasks that Spark has committed."""
    return list(output.parent.glob(f"_{output.name}.writing-*/_temporary/0/task_*"))


def test_killed_worker_does_not_change_the_result(
    cluster, people, library, env, tiny_artifact, tiny_model, tmp_path
):
    master, workers = cluster
    folder, table = people
    output, log = tmp_path / "answered", tmp_path / "job.log"
    settings = CONF | sent_along(library)
    conf = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    job = [
        *(SPARK_HOME / "bin" / "spark-submit", "--master", master, *conf),
        ROOT / "airflow" / "scripts" / "batch_prediction.py",
        *("--input", folder, "--output", output, "--model", tiny_artifact),
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(job, env=env, stdout=out, stderr=out)
    try:
        wait_for(lambda: len(committed(output)) >= 3, process, log)
        # The worker, and with it the executor that it started.
        os.killpg(workers[0].pid, signal.SIGKILL)
        assert len(committed(output)) < FILES
        assert not output.exists()
        assert process.wait(SECONDS) == 0, log.read_text()
    finally:
        process.kill()
    written = log.read_text()
    assert "Lost executor" in written

    found = pq.read_table(output).sort_by("id")
    expected = scoring.score(table, tiny_model, find_columns(table.column_names))
    # Spark writes plain texts; in memory they are dictionaries with an order of their own.
    assert found.equals(expected.cast(found.schema))
    assert [path.name for path in tmp_path.iterdir() if "answered" in path.name] == ["answered"]
    assert (output / "_SUCCESS").exists()
    # The rows of a lost task are not counted twice.
    answered = sum(gender != "unknown" for gender in expected["gender"].to_pylist())
    summary = re.search(r"\[gender-detection\] ([\d,]+) rows, ([\d,]+) answered", written)
    assert summary is not None
    assert [int(n.replace(",", "")) for n in summary.groups()] == [FILES * ROWS, answered]
    assert_executors_ran(list(Path(env["HOME"]).glob("worker-*/*/*/library")))
