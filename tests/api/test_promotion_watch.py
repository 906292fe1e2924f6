"""The server's parent process judges a new version by the answers that it gave itself."""

import logging
from pathlib import Path
from typing import cast

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from gender_detection.api import wsgi
from gender_detection.api.metrics.definitions import JUDGING, LAYOUT, READY, WATCH
from gender_detection.api.metrics.promotion_watch import WatchedState
from gender_detection.api.metrics.recorder import Metrics
from gender_detection.config import Settings
from gender_detection.errors import ConfigError
from gender_detection.model import EvidenceSummary, Model, Prediction
from gender_detection.model_sync import STATUS, Status
from gender_detection.rollback import Order, orders, read
from tests.api.conftest import StandInModel

NAMES = 100


def version(number: str) -> Model:
    return cast(Model, StandInModel({}, version=number))


OLD, NEW = version("7"), version("8")


def prediction(unknown: bool, country: str | None = "IT") -> Prediction:
    shown = (None, "Andrea", "Andrea", country)
    evidence = EvidenceSummary(1, 1)
    if unknown:
        return Prediction(*shown, "unknown", 0.6, 0.6, "name", "ambiguous", evidence, "andrea")
    return Prediction(*shown, "female", 0.99, 0.99, "name", None, evidence, "andrea")


INITIALS = Prediction(
    None, "J. R.", None, "IT", "unknown", None, None, None, "initials", EvidenceSummary(0, 0), None
)


class Service:
    """Two workers and the parent that watches them; time passes when the test says so."""

    def __init__(self, model_dir: Path, clock) -> None:
        settings = Settings(
            model_dir=str(model_dir), workers=2, rollback_names=NAMES, model_poll_seconds=30.0,
            model_uri="models:/names@champion", auto_rollback=True,
        )  # fmt: skip
        self.model_dir = model_dir
        self.clock = clock
        self.shared = WatchedState(settings, clock)
        self.workers = [Metrics(CollectorRegistry(), self.shared, at, clock) for at in range(2)]
        self.tick()

    def tick(self) -> None:
        self.clock.now += 30
        self.shared.tick()

    def publish(self, version: str, replaced: str, not_judged: str = "") -> None:
        """Say, as the process that follows the registry does, that a version is in service."""
        status = Status("models:/names@champion", version=version, replaced=replaced)
        status.not_judged = not_judged
        self.model_dir.mkdir(exist_ok=True)
        (self.model_dir / STATUS).write_bytes(msgspec.json.encode(status))
        self.shared.tick()

    def start_worker(self, model: Model) -> None:
        """Start the second worker anew, with a model."""
        self.workers[1] = Metrics(CollectorRegistry(), self.shared, 1, self.clock)
        self.workers[1].show_model(model, self.clock.now, 0.1)

    def load(self, model: Model) -> None:
        for worker in self.workers:
            worker.show_model(model, self.clock.now, 0.1)

    def answer(self, model: Model, unknown: int, of: int = NAMES, *, at: int = 0, **more) -> None:
        """Let a worker answer so many names, so many of them with unknown."""
        worker = self.workers[at]
        country, own = more.pop("country", "IT"), more
        for one, count in ((prediction(True, country), unknown),
                           (prediction(False, country), of - unknown)):  # fmt: skip
            worker.count_predictions("/predict", [one] * count, 0.01, worker.row_of(model, **own))

    def promoted(self) -> None:
        """Answer for a while with version 7, 10 % unknown, then take version 8 into service."""
        self.publish("7", "6")
        self.load(OLD)
        for _ in range(3):
            self.answer(OLD, 10)
            self.tick()
        self.publish("8", "7")
        self.load(NEW)

    def shown(self, state: str) -> float:
        return self.shared.parent_row.get(LAYOUT.at(WATCH, state))

    def order(self) -> Order | None:
        return read(self.model_dir)


@pytest.fixture
def service(tmp_path: Path, clock, caplog) -> Service:
    caplog.set_level(logging.INFO)
    return Service(tmp_path / "model", clock)


def test_version_with_many_more_unknown_answers_is_ordered_back(service, caplog):
    service.promoted()
    assert (service.shown(READY), service.shown(JUDGING)) == (0, 1)
    for at in (0, 1, 0):
        assert service.order() is None
        service.answer(NEW, 90, at=at)
        service.tick()

    order = service.order()
    assert order is not None
    assert (order.version, order.back, order.cause) == ("8", "7", "unknown")
    assert order.why == "unknown answers rose from 10.0% to 90.0%"
    assert service.shown(JUDGING) == 0
    assert "version 8 is beyond the limits, and is to be rolled back to version 7" in caplog.text


