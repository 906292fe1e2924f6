"""The challenger is kept in a folder of its own, for as long as a version has that alias."""

import importlib.util
import logging
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from gender_detection import model_sync
from gender_detection.config import RegisteredModel, Settings
from gender_detection.errors import ConfigError, ModelNotFound, RegistryError
from gender_detection.model import Model, store
from gender_detection.model_sync import (
    ChallengerFollower,
    Follower,
    challenger_dir,
    read_status,
    start_follower,
)
from gender_detection.registry import CHALLENGER, Registry, Version

CHALLENGERS = RegisteredModel("tiny", CHALLENGER, "")
NO_ALIAS = ModelNotFound("no model models:/tiny@challenger")


@dataclass
class StandInRegistry:
    """Names version 2 as the challenger and saves a model for it, or raises error."""

    model: Model
    error: Exception | None = None
    model_name: str = "tiny"

    def find(self, alias: str = "", version: str = "") -> Version:
        assert (alias, version) == (CHALLENGER, "")
        if self.error is not None:
            raise self.error
        return Version("2", 2000)

    def download(self, version: Version, into: Path) -> Path:
        into.mkdir(parents=True)
        self.model.save(into / "artifact")
        return into / "artifact"


@pytest.fixture
def registry(tiny_model: Model) -> StandInRegistry:
    return StandInRegistry(tiny_model)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return challenger_dir(tmp_path / "model")


@pytest.fixture
def follower(registry: StandInRegistry, folder: Path) -> ChallengerFollower:
    return ChallengerFollower(cast(Registry, registry), CHALLENGERS, folder, pause_seconds=10.0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(model_dir=str(tmp_path / "model"))


def test_challenger_is_published_where_it_is_never_served(follower, folder, tmp_path):
    follower.poll()

    assert Model.load(store.current(folder)).version == "2"
    assert store.fingerprint(tmp_path / "model") is None
    assert store.versions(tmp_path / "model") == []


def test_challenger_whose_alias_is_gone_is_taken_away_and_that_is_no_error(
    follower, registry, folder, caplog
):
    follower.poll()
    mapped = Model.load(store.current(folder))
    registry.error = NO_ALIAS
    with caplog.at_level(logging.INFO):
        follower.poll()
        follower.poll()

    assert store.fingerprint(folder) is None
    assert store.versions(folder) == []
    status = read_status(folder)
    assert status is not None
    assert (status.published, status.failed, status.last_error) == (1, 0, "")
    assert [record.getMessage() for record in caplog.records] == [
        "models:/tiny@challenger is gone: no challenger is asked"
    ]
    # A worker that has it goes on until it notices.
    assert len(mapped.predict([])) == 0


def test_challenger_that_comes_back_is_published_again(follower, registry, folder):
    follower.poll()
    registry.error = NO_ALIAS
    follower.poll()
    registry.error = None
    follower.poll()

    assert Model.load(store.current(folder)).version == "2"


def test_challenger_stays_while_the_registry_does_not_answer(follower, registry, folder, caplog):
    follower.poll()
    registry.error = RegistryError("the registry does not answer")
    follower.poll()

    assert Model.load(store.current(folder)).version == "2"
    status = read_status(folder)
    assert status is not None
    assert status.failed == 1
    assert "does not answer; the challenger fetched last is still asked" in caplog.text


@pytest.mark.parametrize(
    ("model_uri", "share", "folders"),
    [
        ("models:/tiny@champion", 0.0, ["model"]),
        ("models:/tiny@champion", 0.1, ["model", "model/challenger"]),
        ("", 0.1, ["model/challenger"]),
        (None, 1.0, ["model/challenger"]),
        ("/srv/artifact", 1.0, ["model/challenger"]),
    ],
)
def test_followers_are_those_that_the_settings_ask_for(
    settings, registry, tmp_path, model_uri, share, folders
):
    # Only the model in service is pinned.
    given = replace(settings, model_uri=model_uri, shadow_share=share, model_sha256="ab" * 32)
    followers = model_sync._followers(given, registry, CHALLENGER)

    assert [one._model_dir for one in followers] == [tmp_path / folder for folder in folders]
    for one in followers:
        is_challenger = isinstance(one, ChallengerFollower)
        assert one._model.alias == (CHALLENGER if is_challenger else "champion")
        assert one._sha256 == ("" if is_challenger else "ab" * 32)
        assert type(one) in (Follower, ChallengerFollower)


def test_shadow_alone_starts_the_process_with_the_settings(settings, monkeypatch):
    started: list[dict[str, str]] = []

    def start(command: list[str], env: dict[str, str], **_: object) -> SimpleNamespace:
        started.append(env)
        return SimpleNamespace()

    monkeypatch.setattr(subprocess, "Popen", start)
    given = replace(settings, model_uri=None, shadow_share=0.1)

    assert start_follower(given) is not None
    [environment] = started
    assert Settings.from_env(environment).shadow_share == 0.1
    assert environment["GENDER_DETECTION_MODEL_URI"] == ""


def test_missing_registry_client_names_the_setting_that_needs_it(settings, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ConfigError, match=r"SHADOW_SHARE=0\.1 needs MLflow's client: pip install"):
        start_follower(replace(settings, shadow_share=0.1))
