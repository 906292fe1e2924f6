"""Who may join Spark's master with the settings of the stack, without a container."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pyspark
import pytest

from tests.docker import engine

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docker"))

import first_start

SPARK_HOME = Path(pyspark.__file__).parent
Start = Callable[..., Path]


@pytest.fixture
def start(tmp_path: Path, settings: Path) -> Iterator[Start]:
    """Return a function that starts a part of the cluster on loopback and returns its log."""
    started: list[subprocess.Popen[bytes]] = []

    def one(name: str, conf: Path, *command: str) -> Path:
        env = {**os.environ, "SPARK_HOME": str(SPARK_HOME), "SPARK_CONF_DIR": str(conf),
               "SPARK_DAEMON_MEMORY": "256m",
               "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}  # fmt: skip
        log = tmp_path / f"{name}.log"
        with log.open("wb") as out:
            started.append(
                subprocess.Popen(
                    [SPARK_HOME / "bin" / "spark-class", *command],
                    env=env, cwd=tmp_path, stdout=out, stderr=out, start_new_session=True,
                )
            )  # fmt: skip
        return log

    yield one
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Return the folder of settings of the service `secrets`."""
    for name in ("admin", "database", "mlflow", "registry-reader", "registry-writer", "spark"):
        (tmp_path / name).mkdir()
    first_start.make(tmp_path)
    return tmp_path / "spark"


def _workers(web: int) -> int | None:
    address = f"http://127.0.0.1:{web}/json/"
    with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
        return int(json.load(answer)["aliveworkers"])
    return None


def test_worker_without_the_secret_does_not_join_the_master(
    start: Start, settings: Path, tmp_path: Path, free_ports: list[int]
):
    port, web, _ = free_ports
    host = ("--host", "127.0.0.1")
    ports = ("--port", str(port), "--webui-port", str(web))
    master = start("master", settings, "org.apache.spark.deploy.master.Master", *host, *ports)
    engine.wait_for(lambda: _workers(web) == 0, "the master")

    def join(name: str, conf: Path) -> Path:
        room = ("--cores", "1", "--memory", "512m", "--webui-port", "0")
        place = ("--work-dir", str(tmp_path / name), f"spark://127.0.0.1:{port}")
        return start(name, conf, "org.apache.spark.deploy.worker.Worker", *host, *room, *place)

    (tmp_path / "empty").mkdir()
    refused = join("without-secret", tmp_path / "empty")
    engine.wait_for(
        lambda: "Failed to connect to master" in refused.read_text(), "the refusal", 120
    )
    assert _workers(web) == 0
    join("member", settings)
    engine.wait_for(lambda: _workers(web) == 1, "the worker with the secret")
    assert "Successfully registered" not in refused.read_text()
    # Jobs submitted over HTTP would need no secret.
    assert "StandaloneRestServer" not in master.read_text()
