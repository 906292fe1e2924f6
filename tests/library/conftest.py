"""The library with the tiny model as that of the process."""

import pytest

import gender_detection as gd
from gender_detection.library import NameModel, finding


@pytest.fixture(autouse=True)
def _process_model(tiny_model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_SHARED", {None: NameModel(tiny_model)})


@pytest.fixture
def names(tiny_model) -> gd.Namer:
    return NameModel(tiny_model)
