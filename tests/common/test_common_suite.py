"""score, aggregate, evaluate, check and the routes for tables make the same of the same files."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.config import Settings
from gender_detection.model import Model
from tests.common.cases import CASES, PLAIN, Case
from tests.common.readers import Readers

READERS = ("score", "aggregate", "evaluate", "check", "predict table", "aggregate table")
# These commands only say which columns they read if they guessed them.
SILENT = ("aggregate", "evaluate", "check")


@pytest.fixture
def readers(capsys, monkeypatch, published, pandas_as_it_is, tiny_model, tmp_path) -> Readers:
    monkeypatch.setattr(Model, "load", lambda *_: tiny_model)
    settings = Settings(model_dir=str(tmp_path / "none"))
    client = create_app(settings, tiny_model, CollectorRegistry()).test_client()
    folder: Path = tmp_path / "files"
    folder.mkdir()
    return Readers(capsys, client, folder)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_same_comes_of_the_same_file(readers: Readers, case: Case):
    for reader in READERS:
        facts = readers.by_name[reader](case)

        if (refused := case.instead.get(reader, case.refused)) is not None:
            assert refused in str(facts.refused), reader
            continue
        assert facts.refused is None, reader
        counts = (reader, facts.people, facts.answered, facts.bad)
        assert counts == (reader, case.people, case.answered, case.bad)
        assert (reader, facts.note) == (reader, case.note)
        if facts.reads is None:
            assert reader in SILENT
            assert case.reads in (PLAIN, "names from 'name'")
        else:
            assert (reader, facts.reads) == (reader, case.reads)
