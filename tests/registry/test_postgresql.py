"""Runs, versions and logins in a real PostgreSQL, which the SQLite of the other tests is not."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from mlflow.store.db import utils as mlflow_database

from gender_detection.errors import RegistryError
from gender_detection.model import Model, Person
from gender_detection.registry import Registry
from tests.cli.registered_history import NEW_DATA, NEW_SUM, OLD_SUM, History, history_in
from tests.registry import postgresql_server
from tests.registry.postgresql_server import PASSWORD, programs

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:.*input example:UserWarning"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """Return the folder with the socket of a running PostgreSQL."""
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("no package psycopg: MLflow on PostgreSQL is not tested")
    binaries = programs()
    if binaries is None:
        pytest.skip(
            "no PostgreSQL on this machine (Debian: postgresql): MLflow is not tested on it"
        )
    with postgresql_server.running(binaries) as folder:
        yield folder


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files of runs")


@pytest.fixture(scope="module")
def history(server: Path, artifacts: Path, tiny_model: Model) -> Iterator[History]:
    """Two versions that were trained from another folder than that of the tests."""
    before = mlflow.get_tracking_uri()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(server)
        yield history_in(postgresql_server.url(server), tiny_model, str(artifacts))
    mlflow.set_tracking_uri(before)


@pytest.fixture
def registry(history: History) -> Registry:
    return history.registry


def test_version_is_promoted_and_rolled_back(registry: Registry):
    registry.promote("1")
    registry.promote("2")
    assert [(one.number, one.aliases) for one in registry.versions()] == [
        ("2", ("champion",)),
        ("1", ()),
    ]
    assert registry.previous() == ("2", "1")
    assert registry.rollback() == ("2", "1")
    assert registry.holder("champion") == "1"
    registry.drop("champion")
    assert registry.holder("champion") is None


def test_verdict_of_the_gate_is_kept(registry: Registry, history: History):
    summary = "**Gate:** refused: 3.1 % more errors"
    registry.mark("2", passed=False, against="1", at="2026-11-30T09:00:00+00:00",
                  summary=summary, files={"gate.md": "# Refused"})  # fmt: skip
    assert registry.refusal("2") == summary
    registry.note_forced("2", by="alice", at="2026-11-30T10:00:00+00:00", why="asked for")
    tags = registry.tags("2")
    assert (tags["gate.passed"], tags["gate.against"]) == ("false", "1")
    assert tags["gate.forced_by"] == "alice"


def test_lineage_of_a_version_is_complete(registry: Registry):
    assert registry.resolve(NEW_DATA[:8]).number == "2"
    lineage = registry.lineage(registry.find(version="2"))
    assert lineage.run is not None
    assert NEW_SUM in str(lineage.run.datasets)
    assert OLD_SUM not in str(lineage.run.datasets)
    assert len(lineage.digest) == 64
    assert PASSWORD not in str(lineage)


def test_files_are_at_the_given_place_and_can_be_fetched(
    registry: Registry, artifacts: Path, server: Path, tmp_path: Path
):
    assert [*artifacts.rglob("manifest.json")]
    assert not (server / "mlruns").exists()
    folder = registry.download(registry.find(version="1"), tmp_path)
    (predicted,) = Model.load(folder).predict([Person("Maria")])
    assert predicted.gender == "female"


def test_database_without_a_place_for_files_starts_no_experiment(registry: Registry):
    nowhere = Registry(registry.tracking_uri, registry.model_name)
    with (
        pytest.raises(RegistryError, match="GENDER_DETECTION_ARTIFACTS_URI") as refused,
        nowhere.run("another"),
    ):
        pytest.fail("a run was started")
    assert PASSWORD not in str(refused.value)
    client = mlflow.MlflowClient(registry.tracking_uri)
    assert client.get_experiment_by_name("another") is None


def test_experiment_that_has_a_place_needs_no_other(history: History):
    registry = Registry(history.registry.tracking_uri, history.registry.model_name)
    client = mlflow.MlflowClient(registry.tracking_uri)
    experiment = client.get_experiment(client.get_run(history.first_run).info.experiment_id)
    with registry.run(experiment.name) as run:
        assert client.get_run(run.run_id).info.experiment_id == experiment.experiment_id


def test_logins_are_in_the_database_of_the_runs(
    server: Path, history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.syspath_prepend(str(ROOT / "docker"))
    import mlflow_login

    password = tmp_path / "password"
    password.write_text(PASSWORD)
    without = postgresql_server.url(server, None)
    runs, logins = mlflow_login.databases(without, str(tmp_path), password)
    assert runs == logins == history.registry.tracking_uri
    store = mlflow_login.SqlAlchemyStore()
    store.init_db(logins)
    for changed in ("one", "two"):
        for user in mlflow_login.USERS:
            (tmp_path / user).write_text(f"{changed} password of {user}")
        mlflow_login.make_users(store, tmp_path)
        assert store.authenticate_user("api", f"{changed} password of api")
    assert not store.authenticate_user("api", "one password of api")
    assert [*tmp_path.glob("*.db")] == []
    # The tables of both do not get into each other's way.
    assert len(history.registry.versions()) == 2


def test_database_that_does_not_answer_is_named_without_its_password(
    server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # MLflow would try for 100 seconds.
    monkeypatch.setattr(mlflow_database, "MAX_RETRY_COUNT", 1)
    address = f"postgresql://alice:secret@localhost/runs?host={tmp_path}"
    with pytest.raises(RegistryError, match="does not answer: start it") as error:
        Registry(address, "names").versions()
    assert "postgresql://localhost/runs" in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.skipif("pg8000" in sys.modules, reason="the driver is installed")
def test_driver_that_is_missing_is_named():
    with pytest.raises(RegistryError, match=r"needs the package pg8000.*psycopg\[binary\]"):
        Registry("postgresql+pg8000://alice@localhost/runs", "names").versions()
