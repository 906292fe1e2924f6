"""A copy of the tiny model's artifact that a test may damage."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def folder(tiny_artifact: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model's artifact, to be damaged."""
    return Path(shutil.copytree(tiny_artifact, tmp_path / "artifact"))
