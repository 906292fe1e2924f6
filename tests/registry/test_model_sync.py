"""The follower publishes what the registry names; errors leave the published model as it is."""

import hashlib
import importlib.util
import itertools
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from gender_detection import model_sync
from gender_detection.config import PREFIX, RegisteredModel, Settings
from gender_detection.errors import ConfigError, ModelNotFound, RegistryError
from gender_detection.model import Model, store
from gender_detection.model_sync import Follower, Status, read_status, start_follower
from gender_detection.registry import Registry, Version
from gender_detection.rollback import Rollbacks

CHAMPION = RegisteredModel("tiny", "champion", "")
FIRST = Version("1", 1000)
DOWN = RegistryError("the registry does not answer")


@dataclass
class StandInRegistry:
    """Names one version and copies its artifact, or raises last_error."""

    artifact: Path
    version: Version = FIRST
    last_error: Exception | None = None
    requests: list[tuple[str, str]] = field(default_factory=list)
    downloads: int = 0

    def find(self, alias: str = "", version: str = "") -> Version:
        self.requests.append((alias, version))
        if self.last_error is not None:
            raise self.last_error
        return self.version

    def download(self, version: Version, into: Path) -> Path:
        self.downloads += 1
        return Path(shutil.copytree(self.artifact, into / "artifact"))


@pytest.fixture
def artifact(tiny_artifact: Path, tmp_path: Path) -> Path:
    """An artifact that may be damaged."""
    return Path(shutil.copytree(tiny_artifact, tmp_path / "artifact"))


@pytest.fixture
def registry(artifact: Path) -> StandInRegistry:
    return StandInRegistry(artifact)


@pytest.fixture
def model_dir(tmp_path: Path) -> Path:
    return tmp_path / "model"


@pytest.fixture
def follower(registry: StandInRegistry, model_dir: Path) -> Follower:
    return Follower(cast(Registry, registry), CHAMPION, model_dir, pause_seconds=10.0)


def status_in(model_dir: Path) -> Status:
    status = read_status(model_dir)
    assert status is not None
    return status


def published(model_dir: Path) -> str:
    return Model.load(store.current(model_dir)).version


def damage(artifact: Path) -> None:
    (artifact / "pattern_weights.npy").write_bytes(b"damaged")


def test_version_of_the_alias_is_published_and_recorded(follower, registry, model_dir):
    follower.poll()

    assert published(model_dir) == "1"
    assert registry.requests == [("champion", "")]
    status = status_in(model_dir)
    assert (status.model, status.version, status.published) == ("models:/tiny@champion", "1", 1)
    assert (status.refused, status.failed, status.last_error) == (0, 0, "")
    assert abs(status.contacted - time.time()) < 60
    assert [path.name[:2] for path in (model_dir / "versions").iterdir()] == ["1-"]


def test_version_may_be_named_by_its_number(registry, model_dir):
    Follower(registry, RegisteredModel("tiny", "", "1"), model_dir, 10.0).poll()

    assert registry.requests == [("", "1")]
    assert published(model_dir) == "1"


def test_published_version_is_not_downloaded_again_even_by_the_next_follower(
    follower, registry, model_dir
):
    for _ in range(3):
        follower.poll()
    Follower(registry, CHAMPION, model_dir, 10.0).poll()

    assert registry.downloads == 1


def test_same_version_number_in_another_registry_is_fetched(
    follower, registry, model_dir, tiny_model
):
    follower.poll()
    shutil.rmtree(registry.artifact)
    tiny_model.save(registry.artifact, {"licences": ["MIT"]})
    registry.version = Version("1", 2000)
    follower.poll()

    assert registry.downloads == 2
    assert "MIT" in (store.current(model_dir) / "manifest.json").read_text()


@pytest.mark.parametrize("what", ["pattern_weights.npy", "manifest.json", "registration.json"])
def test_damaged_copy_is_fetched_again(follower, registry, model_dir, what):
    follower.poll()
    (store.current(model_dir) / what).write_bytes(b"damaged")
    follower.poll()

    assert registry.downloads == 2
    assert published(model_dir) == "1"


def test_version_published_by_another_process_is_replaced(follower, registry, model_dir, artifact):
    follower.poll()
    store.publish(model_dir, artifact, "9")
    follower.poll()

    assert published(model_dir) == "1"


