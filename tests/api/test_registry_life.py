"""The real server follows a real MLflow server, and outlives it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import mlflow
import pytest

from gender_detection.model import Model, store
from gender_detection.model_sync import challenger_dir, read_status
from gender_detection.registry import CHALLENGER, Registry
from tests.api.asking import MEN, WOMEN, Asking, contrary
from tests.api.mlflow_server import Gate, mlflow_server, patiently
from tests.api.server_process import ServedApi

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:.*input example:UserWarning"
)
# Of these women are men.
CONTRARY = frozenset({"2"})


@dataclass(frozen=True)
class Shelf:
    """A registry of three versions; damaged is the number of one that is."""

    registry: Registry
    port: int
    damaged: str


@pytest.fixture(scope="module")
def shelf(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    folder = tmp_path_factory.mktemp("mlflow")
    before = mlflow.get_tracking_uri()
    with mlflow_server(folder) as port:
        registry = Registry(f"http://127.0.0.1:{port}", "tiny")
        with registry.run("trial") as run:
            versions = [run.register(model) for model in (tiny_model, contrary(tiny_model))]
            versions.append(run.register(tiny_model, {"to be": "damaged"}))
        assert versions == ["1", "2", "3"]
        [damaged] = [
            path.parent
            for path in (folder / "artifacts").rglob("manifest.json")
            if "to be" in json.loads(path.read_text())
        ]
        weights = damaged / "pattern_weights.npy"
        weights.write_bytes(weights.read_bytes()[:-1])
        yield Shelf(registry, port, "3")
    mlflow.set_tracking_uri(before)


@pytest.fixture
def gate(shelf: Shelf) -> Iterator[Gate]:
    gate = Gate(shelf.port)
    yield gate
    gate.shut()


@pytest.fixture
def promote(shelf: Shelf, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Give a version the alias of this test."""
    return lambda version: shelf.registry.promote(version, request.node.name)


@pytest.fixture
def model_dir(tmp_path: Path) -> Path:
    return tmp_path / "model"


@pytest.fixture
def serve(
    start_server, gate: Gate, model_dir: Path, request: pytest.FixtureRequest, monkeypatch
) -> Callable[..., ServedApi]:
    """Start the server, which follows the alias of this test through the gate."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "3")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    return lambda **more: start_server(
        model_dir,
        model_uri=f"models:/tiny@{request.node.name}",
        tracking_uri=f"http://127.0.0.1:{gate.port}",
        model_poll_seconds=0.1,
        max_concurrency=64,
        **more,
    )


def counted(served: ServedApi, outcome: str) -> float:
    """Return how often the follower published, refused or failed."""
    metrics = served.request("GET", "/metrics")[2].decode()
    name = f'gender_detection_registry_fetches_total{{outcome="{outcome}"}} '
    return next((float(x[len(name) :]) for x in metrics.splitlines() if x.startswith(name)), 0.0)


def test_moved_alias_is_followed_starting_with_an_empty_folder(serve, gate, promote, shelf):
    promote("1")
    gate.open()
    served = serve()
    patiently(lambda: served.request("GET", "/readyz")[0] == 200, "the first version")

    # The other worker may be a second behind.
    patiently(lambda: 'outcome="loaded"} 2.0' in served.request("GET", "/metrics")[2].decode(),
               "both workers")  # fmt: skip
    with Asking(served.port, CONTRARY) as asking:
        promote("2")
        patiently(lambda: asking.present == "2", "the second version")
        promote(shelf.damaged)
        patiently(lambda: counted(served, "refused") > 0, "the refusal of the third")
        promote("1")
        patiently(lambda: asking.present == "1", "the first version again")

    assert not asking.failed
    assert served.output().count(f"version {shelf.damaged} of models:/tiny@") == 1
    assert "pattern_weights.npy is missing or damaged" in served.output()


def test_start_does_not_wait_for_a_registry_that_refuses_connections(
    serve, gate, promote, model_dir, tiny_artifact
):
    promote("2")
    store.publish(model_dir, tiny_artifact, "1")
    served = serve()
    assert served.request("GET", "/readyz")[0] == 200

    with Asking(served.port, CONTRARY) as asking:
        patiently(lambda: counted(served, "failed") > 2, "polls that fail")
        assert set(asking.answers) == {"1"}
        gate.open()
        patiently(lambda: asking.present == "2", "the version of the registry")

    assert not asking.failed
    # Once in a line, however often it was tried.
    assert served.output().count("does not answer") == 1


def test_registry_lost_during_a_reload_fails_no_prediction(serve, gate, promote, model_dir):
    promote("1")
    gate.open()
    served = serve()
    patiently(lambda: 'outcome="loaded"} 2.0' in served.request("GET", "/metrics")[2].decode(),
               "both workers")  # fmt: skip

    with Asking(served.port, CONTRARY) as asking:
        # Answers about the version pass, its larger files do not.
        gate.breaks_off_after = 5000
        promote("2")
        before = counted(served, "failed")
        patiently(lambda: counted(served, "failed") > before + 1, "downloads that break off")
        gate.shut()
        before = counted(served, "failed")
        patiently(lambda: counted(served, "failed") > before + 1, "refused connections")
        gate.breaks_off_after, gate.keeps_still = None, True
        gate.open()
        before = counted(served, "failed")
        patiently(lambda: counted(served, "failed") > before, "a poll that hangs")
        assert set(asking.answers) == {"1"}
        gate.keeps_still = False
        patiently(lambda: asking.present == "2", "the second version")

    assert not asking.failed
    status = read_status(model_dir)
    assert status is not None
    assert (status.version, status.last_error) == ("2", "")
    # Nothing of the downloads that failed is left.
    assert {path.name[:2] for path in (model_dir / "versions").iterdir()} == {"1-", "2-"}


def test_challenger_is_followed_and_asked_until_its_alias_is_gone(
    serve, gate, promote, shelf, model_dir
):
    promote("1")
    shelf.registry.promote("2", CHALLENGER)
    gate.open()
    served = serve(shadow_share=1.0)

    def shown(line: str) -> bool:
        return f"\ngender_detection_shadow_{line}" in served.request("GET", "/metrics")[2].decode()

    patiently(lambda: served.request("GET", "/readyz")[0] == 200, "the first version")
    patiently(lambda: shown('workers{version="2"} 2.0'), "both workers to ask the challenger")
    served.predict({"instances": [*WOMEN, *MEN]})
    patiently(lambda: shown('names_total{difference="flipped"} 6.0'), "the answers")
    shelf.registry.drop(CHALLENGER)
    patiently(lambda: not shown("workers{"), "the challenger to be taken away")

    assert shown('fetches_total{outcome="published"} 1.0')
    assert counted(served, "published") == 1
    assert store.versions(challenger_dir(model_dir)) == []
    assert served.predict({"name": "Maria"})[1]["model"]["version"] == "1"


def children(served: ServedApi) -> list[str]:
    pid = served.process.pid
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def command(pid: str) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def is_gone(pid: str) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_follower_ends_with_its_server(serve, gate, promote, model_dir):
    promote("1")
    gate.open()
    served = serve()
    patiently(lambda: served.request("GET", "/readyz")[0] == 200, "the first version")
    followers = [pid for pid in children(served) if b"gender_detection.model_sync" in command(pid)]
    assert len(followers) == 1
    served.process.kill()
    served.process.wait()

    for pid in followers:
        patiently(partial(is_gone, pid), "the follower to end")
