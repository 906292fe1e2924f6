"""One registry for all tests of the upkeep: each test that changes it has a copy."""

from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest

from gender_detection.model import Model
from tests.upkeep.old_versions import Home, copied, made_in


@pytest.fixture(scope="session")
def original(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    before = mlflow.get_tracking_uri()
    yield made_in(tmp_path_factory.mktemp("original"), tiny_model)
    mlflow.set_tracking_uri(before)


@pytest.fixture
def home(original: Home, tmp_path: Path) -> Home:
    return copied(original, tmp_path / "home")