def test_damaged_version_is_refused_and_the_previous_one_stays(
    follower, registry, model_dir, artifact, caplog
):
    follower.poll()
    damage(artifact)
    registry.version = Version("2", 2000)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            follower.poll()

    assert published(model_dir) == "1"
    assert registry.downloads == 2
    status = status_in(model_dir)
    assert (status.version, status.refused) == ("1", 1)
    [message] = [record.getMessage() for record in caplog.records]
    assert message.startswith(
        "version 2 of models:/tiny@champion is refused: models:/tiny/2/artifact/pattern_weights.npy"
    )
    assert status.last_error in message
    assert [path.name[:2] for path in (model_dir / "versions").iterdir()] == ["1-"]


def test_refused_version_is_downloaded_again_after_growing_pauses(
    follower, registry, artifact, monkeypatch
):
    damage(artifact)
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    fetched_at = []
    while now[0] < 1000 + 20_000:
        before = registry.downloads
        follower.poll()
        if registry.downloads > before:
            fetched_at.append(now[0] - 1000)
        now[0] += 10

    pauses = [b - a for a, b in itertools.pairwise(fetched_at)]
    assert pauses[:8] == [20, 40, 80, 160, 320, 640, 1280, 2560]
    assert set(pauses[8:]) == {model_sync.MAX_PAUSE_SECONDS}


def test_refused_version_that_was_repaired_or_replaced_is_published(
    follower, registry, model_dir, artifact, tiny_artifact
):
    damage(artifact)
    follower.poll()
    assert not (model_dir / "current.json").exists()
    shutil.copy(tiny_artifact / "pattern_weights.npy", artifact)
    registry.version = Version("2", 2000)
    follower.poll()

    assert published(model_dir) == "2"
    assert status_in(model_dir).last_error == ""


@pytest.mark.parametrize("last_error", [DOWN, ModelNotFound("no alias"), ConnectionResetError("x")])
def test_failing_registry_is_counted_and_logged_once(
    follower, registry, model_dir, caplog, last_error
):
    follower.poll()
    contacted = status_in(model_dir).contacted
    with caplog.at_level(logging.INFO):
        registry.last_error = last_error
        for _ in range(3):
            follower.poll()
        status = status_in(model_dir)
        registry.last_error = None
        follower.poll()

    assert (status.failed, status.last_error, status.contacted) == (3, str(last_error), contacted)
    assert [record.getMessage() for record in caplog.records] == [
        f"{last_error}; the model published last stays in service",
        "models:/tiny@champion: the last error is resolved",
    ]
    assert status_in(model_dir).last_error == ""
    assert published(model_dir) == "1"


@dataclass
class StandInRollbacks:
    """Says that no version is judged, and counts rollbacks, or raises error."""

    error: Exception | None = None
    done: dict[str, int] = field(default_factory=dict)
    failed: int = 0

    def carry_out(self) -> None:
        if self.error is not None:
            raise self.error
        self.done["drift"] = self.done.get("drift", 0) + 1

    def why_not_judged(self, version: str, replaced: str) -> str:
        return f"{version} after {replaced or 'none'}"


def test_version_replaced_and_rollbacks_are_recorded(registry, model_dir):
    rollbacks = cast(Rollbacks, StandInRollbacks())
    follower = Follower(registry, CHAMPION, model_dir, 10.0, rollbacks=rollbacks)
    follower.poll()
    first = status_in(model_dir)
    assert (first.version, first.replaced, first.not_judged) == ("1", "", "1 after none")

    registry.version = Version("2", 2000)
    for _ in range(2):
        follower.poll()
        second = status_in(model_dir)
        assert (second.version, second.replaced, second.not_judged) == ("2", "1", "2 after 1")
    assert (second.rolled_back, second.rollbacks_failed) == ({"drift": 3}, 0)
    # The next process goes on from there.
    Follower(registry, CHAMPION, model_dir, 10.0).poll()
    assert (status_in(model_dir).replaced, status_in(model_dir).not_judged) == ("1", "2 after 1")


