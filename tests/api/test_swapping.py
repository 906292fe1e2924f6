"""Versions swapped under load on the real server: no request fails, no answer mixes two."""

from functools import partial
from pathlib import Path

import pytest

from gender_detection.model import Model, store
from tests.api.asking import Asking, contrary
from tests.api.server_process import wait_until

SWAPS = 5


@pytest.fixture
def artifacts(tiny_model: Model, tiny_artifact: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Artifacts that contradict each other."""
    contrary(tiny_model).save(tmp_path / "contrary")
    return tiny_artifact, tmp_path / "contrary"


def is_served(asking: Asking, version: str) -> bool:
    return asking.answers[version] > 50


def test_model_swaps_under_load_fail_no_request_and_mix_no_answer(
    artifacts, start_server, tmp_path
):
    model_dir = tmp_path / "model"
    store.publish(model_dir, artifacts[0], "0")
    served = start_server(model_dir, max_concurrency=64)
    odd = frozenset(str(version) for version in range(1, SWAPS + 1, 2))

    with Asking(served.port, odd, clients=4) as asking:
        for version in map(str, range(1, SWAPS + 1)):
            store.publish(model_dir, artifacts[int(version) % 2], version)
            wait_until(partial(is_served, asking, version), "the new version")

    assert not asking.failed
    assert set(asking.answers) == set(map(str, range(SWAPS + 1)))


def test_damaged_version_published_under_load_leaves_the_previous_one(
    artifacts, start_server, tmp_path
):
    model_dir = tmp_path / "model"
    store.publish(model_dir, artifacts[0], "0")
    served = start_server(model_dir, max_concurrency=64)

    def metrics() -> str:
        return str(served.request("GET", "/metrics")[2].decode())

    with Asking(served.port) as asking:
        damaged = store.publish(model_dir, artifacts[1], "1")
        (damaged / "manifest.json").write_bytes(b"{}")
        wait_until(lambda: 'reloads_total{outcome="refused"} 2.0' in metrics(), "both refusals")

    assert not asking.failed
    assert set(asking.answers) == {"0"}
    assert 'version="0"} 1.0' in metrics()
