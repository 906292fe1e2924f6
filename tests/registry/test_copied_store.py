"""A copy of a folder with an embedded store reads and writes only its own files."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from matplotlib.figure import Figure

from gender_detection.artifact_location import LOCATION, repository
from gender_detection.model import Model, Person
from gender_detection.registry import Registry

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:.*input example:UserWarning"
)
NAME = "tiny-names"


@pytest.fixture(autouse=True)
def tracking_uri_restored() -> Iterator[None]:
    before = mlflow.get_tracking_uri()
    yield
    mlflow.set_tracking_uri(before)


def registry_in(home: Path) -> Registry:
    return Registry(f"sqlite:///{home}/mlflow/mlflow.db", NAME)


def train(registry: Registry, model: Model, mark: str) -> str:
    """Log a run with a plot, register a model that says mark, and promote it."""
    with registry.run("trial") as run:
        registry.log_figures(run.run_id, {"learning": Figure()})
        version = run.register(model, {"mark": mark})
    registry.promote(version)
    return version


@pytest.fixture(scope="module")
def original(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two versions, which tests copy and do not change."""
    # With characters that a path may have, but not a URI.
    home = tmp_path_factory.mktemp("home") / "a place & #1"
    for mark in ("first", "second"):
        train(registry_in(home), tiny_model, mark)
    return home


