"""gd.load: a model of a folder, of the settings, or behind an address."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from prometheus_client import CollectorRegistry
from werkzeug.serving import make_server

import gender_detection as gd
from gender_detection.api.app import create_app
from gender_detection.config import PREFIX, Settings
from gender_detection.errors import ApiError, InvalidInput, ModelNotFound, RegistryError
from gender_detection.library import NameModel, finding
from gender_detection.model import Model, store

PEOPLE = pd.DataFrame(
    {"Vorname": ["Maria", "Andrea", None], "Land": ["IT", "DE", "IT"], "year": [1, 2, 1]}
)


@pytest.fixture
def address(tiny_model: Model) -> Iterator[str]:
    """A server of the API in this process."""
    app = create_app(Settings(), tiny_model, CollectorRegistry())
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def test_a_folder_is_an_artifact_or_holds_published_ones(tiny_artifact: Path, tmp_path: Path):
    store.publish(tmp_path, tiny_artifact, "7")

    assert gd.load(tiny_artifact).predict("Maria").gender == "female"
    assert gd.load(str(tmp_path)).version == "7"
    assert repr(gd.load(tmp_path)) == "<gender-detection, version 7, threshold 0.8>"


def test_without_a_folder_it_is_the_model_of_the_settings(
    tiny_artifact: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(f"{PREFIX}MODEL_URI", str(tiny_artifact))

    assert gd.load().threshold == 0.8


def test_the_process_has_one_model_whichever_thread_asks_first(monkeypatch: pytest.MonkeyPatch):
    loads: list[int] = []
    monkeypatch.setattr(finding, "_SHARED", {})

    def load(where: str | None) -> object:
        loads.append(1)
        return object()

    monkeypatch.setattr(finding, "load", load)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(finding.shared())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(loads) == 1
    assert len(set(map(id, found))) == 1


def test_corrections_are_used(tiny_artifact: Path, tmp_path: Path):
    own = tmp_path / "own.csv"
    own.write_text("name,gender\nMaria,male\n")

    assert gd.load(tiny_artifact, corrections=own).predict("Maria").basis == "correction"


def test_a_served_model_answers_as_one_in_this_process(address: str, tiny_model: Model):
    there, here = gd.load(address), NameModel(tiny_model)

    names = ["Maria", None, {"given_name": "Kim", "country": "US"}, "J. R."]
    assert there.predict(names, country="IT") == here.predict(names, country="IT")
    options: Any = {
        "country": "IT", "threshold": 0.9, "female_share": 0.3, "family_name_first": True,
    }  # fmt: skip
    assert there.predict("Rossi Andrea", **options) == here.predict("Rossi Andrea", **options)
    pd.testing.assert_frame_equal(there.score(PEOPLE), here.score(PEOPLE))
    pd.testing.assert_frame_equal(there.share(PEOPLE, by="year"), here.share(PEOPLE, by="year"))
    assert (there.version, there.threshold) == (here.version, here.threshold)
    assert there.base_share == here.base_share
    assert repr(there).endswith(f", at {address}>")


def test_what_a_server_refuses_is_said(address: str):
    with pytest.raises(InvalidInput, match=r"answers 422: .*threshold"):
        gd.load(address).predict("Maria", threshold=3)
    with pytest.raises(InvalidInput, match="answers 404"):
        gd.load(f"{address}/nowhere")


def test_a_server_that_does_not_answer_is_named():
    with pytest.raises(ApiError, match=r"http://127\.0\.0\.1:9 does not answer"):
        gd.load("http://127.0.0.1:9")


def test_a_password_in_the_address_is_not_shown():
    with pytest.raises(ApiError) as refused:
        gd.load("http://me:secret@127.0.0.1:9")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("where", "options", "error", "said"),
    [
        ("no/such/folder", {}, ModelNotFound, "no/such/folder"),
        ("models:/none@champion", {}, (ModelNotFound, RegistryError), "models:/none@champion"),
        (".", {"key": "gdk_x"}, InvalidInput, "a key is for a server"),
        ("http://127.0.0.1:9", {"corrections": "own.csv"}, InvalidInput, "are the server's"),
    ],
)
def test_what_cannot_be_loaded_is_named(where, options, error, said, monkeypatch, tmp_path):
    monkeypatch.setenv(f"{PREFIX}TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    with pytest.raises(error, match=said):
        gd.load(where, **options)
