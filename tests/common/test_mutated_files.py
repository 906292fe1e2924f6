"""However a file is damaged: it is refused in words, or all its rows are there or told of.

To mutate more files than usual, and others:

    MUTATED_FILES=1000 MUTATED_FROM=5000 .venv/bin/pytest tests/common/test_mutated_files.py
"""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.config import Settings
from gender_detection.model import Model
from tests.common import mutation_checks
from tests.common.seed_files import SEEDS

# Of each kind; there are 27 kinds.
FILES = int(os.environ.get("MUTATED_FILES", "20"))
FIRST = int(os.environ.get("MUTATED_FROM", "0"))
# Seconds for all files of a kind: not a measurement, but the end of an endless loop.
PATIENCE = 300 + FILES
TEXTS = [kind for kind in SEEDS if kind.endswith(("csv", "tsv", "unicode.txt"))]


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError(f"a file takes longer than {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("kind", SEEDS)
def test_mutated_file_is_scored_whole_or_refused_in_words(
    capsys, monkeypatch, published, tiny_model: Model, tmp_path: Path, kind: str
):
    monkeypatch.setattr(Model, "load", lambda *_: tiny_model)
    folder = tmp_path / "files"
    folder.mkdir()
    rows: Counter[bool] = Counter()
    failed = []
    for seed in range(FIRST, FIRST + FILES):
        try:
            outcome = mutation_checks.scored(capsys, folder, kind, seed)
        except Exception as err:
            failed.append(f"{kind} {seed}: {type(err).__name__}: {str(err)[:300]}")
            for entry in folder.iterdir():
                entry.unlink()
            continue
        rows[outcome.rows is None] += 1

    assert not failed, "\n".join(failed)
    assert rows[True]
    assert rows[False]


@pytest.mark.parametrize("kind", [*TEXTS, "arrows"])
def test_mutated_body_is_answered_whole_or_with_a_problem(
    tiny_model: Model, tmp_path: Path, kind: str
):
    settings = Settings(model_dir=str(tmp_path))
    client = create_app(settings, tiny_model, CollectorRegistry()).test_client()
    rows: Counter[bool] = Counter()
    failed = []
    for seed in range(FIRST, FIRST + FILES):
        try:
            outcome = mutation_checks.posted(client, kind, seed)
        except Exception as err:
            failed.append(f"{kind} {seed}: {type(err).__name__}: {str(err)[:300]}")
            continue
        rows[outcome.rows is None] += 1
    assert not failed, "\n".join(failed)
    assert rows[True]
    assert rows[False]
