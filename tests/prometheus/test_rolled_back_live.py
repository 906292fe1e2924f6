"""A bad version that is promoted under traffic is rolled back by itself, and Prometheus sees it."""

import json
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import mlflow
import pytest

from gender_detection.model import Model
from gender_detection.registry import CHAMPION, Registry
from tests.api.server_process import ServedApi, free_port, launch
from tests.conftest import MEN, WOMEN
from tests.prometheus.programs import program
from tests.prometheus.running import JSON, Prometheus, Traffic, wait_for

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

NAMES = json.dumps({"instances": [*WOMEN, *MEN]}).encode()
ROLLBACKS = "gender_detection_model_rollbacks_total"


@dataclass
class Promoted:
    """A good version 1, which is champion, a bad version 2, and who serves and watches them."""

    registry: Registry
    api: ServedApi
    prometheus: Prometheus

    def shows(self, expression: str, value: float) -> bool:
        """Return whether an expression has this value, and no other one, in Prometheus."""
        return self.prometheus.values(expression) == [value]


def replayed(api: ServedApi, draw: random.Random) -> None:
    """Ask the same names again."""
    api.request("POST", "/predict", NAMES, JSON)


@pytest.fixture
def promoted(tiny_model: Model, tmp_path: Path) -> Iterator[Promoted]:
    program("prometheus")
    registry = Registry(f"sqlite:///{tmp_path}/mlflow.db", "tiny")
    client = mlflow.MlflowClient(tracking_uri=registry.tracking_uri)
    client.create_registered_model(registry.model_name)
    # No answer is as sure as its threshold.
    bad = replace(tiny_model, parameters=replace(tiny_model.parameters, threshold=1.0))
    for number, model in (("1", tiny_model), ("2", bad)):
        model.save(tmp_path / number)
        client.create_model_version(registry.model_name, (tmp_path / number).as_uri())
    registry.promote("1")
    api = launch(
        tmp_path / "model", tmp_path, workers=1, auto_rollback=True, rollback_names=50,
        model_uri=f"models:/{registry.model_name}@{CHAMPION}", model_poll_seconds=0.2,
        tracking_uri=registry.tracking_uri,
    )  # fmt: skip
    prometheus = Prometheus(tmp_path, api.port, free_port())
    try:
        yield Promoted(registry, api, prometheus)
    finally:
        prometheus.stop()
        if api.process.poll() is None:
            api.stop(signal.SIGTERM)
    api.assert_no_name_in_output()


def test_bad_version_is_rolled_back_by_itself_and_prometheus_sees_it(promoted: Promoted):
    shows, registry, api = promoted.shows, promoted.registry, promoted.api
    with Traffic(api, replayed):
        wait_for(lambda: shows('gender_detection_model_workers{version="1"}', 1), "version 1")
        wait_for(lambda: shows('gender_detection_model_watch{state="ready"}', 1), "enough names")
    assert shows(f"sum({ROLLBACKS})", 0)

    registry.promote("2")
    # Without traffic there is nothing to judge.
    wait_for(lambda: shows('gender_detection_model_watch{state="judging"}', 1), "the comparison")
    wait_for(lambda: shows('gender_detection_model_workers{version="2"}', 1), "version 2")
    with Traffic(api, replayed):
        wait_for(lambda: shows(f'{ROLLBACKS}{{cause="unknown"}}', 1), "the rollback")
        wait_for(lambda: shows('gender_detection_model_workers{version="1"}', 1), "version 1 again")
        wait_for(lambda: "ModelRolledBack" in promoted.prometheus.firing(), "the alert")

    assert shows('gender_detection_model_watch{state="judging"}', 0)
    assert api.predict({"name": "Maria"})[1]["model"]["version"] == "1"
    assert registry.holder(CHAMPION) == "1"
    assert "unknown answers rose from" in (registry.rolled_back("2") or "")
    assert "version 1 is not judged: version 2 was rolled back" in api.output()
