"""Three alerts that fire, and resolve, for real."""

import json
import random
import shutil
import signal
from collections.abc import Callable
from itertools import cycle

import pytest

from gender_detection import training
from gender_detection.model import store
from tests.api.server_process import ServedApi
from tests.behaviour.drift_cases import OTHERS
from tests.prometheus.running import JSON, Traffic, wait_for
from tests.spark.pipeline_fixtures import published

BATCH = 100


@pytest.fixture(scope="module")
def training_mix(made) -> list[dict]:
    """Persons as the training draws them."""
    people = training.sample_people(published(made, "clean", training.DRAWN_FROM), 5000, seed=11)
    return [{"given_name": person.given_name, "country": person.country} for person in people]


def asking(people: list) -> Callable[[ServedApi, random.Random], None]:
    """Return what asks for batches of people, all of them again and again."""
    following = cycle(people)

    def ask(api: ServedApi, draw: random.Random) -> None:
        instances = [next(following) for _ in range(BATCH)]
        api.request("POST", "/predict", json.dumps({"instances": instances}), JSON)

    return ask


def test_alert_fires_while_the_api_is_down(stack):
    wait_for(lambda: stack.prometheus.values('up{job="api"}') == [1], "the first scrape")
    # Until the rules are looked at again, what was so before the first scrape still holds.
    wait_for(lambda: "ApiDown" not in stack.prometheus.firing(), "ApiDown to resolve")
    stack.api.stop(signal.SIGTERM)
    wait_for(lambda: "ApiDown" in stack.prometheus.firing(), "ApiDown to fire")

    stack.start_api_again()
    wait_for(lambda: "ApiDown" not in stack.prometheus.firing(), "ApiDown to resolve")


def test_alert_fires_for_a_refused_version_until_another_is_published(stack):
    wait_for(lambda: stack.prometheus.values("gender_detection_workers_ready") == [3], "a model")
    model_dir = stack.folder / "model"
    good = stack.folder / "good"
    shutil.copytree(store.current(model_dir), good)
    (good / "registration.json").unlink()
    # As a disk would do it: a bit of what is published is not what was written.
    damaged = store.publish(model_dir, good, "99")
    with (damaged / "pattern_weights.npy").open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"\1\2\3\4")
    wait_for(lambda: "ModelRefused" in stack.prometheus.firing(), "ModelRefused to fire")
    assert stack.prometheus.values("gender_detection_workers_ready") == [3]

    store.publish(model_dir, good, "100")
    wait_for(lambda: "ModelRefused" not in stack.prometheus.firing(), "ModelRefused to resolve")


@pytest.mark.parametrize("others", [OTHERS["romanised Chinese"]], ids=["romanised Chinese"])
def test_alert_fires_while_names_drift(stack, training_mix, others):
    prometheus = stack.prometheus
    with Traffic(stack.api, asking(training_mix)):
        wait_for(
            lambda: prometheus.values("gender_detection_drift_window_names >= 1000") != [],
            "a window of usual names",
        )
        assert prometheus.values("gender_detection_drift_divergence > 0.1") == []
        assert "NamesDrift" not in prometheus.firing()
    with Traffic(stack.api, asking([{"name": name} for name in others])):
        wait_for(lambda: "NamesDrift" in prometheus.firing(), "NamesDrift to fire")
    with Traffic(stack.api, asking(training_mix)):
        wait_for(lambda: "NamesDrift" not in prometheus.firing(), "NamesDrift to resolve")