@pytest.fixture(scope="module")
def older(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home from when experiments had an absolute location."""
    home = tmp_path_factory.mktemp("older") / "var"
    (home / "mlflow").mkdir(parents=True)
    mlflow.set_tracking_uri(registry_in(home).tracking_uri)
    mlflow.create_experiment("trial", (home / "mlflow" / "artifacts").as_uri())
    train(registry_in(home), tiny_model, "first")
    return home


def moved(home: Path, to: Path) -> Path:
    """Copy a home and delete it, so that reading the old folder fails."""
    shutil.copytree(home, to)
    shutil.rmtree(home)
    return to


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Path:
    """A copy of a copy that is deleted."""
    return moved(Path(shutil.copytree(original, tmp_path / "between")), tmp_path / "copy")


@pytest.fixture
def copy_of_older(older: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of a home with absolute locations; the home is renamed meanwhile."""
    home = Path(shutil.copytree(older, tmp_path / "copy"))
    away = older.rename(older.with_name("away"))
    yield home
    assert not older.exists()
    away.rename(older)


def files(home: Path) -> set[Path]:
    return {path.relative_to(home) for path in home.rglob("*") if path.is_file()}


def mark_of(artifact: Path) -> str:
    return str(json.loads((artifact / "manifest.json").read_text())["mark"])


def test_database_has_no_absolute_location_of_files(original: Path):
    registry = registry_in(original)
    client = mlflow.MlflowClient(registry.tracking_uri)
    experiment = client.get_experiment_by_name("trial")
    assert experiment is not None
    locations = [experiment.artifact_location]
    locations += [run.info.artifact_uri for run in client.search_runs([experiment.experiment_id])]
    locations += [client.get_model_version_download_uri(NAME, number) for number in ("1", "2")]
    locations += [
        model.artifact_location for model in client.search_logged_models([experiment.experiment_id])
    ]

    assert len(locations) == 7
    assert not [location for location in locations if not location.startswith(LOCATION)]


def test_copy_fetches_and_rolls_back_when_the_original_is_deleted(
    copy: Path, tmp_path: Path, tiny_model: Model
):
    registry = registry_in(copy)

    folder, version = registry.fetch(tmp_path / "second")
    assert (version, mark_of(folder)) == ("2", "second")
    assert registry.rollback() == ("2", "1")
    folder, version = registry.fetch(tmp_path / "first")
    assert (version, mark_of(folder)) == ("1", "first")
    people = [Person(name="Maria"), Person(name="Andrea", country="IT")]
    assert Model.load(folder).predict(people) == tiny_model.predict(people)


def test_training_in_a_copy_does_not_change_the_original(
    original: Path, tmp_path: Path, tiny_model: Model
):
    copy = Path(shutil.copytree(original, tmp_path / "copy"))
    database = (original / "mlflow" / "mlflow.db").read_bytes()
    before, copied = files(original), files(copy)

    assert train(registry_in(copy), tiny_model, "third") == "3"

    assert files(original) == before
    assert (original / "mlflow" / "mlflow.db").read_bytes() == database
    new = {path.name for path in files(copy) - copied}
    assert {"learning.png", "MLmodel", "manifest.json"} <= new
    folder, _ = registry_in(copy).fetch(tmp_path / "fetched")
    assert mark_of(folder) == "third"


def test_copy_is_read_even_if_the_original_exists_and_has_changed(original: Path, tmp_path: Path):
    between = Path(shutil.copytree(original, tmp_path / "between"))
    copy = Path(shutil.copytree(between, tmp_path / "copy"))
    for manifest in (between / "mlflow" / "artifacts").rglob("manifest.json"):
        manifest.unlink()

    folder, _ = registry_in(copy).fetch(tmp_path / "fetched")

    assert mark_of(folder) == "second"


def test_copy_of_an_older_store_is_read_in_place(copy_of_older: Path, tmp_path: Path):
    folder, version = registry_in(copy_of_older).fetch(tmp_path / "fetched")

    assert (version, mark_of(folder)) == ("1", "first")


def test_training_in_a_copy_of_an_older_store_creates_a_new_experiment_and_logs_it(
    copy_of_older: Path, older: Path, tmp_path: Path, tiny_model: Model, caplog
):
    registry = registry_in(copy_of_older)
    before = files(copy_of_older)

    for mark in ("second", "third"):
        train(registry, tiny_model, mark)

    client = mlflow.MlflowClient(registry.tracking_uri)
    experiments = {e.name: e.artifact_location for e in client.search_experiments()}
    assert experiments["trial"] == LOCATION
    assert experiments["trial (copied, 1)"] == (older / "mlflow" / "artifacts").as_uri()
    [message] = [r.getMessage() for r in caplog.records if r.name.startswith("gender_detection")]
    assert str(older) in message
    assert "'trial (copied, 1)'" in message
    assert "\n" not in message
    assert {"learning.png", "MLmodel"} <= {path.name for path in files(copy_of_older) - before}
    for version, mark in (("1", "first"), ("3", "third")):
        registry.promote(version)
        assert mark_of(registry.fetch(tmp_path / version)[0]) == mark


def test_older_store_that_was_not_moved_keeps_its_experiment(
    older: Path, tmp_path: Path, tiny_model: Model, caplog
):
    with registry_in(older).run("trial"):
        pass

    client = mlflow.MlflowClient(registry_in(older).tracking_uri)
    assert {e.name for e in client.search_experiments()} == {"Default", "trial"}
    assert not [r for r in caplog.records if r.name.startswith("gender_detection")]


def test_store_of_a_server_or_a_bucket_is_not_changed(tmp_path: Path, caplog):
    registry = registry_in(tmp_path)
    (tmp_path / "mlflow").mkdir()
    client = mlflow.MlflowClient(registry.tracking_uri)
    client.create_experiment("trial", "s3://bucket/names")

    with registry.run("trial") as run:
        pass

    assert client.get_run(run.run_id).info.artifact_uri.startswith("s3://bucket/names/")


def test_mlflow_itself_loads_a_copied_model(copy: Path):
    mlflow.set_tracking_uri(registry_in(copy).tracking_uri)

    assert mlflow.pyfunc.load_model(f"models:/{NAME}@champion").metadata.signature


@pytest.mark.parametrize("address", ["beside-database:/../x", "beside-database:/a/../../x"])
def test_address_outside_the_folder_is_refused(address: str, tmp_path: Path):
    with pytest.raises(mlflow.exceptions.MlflowException, match="leads out"):
        repository(address, f"sqlite:///{tmp_path}/mlflow.db")


def test_address_without_a_database_is_refused():
    with pytest.raises(mlflow.exceptions.MlflowException, match="names none"):
        repository("beside-database:/run", "postgresql://db/names")


@pytest.mark.parametrize("first", ["mlflow", "gender_detection.artifact_location"])
def test_mlflow_knows_the_location_whichever_is_imported_first(first: str):
    code = (
        f"import {first}\n"
        "from mlflow.store.artifact.artifact_repository_registry import "
        "get_registered_artifact_repositories as known\n"
        "assert known()['beside-database'].__module__ == 'gender_detection.artifact_location'"
    )

    done = subprocess.run(
        [sys.executable, "-W", "error:Failure attempting", "-c", code],
        capture_output=True, text=True,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


def test_training_writes_no_path_of_its_folder_into_the_database(copy: Path, tiny_model: Model):
    train(registry_in(copy), tiny_model, "third")

    with sqlite3.connect(copy / "mlflow" / "mlflow.db") as database:
        dump = "\n".join(database.iterdump())
    assert str(copy) not in dump
