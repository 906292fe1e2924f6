"""A server in front of an embedded store, as `make mlflow` starts one, hands out its files."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest

from gender_detection.model import Model, Person
from gender_detection.registry import Registry
from tests.api.mlflow_server import mlflow_server

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:.*input example:UserWarning"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mlflow")


@pytest.fixture(scope="module")
def run_id(folder: Path, tiny_model: Model) -> Iterator[str]:
    """A run that trained in the embedded store."""
    before = mlflow.get_tracking_uri()
    embedded = Registry(f"sqlite:///{folder}/mlflow.db", "tiny")
    with embedded.run("trial", name="the first") as run:
        embedded.promote(run.register(tiny_model, documents={"card.md": "# Card\n"}))
    yield run.run_id
    mlflow.set_tracking_uri(before)


@pytest.fixture(scope="module")
def port(folder: Path, run_id: str) -> Iterator[int]:
    with mlflow_server(folder) as port:
        yield port


def fetch(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=60) as answer:
        return bytes(answer.read())


def test_ui_lists_and_shows_the_files_of_a_run(port: int, run_id: str):
    listed = json.loads(fetch(port, f"ajax-api/2.0/mlflow/artifacts/list?run_id={run_id}"))

    assert "card.md" in {file["path"] for file in listed["files"]}
    assert fetch(port, f"get-artifact?path=card.md&run_uuid={run_id}") == b"# Card\n"


def test_client_of_the_server_fetches_and_trains(
    port: int, folder: Path, tmp_path: Path, tiny_model: Model
):
    registry = Registry(f"http://127.0.0.1:{port}", "tiny")

    fetched, version = registry.fetch(tmp_path)

    assert version == "1"
    people = [Person(name="Maria")]
    assert Model.load(fetched).predict(people) == tiny_model.predict(people)
    with registry.run("trial") as run:
        run.register(tiny_model, {"mark": "through the server"})
    written = [path.read_text() for path in (folder / "artifacts").rglob("manifest.json")]
    assert len(written) == 2
    assert sum("through the server" in text for text in written) == 1
