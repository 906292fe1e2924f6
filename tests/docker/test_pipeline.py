"""The profile `pipeline`: MLflow, Spark's master and a worker, and an API that follows.

It needs the image of the Dockerfile's stage `pipeline`, whose build takes longer than all tests:
docker build --target pipeline -t gender-detection-pipeline . (or a name in PIPELINE_IMAGE).
"""

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker import engine
from tests.docker.engine import Stack, connects, docker, wait_for

IMAGE = os.environ.get("PIPELINE_IMAGE") or "gender-detection-pipeline"
STARTED = ("secrets", "api", "mlflow", "spark-master", "spark-worker-1")
MASTER = "spark://spark-master:7077"
COUNT = f"""
from pyspark.sql import SparkSession
builder = SparkSession.builder.master({MASTER!r}).config("spark.executor.memory", "512m")
session = builder.getOrCreate()
print("counted", session.range(1000).count())
"""
CLIENT = """
import mlflow
client = mlflow.MlflowClient("http://mlflow:5000")
try:
    print("done", {call})
except mlflow.MlflowException as err:
    print("refused", err)
"""
ASK = """
import urllib.error, urllib.request
try:
    print(urllib.request.urlopen("http://mlflow:5000/api/2.0/mlflow/registered-models/search").status)
except urllib.error.HTTPError as err:
    print(err.code)
"""


@pytest.fixture(scope="module")
def profile(base_image: str, clone: Path, free_ports: list[int]) -> Iterator[Stack]:
    """Start the services of docker/pipeline.env, except Airflow and the monitoring."""
    if not engine.has_image(IMAGE):
        pytest.skip(f"no image {IMAGE}: docker build --target pipeline -t {IMAGE} .")
    if not shutil.which("docker-compose"):
        pytest.skip("no docker-compose on this machine")
    name = f"gender-detection-api:tested-{uuid.uuid4().hex[:8]}"
    engine.build(clone, name, MODEL="artifact", REQUIREMENTS="follow")
    env = {**os.environ, "API_IMAGE": name, "PIPELINE_IMAGE": IMAGE, "MODEL": "artifact",
           "API_PORT": str(free_ports[0]),
           "COMPOSE_PROJECT_NAME": f"tested{uuid.uuid4().hex[:8]}"}  # fmt: skip
    up = Stack(clone, env, ("--env-file", "docker/pipeline.env"))
    try:
        up.compose("up", "-d", *STARTED)
        health = "{{.State.Health.Status}}"
        wait_for(lambda: up.container("mlflow").inspect(health) == "healthy", "MLflow")
        yield up
    finally:
        up.compose("down", "-v", "-t", "1")
        docker("rmi", "-f", "--no-prune", name)


def _airflow(stack: Stack, script: str, *options: str) -> str:
    """Run a script in Airflow's container, with its environment."""
    run = ("run", "--rm", "--no-deps", "--use-aliases", *options)
    return stack.compose(*run, "airflow", "python", "-c", script)


def _addresses(stack: Stack, service: str) -> list[str]:
    networks = json.loads(stack.container(service).inspect("{{json .NetworkSettings.Networks}}"))
    return [one["IPAddress"] for one in networks.values()]


def test_api_reaches_the_registry_and_not_spark(profile: Stack):
    api = profile.container("api")
    assert connects(api, "mlflow", 5000)
    for service, ports in (("spark-master", (7077, 8080, 6066)), ("spark-worker-1", (8081,))):
        for host in (service, *_addresses(profile, service)):
            assert not any(connects(api, host, port) for port in ports), host


def test_registry_refuses_requests_without_a_login(profile: Stack):
    assert profile.container("api").exec("python", "-c", ASK) == "401"


def test_pipeline_may_write_and_the_api_may_only_read(profile: Stack):
    make = "client.create_registered_model('names').name"
    api = profile.container("api")
    assert api.exec("python", "-c", CLIENT.format(call=make)).startswith("refused")
    assert "done names" in _airflow(profile, CLIENT.format(call=make))
    read = "client.get_registered_model('names').name"
    assert api.exec("python", "-c", CLIENT.format(call=read)) == "done names"
    move = "client.set_registered_model_alias('names', 'champion', '1')"
    assert "may only read" in api.exec("python", "-c", CLIENT.format(call=move))


def test_spark_refuses_jobs_without_the_secret(profile: Stack):
    assert "counted 1000" in _airflow(profile, COUNT)
    command = ["docker-compose", *profile.options, "run", "--rm", "--no-deps", "--use-aliases"]
    without_secret = subprocess.run(
        [*command, "-e", "SPARK_CONF_DIR=/tmp", "airflow", "python", "-c", COUNT],
        cwd=profile.folder, env=profile.env, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert without_secret.returncode != 0
    assert "counted" not in without_secret.stdout
    assert "All masters are unresponsive" in without_secret.stdout + without_secret.stderr
    applications = profile.compose("logs", "--no-color", "spark-master").count("Registered app")
    assert applications == 1


def test_container_description_has_no_secret(profile: Stack):
    for service in STARTED:
        container = profile.container(service)
        environment = json.loads(container.inspect("{{json .Config.Env}}"))
        assert not [one for one in environment if "PASSWORD" in one or "SECRET" in one], service
