"""The model in service: replaced by whole versions alone, and never under a request."""

import json
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from gender_detection.api import served_model as module
from gender_detection.api.app import MODELS, create_app, serving_app
from gender_detection.api.served_model import ServedModel
from gender_detection.config import Settings
from gender_detection.errors import ArtifactError
from gender_detection.model import Model, Person
from tests.api.damage import damage
from tests.api.server_process import wait_until

# Answered by each basis there is, and unknown.
PEOPLE = [Person(name=name) for name in ("Maria", "Kim", "Zunelda", "Mr X", "Andrea Rossi", "?")]


@pytest.fixture
def served(settings: Settings) -> ServedModel:
    return ServedModel(settings)


@pytest.fixture
def client(settings: Settings, served: ServedModel) -> FlaskClient:
    return create_app(settings, served, CollectorRegistry()).test_client()


def version_of(client: FlaskClient) -> str:
    return str(client.get("/readyz").get_json()["model"]["version"])


def loads(client: FlaskClient) -> tuple[float, float]:
    """Return how many models were loaded, and refused."""
    values = {
        sample.labels["outcome"]: sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
        if sample.name == "gender_detection_model_reloads_total"
    }
    return values["loaded"], values["refused"]


def test_new_version_is_served_after_a_reload(client, served, publish):
    for version in ("1", "2"):
        publish(version)
        served.reload_if_changed()

        assert version_of(client) == version
    assert loads(client) == (2, 0)


def test_unchanged_model_is_not_loaded_again(client, served, publish):
    publish("1")
    for _ in range(3):
        served.reload_if_changed()

    assert loads(client) == (1, 0)


def test_previous_version_can_be_published_again(client, served, publish):
    for version in ("1", "2", "1"):
        publish(version)
        served.reload_if_changed()

    assert version_of(client) == "1"


def test_time_of_loading_is_that_of_the_version(client, served, publish):
    publish("1")
    served.reload_if_changed()
    first = client.get("/model").get_json()
    publish("2")
    served.reload_if_changed()
    second = client.get("/model").get_json()

    assert (first["card"], second["card"]) == ("# Version 1\n", "# Version 2\n")
    assert first["loaded_at"] < second["loaded_at"]


def test_metrics_show_only_the_version_in_service(client, served, publish):
    for version in ("1", "2"):
        publish(version)
        served.reload_if_changed()

    shown = [line for line in client.get("/metrics").text.splitlines() if "model_info{" in line]
    assert shown == [
        'gender_detection_model_info{data_version="tiny",name="gender-detection",version="2"} 1.0'
    ]


class Swapping:
    """A model during whose answer another one takes its place."""

    name, version, data_version, threshold = "swapping", "1", "1", 0.8

    def __init__(self, model: Model, swap: Callable[[], None]):
        self._model = model
        self._swap = swap

    def predict(self, people, **asked):
        self._swap()
        return self._model.predict(people, **asked)


def test_request_is_answered_by_the_version_it_started_with(settings, publish, tiny_model):
    publish("2")

    def swap() -> None:
        models.reload_if_changed()

    models = ServedModel(settings, cast(Model, Swapping(tiny_model, swap)))
    client = create_app(settings, models, CollectorRegistry()).test_client()

    answers = [
        client.post("/predict", json={"name": "Maria"}).get_json()["model"] for _ in range(2)
    ]

    assert [(a["name"], a["version"]) for a in answers] == [
        ("swapping", "1"), ("gender-detection", "2"),
    ]  # fmt: skip


def test_app_without_a_model_waits_for_the_first_one(client, served, publish):
    served.reload_if_changed()
    assert client.post("/predict", json={"name": "Maria"}).status_code == 503
    assert loads(client) == (0, 0)

    publish("1")
    served.reload_if_changed()

    assert client.post("/predict", json={"name": "Maria"}).status_code == 200


def test_removed_pointer_leaves_the_model_in_service(client, served, publish, model_dir):
    publish("1")
    served.reload_if_changed()
    shutil.rmtree(model_dir)
    served.reload_if_changed()

    assert version_of(client) == "1"
    assert client.post("/predict", json={"name": "Maria"}).get_json()["gender"] == "female"


@pytest.mark.parametrize("seed", range(100))
def test_damaged_version_is_never_served(client, served, publish, settings, seed):
    publish("1")
    served.reload_if_changed()
    right = served.model().predict(PEOPLE)
    kind = damage(publish("2"), seed)

    served.reload_if_changed()

    assert version_of(client) == "1", kind
    assert served.model().predict(PEOPLE) == right
    assert loads(client) == (1, 1)
    # One that starts now finds the newest version that is whole.
    starting = ServedModel(settings)
    starting.reload_if_changed()
    assert starting.model().version == ("2" if "pointer" in kind else "1"), kind
    assert starting.model().parameters.threshold == (0.7 if "pointer" in kind else 0.6)


