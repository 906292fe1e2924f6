"""The program that times predictions runs, and draws people as it says."""

import sys
from pathlib import Path
from random import Random

import pytest

from gender_detection.model import store

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def predict_speed():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import predict_speed

        yield predict_speed
    sys.modules.pop("predict_speed", None)


def test_each_kind_of_people_has_its_lines(
    predict_speed, tiny_artifact: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    store.publish(tmp_path, tiny_artifact, "1")
    monkeypatch.setenv("GENDER_DETECTION_MODEL_DIR", str(tmp_path))

    assert predict_speed.main("--batches 2 --size 40".split()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines] == ["realistic"] * 5 + ["unseen"] * 5
    assert all("people/s" in line for line in lines)


def test_missing_model_is_an_error(predict_speed, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setenv("GENDER_DETECTION_MODEL_DIR", str(tmp_path))

    assert predict_speed.main([]) == 1
    assert "no model" in capsys.readouterr().err


def test_people_are_of_many_countries_and_as_many_as_asked(predict_speed):
    people = predict_speed.realistic(300, Random(1))

    assert len(people) == 300
    assert len({person.country for person in people}) > 30
    assert all(person.name for person in people)
