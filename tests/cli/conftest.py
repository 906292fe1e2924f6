"""Where the command line looks for its model, and for tables at addresses."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from gender_detection.config import PREFIX
from gender_detection.model import store


@pytest.fixture
def model_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model folder that the settings name."""
    for variable in list(os.environ):
        if variable.startswith(PREFIX):
            monkeypatch.delenv(variable)
    monkeypatch.setenv(PREFIX + "HOME", str(tmp_path))
    monkeypatch.setenv(PREFIX + "MODEL_DIR", str(tmp_path / "model"))
    return tmp_path / "model"


@pytest.fixture
def published(model_dir: Path, tiny_artifact: Path) -> Path:
    return store.publish(model_dir, tiny_artifact, "7")


@pytest.fixture
def pandas_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process need pandas."""
    monkeypatch.setattr("gender_detection.cli.score.leave_pandas_out", lambda: None)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of temporary files, in which nothing may be left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    assert not list(folder.iterdir())


@pytest.fixture
def memory_store() -> Iterator[fsspec.AbstractFileSystem]:
    """A store in memory, empty at first."""
    memory = fsspec.filesystem("memory")
    yield memory
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]