def test_version_like_the_one_before_stays(service, caplog):
    service.promoted()
    for _ in range(125):
        service.answer(NEW, 15)
        service.tick()

    assert service.order() is None
    assert (service.shown(READY), service.shown(JUDGING)) == (1, 0)
    assert "version 8 stays: judged in 120 stretches of time" in caplog.text


def test_answers_of_the_version_before_do_not_count_for_the_new_one(service):
    service.promoted()
    for _ in range(5):
        # Long tables that were begun before the change.
        service.answer(OLD, 100, of=100)
        service.answer(NEW, 10)
        service.tick()

    assert service.order() is None


def test_answers_of_a_dead_worker_count_for_the_version_that_gave_them(service):
    service.promoted()
    for _ in range(3):
        service.start_worker(OLD)
        service.answer(OLD, 100, of=100, at=1)
        service.shared.record_exit(1, by_signal=True, cpu_seconds=0.0)
        # It counts on in the same rows, for the new version.
        service.start_worker(NEW)
        service.answer(NEW, 10)
        service.tick()

    assert service.order() is None


def test_one_table_of_unusual_names_is_not_blamed_on_the_version(service):
    service.promoted()
    for unknown in (10, 90, 90, 10, 90, 90, 10):
        service.answer(NEW, unknown)
        service.tick()

    assert service.order() is None


@pytest.mark.parametrize("own", [{"threshold": 0.99}, {"female_share": 0.9}], ids=str)
def test_requests_with_options_of_their_own_are_not_blamed_on_the_version(service, own):
    service.promoted()
    for _ in range(3):
        service.answer(NEW, 10)
        service.answer(NEW, 500, of=500, **own)
        service.tick()

    assert service.order() is None


def test_initials_are_not_blamed_on_the_version(service):
    service.promoted()
    for _ in range(3):
        service.answer(NEW, 10)
        worker = service.workers[0]
        worker.count_predictions("/predict", [INITIALS] * 20, 0.01, worker.row_of(NEW))
        service.tick()

    assert service.order() is None


def test_other_traffic_is_not_blamed_on_the_version(service, caplog):
    service.promoted()
    for _ in range(125):
        service.answer(NEW, 90, country="CN")
        service.tick()

    assert service.order() is None
    assert "judged in 0 stretches of time, not in 120 with other names" in caplog.text


def test_few_names_are_not_judged(service):
    service.promoted()
    for _ in range(3):
        service.answer(NEW, 30, of=30)
        service.tick()

    assert service.order() is None
    assert service.shown(JUDGING) == 1


@pytest.mark.parametrize(
    ("why", "words"),
    [("it was promoted by force", "it was promoted by force"), ("", "version 5 did not answer")],
)
def test_version_that_is_not_to_be_judged_stays_and_the_log_says_why(service, caplog, why, words):
    service.promoted()
    service.publish("9", "8" if why else "5", why)
    newest = version("9")
    service.load(newest)
    for _ in range(3):
        service.answer(newest, 90)
        service.tick()

    assert service.order() is None
    assert f"version 9 is not judged: {words}" in caplog.text


def test_version_is_not_judged_if_the_one_before_answered_too_few_names(service, caplog):
    service.publish("7", "6")
    service.load(OLD)
    service.answer(OLD, 10)
    service.tick()
    service.publish("8", "7")

    assert service.shown(JUDGING) == 0
    assert "version 8 is not judged: version 7 answered too few names before it" in caplog.text


def test_order_that_cannot_be_written_is_given_again(service, monkeypatch, caplog):
    service.promoted()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(orders, "write_whole", full)
        for _ in range(4):
            service.answer(NEW, 90)
            service.tick()
    assert "version 8 cannot be rolled back: [Errno 28]" in caplog.text
    assert service.order() is None
    service.answer(NEW, 90)
    service.tick()

    assert service.order() is not None


@pytest.mark.parametrize("model_uri", [None, "", "/srv/model", "models:/names/3"])
def test_server_says_where_rolling_back_by_itself_cannot_work(model_uri):
    settings = Settings(auto_rollback=True, model_uri=model_uri)

    with pytest.raises(ConfigError, match=r"set GENDER_DETECTION_MODEL_URI=models:/.*@champion"):
        wsgi.check(settings)
