"""The challenger is asked beside the answers: differences are counted, and nothing else changes."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from gender_detection.api import shadow as shadow_module
from gender_detection.api.app import MODELS, SHADOW, create_app, serving_app
from gender_detection.api.http.schemas import PredictRequest
from gender_detection.api.metrics.recorder import Metrics
from gender_detection.api.shadow import PIECE, Shadow
from gender_detection.config import Settings
from gender_detection.lineage.answers import kind_of
from gender_detection.model import Model, Person, store
from gender_detection.model_sync import challenger_dir
from gender_detection.scoring.correction_table import corrected
from tests.api.asking import contrary
from tests.api.server_process import wait_until

NAMES = ["Maria", "John", "Kim", "Andrea Rossi", "Smith, Olga", "Gabriela", "Maria Kim", "?"]


@pytest.fixture(scope="module")
def artifacts(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The artifacts of challengers, by how they differ from the model in service."""
    folder = tmp_path_factory.mktemp("challengers")
    hesitant = replace(tiny_model.parameters, threshold=0.9999)
    models = {
        "equal": tiny_model,
        "contrary": contrary(tiny_model),
        "hesitant": replace(tiny_model, parameters=hesitant),
    }
    for name, model in models.items():
        model.save(folder / name)
    return {name: folder / name for name in models}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, shadow_share=1.0)


@pytest.fixture
def folder(settings: Settings) -> Path:
    return challenger_dir(Path(settings.model_dir))


@pytest.fixture
def champion(tiny_artifact: Path, settings: Settings) -> Model:
    store.publish(Path(settings.model_dir), tiny_artifact, "1")
    return Model.load(store.current(Path(settings.model_dir)))


class Shadowed:
    """An app whose challenger is asked when turn() is called, and not in between."""

    def __init__(self, settings: Settings, champion: Model) -> None:
        self.app: Flask = create_app(settings, champion, CollectorRegistry())
        self.shadow: Shadow = self.app.extensions[SHADOW]
        self.slept: list[float] = []
        self.shadow._sleep = self.slept.append
        self.client = self.app.test_client()

    def post(self, document: object) -> dict[str, Any]:
        response = self.client.post("/predict", json=document)
        assert response.status_code == 200
        return dict(response.json or {})

    def turn(self) -> None:
        self.shadow.turn()

    def counts(self, metric: str, label: str) -> dict[str, float]:
        """Return the values of a metric that are not 0, by the value of a label."""
        text = self.client.get("/metrics").text
        return {
            sample.labels[label]: sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == f"gender_detection_shadow_{metric}" and sample.value
        }

    def differences(self) -> dict[str, float]:
        return self.counts("names_total", "difference")

    def dropped(self) -> dict[str, float]:
        return self.counts("names_dropped_total", "reason")

    def asking(self) -> dict[str, float]:
        return self.counts("workers", "version")


@pytest.fixture
def shadowed(
    settings: Settings, champion: Model, folder: Path, artifacts: dict[str, Path]
) -> Callable[..., Shadowed]:
    """Make an app with a challenger, which is loaded."""

    def make(challenger: str = "contrary", version: str = "2", **changed: object) -> Shadowed:
        store.publish(folder, artifacts[challenger], version)
        given = replace(settings, **changed)  # type: ignore[arg-type]
        served = corrected(champion, given.corrections) if given.corrections else champion
        made = Shadowed(given, served)
        made.turn()
        return made

    return make