def test_refused_version_is_logged_once_and_the_next_one_is_served(
    client, served, publish, caplog, monkeypatch
):
    publish("1")
    served.reload_if_changed()
    (publish("2") / "pattern_weights.npy").write_bytes(b"damaged")
    monkeypatch.setattr(module, "RETRY_SECONDS", 0)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            served.reload_if_changed()
        publish("3")
        served.reload_if_changed()

    refused, taken = (record.getMessage() for record in caplog.records)
    assert refused.startswith("new model not loaded, version 1 stays in service: ")
    assert "pattern_weights.npy" in refused
    assert taken == "serving version 3 of gender-detection"
    assert loads(client) == (2, 3)


def test_refused_version_is_not_checked_every_second(client, served, publish):
    (publish("1") / "pattern_weights.npy").write_bytes(b"damaged")
    for _ in range(3):
        served.reload_if_changed()

    assert loads(client) == (0, 1)


def test_repaired_version_is_served_after_a_while(client, served, publish, artifacts, monkeypatch):
    weights = publish("1") / "pattern_weights.npy"
    weights.write_bytes(b"damaged")
    served.reload_if_changed()
    assert "pattern_weights.npy" in client.get("/readyz").get_json()["detail"]

    shutil.copy(artifacts["1"] / weights.name, weights)
    later = time.monotonic() + module.RETRY_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    served.reload_if_changed()

    assert version_of(client) == "1"


def test_version_replaced_during_loading_is_not_counted_as_refused(
    client, served, publish, monkeypatch
):
    publish("1")
    served.reload_if_changed()

    def replaced(settings: Settings) -> Model:
        publish("3")
        raise ArtifactError("it went away while it was read")

    publish("2")
    with monkeypatch.context() as patch:
        patch.setattr(module, "load_model", replaced)
        served.reload_if_changed()
    served.reload_if_changed()

    assert version_of(client) == "3"
    assert loads(client) == (2, 0)


def test_fallback_at_startup_is_the_newest_complete_version(served, publish):
    for age, version in enumerate("213"):
        os.utime(publish(version), (age, age))
    newest = publish("3")
    (newest / "manifest.json").unlink()

    served.reload_if_changed()

    assert served.model().version == "1"


@pytest.fixture
def follows(settings: Settings, artifacts: dict[str, Path], tmp_path: Path) -> Settings:
    """Settings that name an artifact itself, by a link as deployments use them."""
    (tmp_path / "present").symlink_to(artifacts["1"])
    return replace(settings, model_uri=str(tmp_path / "present"))


def test_artifact_folder_is_served_directly(follows, artifacts, tmp_path):
    served = ServedModel(follows)
    served.reload_if_changed()
    assert (served.model().threshold, served.model().version) == (0.6, "unregistered")

    (tmp_path / "next").symlink_to(artifacts["2"])
    (tmp_path / "next").rename(tmp_path / "present")
    served.reload_if_changed()

    assert served.model().threshold == 0.7


def test_artifact_copied_file_by_file_is_served_when_complete(settings, artifacts, tmp_path):
    folder = tmp_path / "artifact"
    served = ServedModel(replace(settings, model_uri=str(folder)))
    served.reload_if_changed()
    folder.mkdir()
    *first, last = sorted(artifacts["1"].iterdir(), key=lambda path: path.suffix == ".npy")
    for path in first:
        shutil.copy(path, folder)
        served.reload_if_changed()
    client = create_app(settings, served, CollectorRegistry()).test_client()
    assert client.get("/readyz").status_code == 503

    shutil.copy(last, folder)
    served.reload_if_changed()

    assert version_of(client) == "unregistered"


def test_missing_copy_of_a_registered_model_is_reported(settings):
    served = ServedModel(replace(settings, model_uri="models:/tiny@champion"))
    client = create_app(settings, served, CollectorRegistry()).test_client()
    served.reload_if_changed()

    assert client.get("/readyz").get_json()["detail"] == (
        f"no copy of models:/tiny@champion in {settings.model_dir} yet: it is served once it has "
        "been fetched from the registry"
    )


def test_registered_model_is_served_from_its_last_copy(settings, publish):
    publish("2")
    served = ServedModel(replace(settings, model_uri="models:/tiny@champion"))
    served.reload_if_changed()

    assert served.model().version == "2"