def test_order_that_the_registry_does_not_answer_is_a_failed_poll(registry, model_dir):
    rollbacks = cast(Rollbacks, StandInRollbacks(DOWN))
    Follower(registry, CHAMPION, model_dir, 10.0, rollbacks=rollbacks).poll()

    assert status_in(model_dir).failed == 1
    assert registry.requests == []


def test_folder_that_cannot_be_written_to_is_logged(registry, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    follower = Follower(registry, CHAMPION, tmp_path / "file" / "model", 10.0)
    follower.poll()

    assert "follower.json cannot be written (Not a directory): check the path" in caplog.text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"model": 5}', '{"model": "m", "failed": "x"}'])
def test_unreadable_status_is_none(tmp_path, text):
    assert read_status(tmp_path) is None
    (tmp_path / "follower.json").write_text(text)

    assert read_status(tmp_path) is None


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings to follow a registry that refuses connections."""
    for variable in list(os.environ):
        if variable.startswith(PREFIX):
            monkeypatch.delenv(variable)
    monkeypatch.setenv(PREFIX + "HOME", str(tmp_path))
    # RFC 6335: port 1 is reserved, and nobody listens there.
    return replace(
        Settings.from_env(), model_uri="models:/tiny@champion", tracking_uri="http://127.0.0.1:1",
        model_poll_seconds=0.1,
    )  # fmt: skip


@pytest.mark.parametrize("model_uri", [None, "", "/srv/artifact", "artifact"])
def test_no_follower_starts_without_a_registered_model(settings, model_uri):
    assert start_follower(replace(settings, model_uri=model_uri)) is None


def test_missing_registry_client_is_an_error_at_startup(settings, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ConfigError, match="pip install mlflow-skinny"):
        start_follower(settings)


def test_follower_inherits_its_settings_and_ends_at_once_on_sigterm(settings):
    process = start_follower(settings)
    assert process is not None
    try:
        deadline = time.monotonic() + 120
        while (status := read_status(Path(settings.model_dir))) is None:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGTERM)

    assert process.wait(30) == 0
    assert (status.model, status.last_error[:12]) == (settings.model_uri, "the registry")


STUCK = """
from gender_detection import model_sync
model_sync.registered_model = lambda _: model_sync.RegisteredModel("tiny", "champion", "")
model_sync._follow = lambda *_: None
model_sync.POLL_LIMIT_SECONDS = -60
model_sync.main([])
"""


def test_follower_whose_poll_does_not_end_restarts(settings):
    # After the restart there is nothing to follow, and it ends.
    done = subprocess.run(
        [sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    stuck, restarted = done.stderr.splitlines()
    assert "restarting" in stuck
    assert "MODEL_URI names no registered model" in restarted


def test_follower_without_a_registered_model_is_an_error(settings):
    done = subprocess.run(
        [sys.executable, "-m", "gender_detection.model_sync"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 1
    assert "MODEL_URI names no registered model" in done.stderr
    assert done.stderr.count("\n") == 1


def test_version_that_is_not_the_pinned_one_is_refused_and_the_pinned_one_stays(
    registry, model_dir, tiny_model, tiny_artifact
):
    pinned = hashlib.sha256((tiny_artifact / "manifest.json").read_bytes()).hexdigest()
    follower = Follower(registry, CHAMPION, model_dir, 10.0, pinned)
    follower.poll()
    assert published(model_dir) == "1"

    shutil.rmtree(registry.artifact)
    tiny_model.save(registry.artifact, {"licences": ["MIT"]})
    registry.version = Version("2", 2000)
    follower.poll()

    assert published(model_dir) == "1"
    status = status_in(model_dir)
    assert status.refused == 1
    assert pinned in status.last_error


def test_replaced_copy_of_the_pinned_version_is_fetched_again(
    registry, model_dir, tiny_model, tiny_artifact, tmp_path
):
    pinned = hashlib.sha256((tiny_artifact / "manifest.json").read_bytes()).hexdigest()
    follower = Follower(registry, CHAMPION, model_dir, 10.0, pinned)
    follower.poll()
    tiny_model.save(tmp_path / "forged", {"licences": ["MIT"]})
    store.publish(model_dir, tmp_path / "forged", "1")
    follower.poll()

    assert registry.downloads == 2
    assert "MIT" not in (store.current(model_dir) / "manifest.json").read_text()