@pytest.mark.parametrize(
    ("challenger", "differences"),
    [
        ("equal", {"none": 4}),
        ("contrary", {"flipped": 2, "none": 2}),
        ("hesitant", {"became_unknown": 2, "none": 2}),
    ],
)
def test_names_are_counted_by_how_the_answers_differ(shadowed, challenger, differences):
    served = shadowed(challenger)
    served.post({"instances": ["Maria", "John", "Kim", "?"]})
    served.turn()

    assert served.differences() == differences
    assert served.asking() == {"2": 1}
    assert served.dropped() == {}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"country": "IT"},
        {"country": "Deutschland"},
        {"country": "nowhere"},
        {"threshold": 0.6},
        {"threshold": 1.0},
        {"female_share": 0.05},
        {"family_name_first": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("challenger", ["contrary", "hesitant"])
def test_both_are_asked_with_the_options_of_the_request(
    shadowed, champion, artifacts, challenger, options
):
    """Alone, in lists of texts and persons, and with explanations: as predict() answers both."""
    persons = [{"name": name} for name in NAMES]
    persons += [
        {"given_name": "Andrea", "family_name": "Weber"},
        {"name": "Andrea", "country": "DE"},
    ]
    served = shadowed(challenger)
    for person in persons:
        served.post({**options, **person})
    served.post({**options, "instances": [*NAMES, *persons]})
    served.post({**options, "instances": persons, "explain": True})
    served.turn()

    own = options.get("country")
    asked = [Person(**{"country": own, **person}) for person in persons]
    asked += [*(Person(name=name, country=own) for name in NAMES), *asked, *asked]
    given = {name: value for name, value in options.items() if name != "country"}
    answers = (m.predict(asked, **given) for m in (champion, Model.load(artifacts[challenger])))
    expected = Counter(kind_of(*pair) or "none" for pair in zip(*answers, strict=True))
    assert served.differences() == expected
    assert served.dropped() == {}


def test_corrections_apply_to_both(shadowed, tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("name,gender\nMaria,male\n")
    served = shadowed(corrections=str(table))
    assert served.post({"name": "Maria"})["gender"] == "male"
    served.post({"name": "John"})
    served.turn()

    assert served.differences() == {"none": 1, "flipped": 1}


def test_challenger_gets_changed_corrections(shadowed, tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("name,gender\nJohn,female\n")
    served = shadowed(corrections=str(table))
    table.write_text("name,gender\nJohn,female\nMaria,female\n")
    served.turn()
    served.post({"name": "Maria"})
    served.turn()

    assert served.differences() == {"none": 1}


def test_share_of_the_requests_is_drawn_by_chance(settings, champion, folder, artifacts):
    store.publish(folder, artifacts["equal"], "2")
    metrics = Metrics(CollectorRegistry())
    chances = iter([0.0, 0.3, 0.2, 0.9, 0.25])
    shadow = Shadow(replace(settings, shadow_share=0.25), metrics, lambda: next(chances))
    shadow.turn()
    request = PredictRequest(name="Maria")
    for _ in range(5):
        shadow.offer(champion, request, [request], champion.predict([request]))
    shadow.turn()

    assert 'shadow_names_total{difference="none"} 2.0' in metrics.exposition("")[0].decode()


def test_the_version_in_service_is_not_asked_again(shadowed):
    served = shadowed("equal", version="1")
    served.post({"name": "Maria"})
    served.turn()

    assert served.differences() == served.dropped() == {}


def test_names_that_do_not_fit_in_the_queue_are_counted(shadowed, monkeypatch):
    monkeypatch.setattr(shadow_module, "MOST_WAITING", 3)
    served = shadowed()
    served.post({"instances": ["Maria", "John"]})
    served.post({"instances": ["Maria", "John"]})
    served.post({"name": "Maria"})
    served.turn()
    served.post({"name": "Maria"})
    served.turn()

    assert served.dropped() == {"full": 2}
    assert served.differences() == {"flipped": 4}


def test_large_request_is_asked_in_pieces_with_pauses(shadowed):
    served = shadowed()
    served.post({"name": "Kim"})
    served.post({"instances": ["Maria", "?"] * (2 * PIECE)})
    served.turn()

    assert served.differences() == {"flipped": 2 * PIECE, "none": 2 * PIECE + 1}
    assert len(served.slept) == 4
    assert min(served.slept) > 0


def test_turn_ends_while_names_keep_coming(shadowed, monkeypatch):
    """So that another challenger, or none, is noticed."""
    monkeypatch.setattr(shadow_module, "MOST_WAITING", 3 * PIECE)
    served = shadowed()
    served.shadow._sleep = lambda _: served.post({"name": "Maria"})
    served.post({"name": "Maria"})
    served.turn()

    assert served.differences() == {"flipped": 4}


def test_withdrawn_challenger_is_asked_no_more(shadowed, folder):
    served = shadowed()
    served.post({"name": "Maria"})
    store.withdraw(folder)
    served.turn()
    served.post({"name": "Maria"})
    served.turn()

    assert served.dropped() == {"withdrawn": 1}
    assert served.differences() == served.asking() == {}


def test_next_challenger_is_asked_instead(shadowed, folder, artifacts):
    served = shadowed("equal")
    store.publish(folder, artifacts["contrary"], "3")
    served.turn()
    served.post({"name": "Maria"})
    served.turn()

    assert served.asking() == {"3": 1}
    assert served.differences() == {"flipped": 1}


def test_damaged_challenger_changes_no_answer_and_is_logged_once(
    shadowed, folder, artifacts, monkeypatch, caplog
):
    served = shadowed()
    right = served.post({"name": "Maria"})
    served.turn()
    weights = store.publish(folder, artifacts["contrary"], "3") / "pattern_weights.npy"
    weights.write_bytes(b"damaged")
    monkeypatch.setattr(shadow_module, "RETRY_SECONDS", 0.0)
    served.turn()
    served.turn()

    assert served.post({"name": "Maria"}) == right
    served.turn()
    assert served.asking() == served.dropped() == {}
    assert caplog.text.count("the challenger cannot be asked: ") == 1
    assert "pattern_weights.npy" in caplog.text

    weights.write_bytes((artifacts["contrary"] / weights.name).read_bytes())
    served.turn()
    assert served.asking() == {"3": 1}


def test_challenger_that_fails_is_asked_no_more_until_another_comes(
    shadowed, folder, artifacts, monkeypatch, caplog
):
    served = shadowed()

    def fail(_: Model, people: Sequence[Person], **__: object) -> None:
        raise IndexError(str(people))

    with monkeypatch.context() as patched:
        patched.setattr(Model, "json_answers", fail)
        for _ in range(2):
            assert served.post({"name": "Maria"})["gender"] == "female"
            served.turn()
    assert served.dropped() == {"failed": 1}
    assert served.asking() == served.differences() == {}
    assert "version 2 cannot answer: it is not asked again" in caplog.text
    assert "Maria" not in caplog.text

    store.publish(folder, artifacts["contrary"], "3")
    served.turn()
    served.post({"name": "Maria"})
    served.turn()
    assert served.differences() == {"flipped": 1}


def test_no_name_is_kept_or_shown(shadowed):
    served = shadowed()
    served.post({"name": "Maria"})
    served.post({"instances": ["Ingrid", "Pedro"]})
    served.turn()

    text = served.client.get("/metrics").text
    assert not [name for name in ("Maria", "Ingrid", "Pedro") if name in text]
    assert not served.shadow._queue
    assert served.shadow._waiting == 0


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "shadow"]


def test_without_a_share_there_is_no_thread_and_no_challenger(
    settings, champion, folder, artifacts, monkeypatch
):
    store.publish(folder, artifacts["contrary"], "2")
    monkeypatch.setattr(Shadow, "__init__", pytest.fail)
    app = serving_app(replace(settings, shadow_share=0.0))
    app.extensions[MODELS].stop()

    assert app.extensions[SHADOW] is None
    assert not threads()
    assert app.test_client().post("/predict", json={"name": "Maria"}).status_code == 200


def test_thread_asks_by_itself_and_ends(settings, champion, folder, artifacts, monkeypatch):
    monkeypatch.setattr(shadow_module, "PAUSE_SECONDS", 0.001)
    store.publish(folder, artifacts["contrary"], "2")
    app = serving_app(settings)
    client, shadow = app.test_client(), app.extensions[SHADOW]
    try:
        wait_until(lambda: 'shadow_workers{version="2"}' in client.get("/metrics").text, "loading")
        client.post("/predict", json={"name": "Maria"})
        flipped = 'shadow_names_total{difference="flipped"} 1.0'
        wait_until(lambda: flipped in client.get("/metrics").text, "the challenger to be asked")
    finally:
        app.extensions[MODELS].stop()
        shadow.stop()
    wait_until(lambda: not threads(), "the thread to end")