def test_app_starts_if_versions_is_not_a_folder(settings, model_dir):
    model_dir.mkdir()
    (model_dir / "versions").write_text("")
    (model_dir / "current.json").write_text("{}")
    app = serving_app(settings)
    app.extensions[MODELS].stop()

    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert "versions cannot be read" in answer.get_json()["detail"]


@pytest.mark.parametrize("fault", [MemoryError, RuntimeError])
def test_unexpected_error_while_loading_is_logged_and_the_server_starts(
    settings, publish, monkeypatch, caplog, fault
):
    publish("1")

    def fail(settings: Settings) -> Model:
        raise fault

    monkeypatch.setattr(module, "load_model", fail)
    app = serving_app(settings)
    app.extensions[MODELS].stop()

    assert app.test_client().get("/healthz").status_code == 200
    assert f"unexpected {fault.__name__} at" in caplog.text


@pytest.fixture
def watched(settings: Settings) -> Iterator[FlaskClient]:
    """The app as a server runs it, with its watching thread."""
    app = serving_app(settings)
    yield app.test_client()
    app.extensions[MODELS].stop()


def test_served_app_loads_new_versions_by_itself(watched, publish):
    assert watched.get("/readyz").status_code == 503

    publish("1")
    wait_until(lambda: watched.get("/readyz").status_code == 200, "the first version")
    publish("2")
    wait_until(lambda: version_of(watched) == "2", "the second version")


FORK = """
import os, signal, sys
from pathlib import Path
from gender_detection.api.app import serving_app
from gender_detection.config import Settings
from gender_detection.model import store
model_dir, artifact = map(Path, sys.argv[1:])
client = serving_app(Settings(model_dir=str(model_dir))).test_client()
if os.fork():
    _, status = os.wait()
    os._exit(os.waitstatus_to_exitcode(status))
signal.alarm(30)  # ends this process, should it wait in vain
store.publish(model_dir, artifact, "1")
while client.get("/readyz").status_code != 200:
    pass
os._exit(0)
"""


def test_process_forked_after_the_app_was_created_watches_too(model_dir, artifacts):
    done = subprocess.run(
        [sys.executable, "-c", FORK, str(model_dir), str(artifacts["1"])],
        timeout=60,
        capture_output=True,
    )

    assert (done.returncode, done.stderr.count(b"Traceback")) == (0, 0)


def test_model_stays_in_service_if_the_pointer_is_not_a_file(client, served, publish, model_dir):
    publish("1")
    served.reload_if_changed()
    (model_dir / "current.json").unlink()
    (model_dir / "current.json").mkdir()
    served.reload_if_changed()

    assert version_of(client) == "1"
    assert json.loads(client.get("/readyz").data)["status"] == "ready"


def test_own_corrections_are_served_and_read_again_when_they_change(settings, publish, tmp_path):
    publish("1")
    own = tmp_path / "own.csv"
    own.write_text("name,gender\nMaria,male\n")
    served = ServedModel(replace(settings, corrections=str(own)))
    client = create_app(settings, served, CollectorRegistry()).test_client()

    def gender() -> str:
        return str(client.post("/predict", json={"name": "Maria"}).get_json()["gender"])

    served.reload_if_changed()
    assert gender() == "male"
    assert client.get("/model").get_json()["corrections"] == 1

    own.write_text("name,gender\nMaria,unknown\nOlga,unknown\n")
    served.reload_if_changed()
    assert gender() == "unknown"
    assert client.get("/model").get_json()["corrections"] == 2


def test_corrections_that_cannot_be_read_leave_the_model_in_service(
    settings, publish, tmp_path, caplog
):
    publish("1")
    own = tmp_path / "own.csv"
    own.write_text("name,gender\nMaria,male\n")
    served = ServedModel(replace(settings, corrections=str(own)))
    client = create_app(settings, served, CollectorRegistry()).test_client()
    served.reload_if_changed()

    own.write_text("name,gender\nMaria,maybe\n")
    served.reload_if_changed()

    assert client.post("/predict", json={"name": "Maria"}).get_json()["basis"] == "correction"
    assert "row 2: the gender is not understood" in caplog.text
    assert loads(client)[1] == 1


def test_without_its_corrections_no_model_is_served(settings, publish, tmp_path):
    publish("1")
    served = ServedModel(replace(settings, corrections=str(tmp_path / "none.csv")))
    client = create_app(settings, served, CollectorRegistry()).test_client()
    served.reload_if_changed()

    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "none.csv" in answer.get_json()["detail"]
