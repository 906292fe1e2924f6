"""An app around a stand-in model, and the real server in a process of its own."""

import io
import logging
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.config import Settings
from gender_detection.model import (
    EvidenceSummary,
    ExplainedPrediction,
    Explanation,
    Model,
    Parameters,
    Person,
    Prediction,
    store,
)
from gender_detection.model.answers import Codes, Gender, Reason, encode
from gender_detection.model.people import People
from tests.api.names_sent import names_in, names_shown
from tests.api.server_process import ServedApi, answers, launch, wait_until


@dataclass
class StandInModel:
    """Answers from a dict of p_female by name, and remembers what it was asked."""

    p_female: Mapping[str, float]
    name: str = "stand-in"
    version: str = "7"
    data_version: str = "2025-01"
    threshold: float = 0.8
    parameters: Parameters = field(default_factory=Parameters)
    metrics: Mapping[str, object] = field(default_factory=lambda: {"unseen": {"errorCoded": 0.1}})
    documents: Mapping[str, str] = field(default_factory=lambda: {"card.md": "# Stand-in\n"})
    baselines: Mapping[str, object] = field(default_factory=dict)
    corrections: Sequence[object] = ()
    asked: list[Person] = field(default_factory=list)
    female_share: float | None = None
    family_name_first: bool = False

    def predict(
        self,
        people: Sequence[Person],
        *,
        threshold: float | None = None,
        female_share: float | None = None,
        family_name_first: bool = False,
    ) -> list[Prediction]:
        self.asked = list(people)
        self.female_share = female_share
        self.family_name_first = family_name_first
        at_least = self.threshold if threshold is None else threshold
        return [self._answer(person, at_least) for person in people]

    checked = Model.checked

    def explain(self, people: Sequence[Person], **options: Any) -> list[ExplainedPrediction]:
        nothing = Explanation([], [], None, [], None, None)
        return [
            ExplainedPrediction(**msgspec.structs.asdict(one), explanation=nothing)
            for one in self.predict(people, **options)
        ]

    def json_answers(
        self, people: Sequence[str | Person], *, country: str | None = None, **options: Any
    ) -> tuple[memoryview, Codes]:
        persons = [Person(name=p, country=country) if isinstance(p, str) else p for p in people]
        predictions = self.predict(persons, **options)
        encoded = b"".join(msgspec.json.encode(prediction) + b"," for prediction in predictions)
        return memoryview(encoded), _codes(predictions)

    def answer(
        self,
        people: People,
        *,
        female_share: float | None = None,
        family_name_first: bool = False,
    ) -> Codes:
        return _codes(self.predict(people.persons(np.arange(len(people)))))

    def _answer(self, person: Person, threshold: float) -> Prediction:
        shown = (person.id, person.name, person.name, person.country)
        p = self.p_female.get(person.name or "")
        if p is None:
            return Prediction(
                person.id, person.name, None, person.country, "unknown", None, None, None,
                "not_a_name", EvidenceSummary(0, 0), None,
            )  # fmt: skip
        probability = round(max(p, 1 - p), 4)
        sure = probability >= threshold
        gender: Gender = ("female" if p > 0.5 else "male") if sure else "unknown"
        reason: Reason | None = None if sure else "ambiguous"
        evidence, key = EvidenceSummary(12, 2), str(person.name).lower()
        return Prediction(*shown, gender, probability, p, "name", reason, evidence, key)


def _codes(predictions: Sequence[Prediction]) -> Codes:
    return np.array([encode(p.p_female, p.basis, p.reason) for p in predictions], np.int32)


@pytest.fixture(autouse=True)
def _no_name_is_logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test after which a log record holds a name that was sent through a test client."""
    sent: set[str] = set()
    logged = io.StringIO()
    send = FlaskClient.open

    def remember(client: FlaskClient, *arguments: object, **more: Any) -> object:
        sent.update(names_in(more.get("data")) | names_in(more.get("json")))
        return send(client, *arguments, **more)

    monkeypatch.setattr(FlaskClient, "open", remember)
    handler = logging.StreamHandler(logged)
    root = logging.getLogger()
    root.addHandler(handler)
    yield
    root.removeHandler(handler)
    shown = names_shown(logged.getvalue(), sent)
    assert not shown, f"names in log records: {shown}"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(model_dir=str(tmp_path / "model"), max_body_bytes=2 * 1024 * 1024)


@pytest.fixture
def model() -> StandInModel:
    return StandInModel({"Maria": 0.99, "John": 0.013, "Robin": 0.6})


@pytest.fixture
def app(settings: Settings, model: StandInModel) -> Flask:
    return create_app(settings, cast(Model, model), CollectorRegistry())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client_without_model(settings: Settings) -> FlaskClient:
    return create_app(settings, registry=CollectorRegistry()).test_client()


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., ServedApi]]:
    """Start servers on the artifacts of a folder; what still runs after the test is ended."""
    started: list[ServedApi] = []

    def start(model_dir: Path, wait: bool = True, **settings: object) -> ServedApi:
        served = launch(model_dir, tmp_path, **settings)
        started.append(served)
        if wait:
            wait_until(lambda: answers(served), "the server to answer")
        return served

    yield start
    for served in started:
        if served.process.poll() is None:
            served.stop(signal.SIGTERM)
    for served in started:
        served.assert_no_name_in_output()


@pytest.fixture
def served_api(
    start_server: Callable[..., ServedApi], tiny_artifact: Path, tmp_path: Path
) -> ServedApi:
    """The real server on the real, small model."""
    store.publish(tmp_path / "model", tiny_artifact, "1")
    return start_server(tmp_path / "model")


@pytest.fixture(scope="module")
def artifacts(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Artifacts with a card by version: each answers "Kim" with a threshold of its own."""
    folder = tmp_path_factory.mktemp("artifacts")
    for version, threshold in (("1", 0.6), ("2", 0.7), ("3", 0.8)):
        parameters = replace(tiny_model.parameters, threshold=threshold)
        model = replace(tiny_model, parameters=parameters)
        model.save(folder / version, documents={"card.md": f"# Version {version}\n"})
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture
def model_dir(settings: Settings) -> Path:
    return Path(settings.model_dir)


@pytest.fixture
def publish(model_dir: Path, artifacts: dict[str, Path]) -> Callable[[str], Path]:
    """Publish the version of that number."""
    return lambda version: store.publish(model_dir, artifacts[version], version)
