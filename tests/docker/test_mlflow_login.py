"""The permissions of MLflow's server, started as in the stack but without a container."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import mlflow
import pytest
import requests
from mlflow.exceptions import MlflowException, RestException

from tests.docker import engine

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docker"))

import first_start

MODEL = "names"
# As in the container, except for the folder of the passwords.
START = """
import pathlib, sys
import mlflow_login
mlflow_login.PASSWORDS = pathlib.Path(sys.argv[1])
mlflow_login.main(sys.argv[2:])
"""


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the service `secrets`."""
    folder = tmp_path_factory.mktemp("secrets")
    for name in ("admin", "database", "mlflow", "registry-reader", "registry-writer", "spark"):
        (folder / name).mkdir()
    first_start.make(folder)
    return folder


@pytest.fixture(scope="module")
def server(
    secrets: Path, tmp_path_factory: pytest.TempPathFactory, free_ports: list[int]
) -> Iterator[str]:
    """Return the address of a server that requires a login."""
    home = tmp_path_factory.mktemp("home")
    port = str(free_ports[0])
    options = ["--host=127.0.0.1", f"--port={port}", "--workers=1"]
    store = [f"--artifacts-destination={home}/a"]
    modules = str(Path(first_start.__file__).parent)
    env = {**os.environ, "GENDER_DETECTION_HOME": str(home), "PYTHONPATH": modules,
           "MLFLOW_BACKEND_STORE_URI": f"sqlite:///{home}/mlflow.db",
           "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}  # fmt: skip
    command = [sys.executable, "-c", START, str(secrets / "mlflow"), *options, *store]
    address = f"http://127.0.0.1:{port}"
    with (home / "log").open("wb") as log:
        running = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        engine.wait_for(
            lambda: engine.status(f"{address}/health") == 200 or running.poll() is not None,
            f"MLflow: {home / 'log'}",
        )
        assert running.poll() is None, (home / "log").read_text()
        yield address
    finally:
        if running.poll() is None:
            os.killpg(running.pid, 9)
        running.wait()


@pytest.fixture
def client_of(
    server: str, secrets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], mlflow.MlflowClient]:
    """Return a function that returns a client with the credentials of a volume."""
    for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))

    def become(volume: str) -> mlflow.MlflowClient:
        (tmp_path / ".mlflow").unlink(missing_ok=True)
        if volume:
            (tmp_path / ".mlflow").symlink_to(secrets / volume)
        return mlflow.MlflowClient(tracking_uri=server)

    return become


@pytest.fixture
def champion(client_of: Callable[[str], mlflow.MlflowClient]) -> str:
    """Return the version that the pipeline set as champion."""
    writer = client_of("registry-writer")
    if not writer.search_registered_models():
        writer.create_registered_model(MODEL)
    experiment = writer.get_experiment_by_name("training")
    number = experiment.experiment_id if experiment else writer.create_experiment("training")
    run = writer.create_run(number).info
    source = f"{run.artifact_uri}/model"
    version = writer.create_model_version(MODEL, source, run_id=run.run_id).version
    writer.set_registered_model_alias(MODEL, "champion", version)
    return str(version)


def test_requests_without_a_password_are_refused(client_of: Callable[[str], mlflow.MlflowClient]):
    with pytest.raises(MlflowException, match="401"):
        client_of("").search_registered_models()


def test_api_reads_the_champion(champion: str, client_of: Callable[[str], mlflow.MlflowClient]):
    assert client_of("registry-reader").get_model_version_by_alias(MODEL, "champion").version == (
        champion
    )


WRITES: dict[str, Callable[[mlflow.MlflowClient], object]] = {
    "moving the champion": lambda c: c.set_registered_model_alias(MODEL, "champion", "1"),
    "taking the champion away": lambda c: c.delete_registered_model_alias(MODEL, "champion"),
    "a version": lambda c: c.create_model_version(MODEL, "mlflow-artifacts:/two"),
    "a model": lambda c: c.create_registered_model("another"),
    "an experiment": lambda c: c.create_experiment("another"),
    "a run": lambda c: c.create_run("0"),
    "a tag": lambda c: c.set_registered_model_tag(MODEL, "a", "b"),
}


@pytest.mark.parametrize("what", WRITES)
def test_api_has_no_write_permission(
    champion: str, client_of: Callable[[str], mlflow.MlflowClient], what: str
):
    with pytest.raises((MlflowException, RestException), match=r"403|may only read"):
        WRITES[what](client_of("registry-reader"))
    registered = client_of("registry-writer").get_registered_model(MODEL)
    assert {alias: str(v) for alias, v in registered.aliases.items()} == {"champion": champion}


def test_api_cannot_upload_an_artifact(server: str, client_of, tmp_path: Path):
    # The route that MLflow serves beside Flask.
    user, password = "api", _password(client_of, tmp_path)
    url = f"{server}/api/2.0/mlflow-artifacts/artifacts/1/names.txt"
    assert requests.put(url, data=b"x", auth=(user, password), timeout=30).status_code == 403


def _password(client_of, home: Path) -> str:
    client_of("registry-reader")
    return (home / ".mlflow" / "credentials").read_text().split()[-1]
