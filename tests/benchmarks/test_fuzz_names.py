"""The fuzz program: that it finds faults that are there, and is the same from run to run."""

import json
import sys
from pathlib import Path

import pytest

from gender_detection import names
from gender_detection.model import Model, store

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def fuzz_names(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import fuzz_names

    yield fuzz_names
    for module in ("fuzz_names", "any_text"):
        sys.modules.pop(module, None)


@pytest.fixture
def served(tiny_artifact: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model directory, made the one of the settings, that serves the tiny model."""
    store.publish(tmp_path, tiny_artifact, "1")
    monkeypatch.setenv("GENDER_DETECTION_MODEL_DIR", str(tmp_path))
    return tmp_path


def chunk(fuzz_names, model: Model, number: int = 0, size: int = 200):
    return fuzz_names.Chunk(model, 1, number, size, limit_ms=1e6)


def test_command_asks_for_as_many_as_it_is_told_and_ends_well(fuzz_names, served, capsys):
    code = fuzz_names.main("--count 1200 --seed 3 --processes 1 --limit-ms 1e6".split())

    out, err = capsys.readouterr()
    said = json.loads(out)
    assert (code, said["count"], said["faults"]) == (0, 1200, 0)
    assert "1,200 of 1,200 strings" in err


def test_command_without_a_model_says_what_to_do(fuzz_names, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GENDER_DETECTION_MODEL_DIR", str(tmp_path / "none"))

    assert fuzz_names.main(["--count", "1"]) == 1
    assert "make train" in capsys.readouterr().err


def test_digest_is_of_the_answers_and_repeats(fuzz_names, tiny_model):
    first, again, other = (
        chunk(fuzz_names, tiny_model, number).run().digest for number in (0, 0, 1)
    )

    assert first == again
    assert first != other


def test_exception_is_a_fault_that_names_its_string(fuzz_names, tiny_model, monkeypatch):
    asked = chunk(fuzz_names, tiny_model)

    def fail(text: str) -> str:
        raise ZeroDivisionError if text == asked.people[7].name else AssertionError

    monkeypatch.setattr(fuzz_names, "key", fail)
    faults = asked.run().faults
    assert len(faults) == len(asked.people)
    assert [fault.index for fault in faults if "ZeroDivisionError" in fault.detail] == [7]


def test_answer_that_depends_on_its_company_is_a_fault(fuzz_names, tiny_model, monkeypatch):
    answer = Model.predict
    monkeypatch.setattr(
        Model, "predict", lambda self, people: answer(self, people[:1]) * len(people)
    )

    faults = chunk(fuzz_names, tiny_model).run().faults
    assert "differs in another batch" in {fault.kind for fault in faults}


def test_key_that_is_not_its_own_key_is_a_fault(fuzz_names, tiny_model, monkeypatch):
    monkeypatch.setattr(fuzz_names, "key", lambda text: names.key(text)[:-1])

    faults = chunk(fuzz_names, tiny_model).run().faults
    assert "key is not its own key" in {fault.kind for fault in faults}


def test_slow_call_is_a_fault(fuzz_names, tiny_model):
    found = fuzz_names.Chunk(tiny_model, 1, 0, 50, limit_ms=0.0).run()

    assert {fault.kind for fault in found.faults} == {"slow"}
    assert found.slowest_ms > 0
    assert found.slowest
