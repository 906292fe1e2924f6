"""A training in steps: each is done once, kept, and repeated where that is asked for."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gender_detection import training as fitting
from gender_detection.config import Settings
from gender_detection.errors import DatasetError, InvalidInput
from gender_detection.model import Person
from gender_detection.model.artifact import digest
from gender_detection.trainer import Choices, Training
from gender_detection.trainer.__main__ import main
from tests.trainer.small_data import clean_of, write

STEPS = ("fit", "calibrate", "assemble", "evaluate", "card")


@pytest.fixture(scope="module")
def tables(tiny_transformed, tiny_vectors, tiny_origins):
    return {
        "clean": clean_of(tiny_transformed),
        "transformed": tiny_transformed,
        "vectors": tiny_vectors,
        "origins": tiny_origins,
    }


@pytest.fixture
def settings(tables, tmp_path: Path) -> Settings:
    return write(tmp_path / "data", tables)


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    """Run a step as its task does, in the training monday."""
    given = {"HOME": str(settings.home), "DATA_URI": settings.data_uri, "TRAINING_RUN": "monday"}
    for name, value in given.items():
        monkeypatch.setenv(f"GENDER_DETECTION_{name}", value)

    def step(*arguments: str) -> int:
        return main(arguments)

    return step


def test_model_of_the_steps_knows_the_names_of_the_data(settings):
    model = Training(settings, "monday").card()

    maria, andrea = model.predict([Person(name="Maria"), Person(name="Andrea", country="IT")])
    assert (maria.gender, andrea.gender) == ("female", "male")
    assert model.data_version == "aaaaaaaa"
    assert {"unseen", "known", "error_allowed"} <= set(model.metrics or {})
    assert model.baselines["training"].names == 20_000
    assert "What it is not" in model.documents["card.md"]


def test_step_that_is_done_is_not_run_again(settings, monkeypatch):
    first = Training(settings, "monday").fit()

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr(fitting, "fit_pattern", fail)
    again = Training(settings, "monday").fit()

    assert again.losses == first.losses
    assert (again.pattern.weights == first.pattern.weights).all()


def test_trainings_of_the_same_data_give_the_same_bytes(settings):
    by_steps = Training(settings, "monday")
    by_steps.card()
    at_once = Training(settings, "tuesday")
    for step in STEPS:
        getattr(Training(settings, "tuesday"), step)()

    assert digest(by_steps.artifact) == digest(at_once.artifact)


def test_tasks_make_what_the_methods_make_and_say_it(settings, run, capsys):
    assert [run(step) for step in STEPS] == [0] * 5
    shown = capsys.readouterr().out

    assert "[gender-detection] data version aaaaaaaa" in shown
    assert "[gender-detection] iteration 14 of 14: loss 0." in shown
    assert "[gender-detection] threshold 0." in shown
    by_tasks, by_methods = Training(settings, "monday"), Training(settings, "sunday")
    by_methods.card()
    assert digest(by_tasks.artifact) == digest(by_methods.artifact)


def test_repeated_task_removes_what_came_after_it(settings, run):
    kept = Training(settings, "monday").kept
    for step in STEPS:
        run(step)
    assert kept.has("artifact")

    run("calibrate")

    assert kept.has("calibration.json")
    assert not kept.has("artifact")


def test_choices_are_those_of_the_first_task(settings, run):
    run("fit", "--iterations=3", "--error-allowed=0.2")

    training = Training(settings, "monday")

    assert training.choices == Choices("", 5.0, 3, 0.2)
    assert len(training.fit().losses) == 3


def test_other_choices_begin_the_training_again(settings):
    assert len(Training(settings, "monday", Choices(iterations=3)).fit().losses) == 3
    assert len(Training(settings, "monday", Choices(iterations=5)).fit().losses) == 5


def test_training_keeps_its_data_when_newer_ones_are_published(settings, tables):
    assert Training(settings, "monday").versions["clean"].name == "aaaaaaaa"
    write(Path(settings.data_uri), tables, "bbbbbbbb")

    assert Training(settings, "monday").versions["clean"].name == "aaaaaaaa"
    assert Training(settings, "tuesday").versions["clean"].name == "bbbbbbbb"


def test_older_data_version_is_trained_on_if_it_is_named(settings, tables, run):
    write(Path(settings.data_uri), tables, "bbbbbbbb")

    assert run("fit", "--data-version=aaaaaa") == 0

    assert Training(settings, "monday").versions["vectors"].name == "aaaaaaaa"
    named = replace(settings, data_version="aaaaaa")
    assert Training(named, "tuesday").versions["vectors"].name == "aaaaaaaa"


def test_task_without_data_says_what_to_do(settings, run, monkeypatch, capsys):
    monkeypatch.setenv("GENDER_DETECTION_DATA_URI", f"{settings.data_uri}-gone")

    assert run("fit") == 1
    assert "error: no dataset is published at" in capsys.readouterr().out


def test_task_with_impossible_choices_is_refused_for_good(run, capsys):
    assert run("fit", "--iterations=0") == 65
    assert "error: iterations is 0: give at least 1, such as 14" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [{"l2": 0.0}, {"iterations": 0}, {"error_allowed": 0.5}])
def test_impossible_choices_are_named(wrong):
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        Choices(**wrong)


def test_task_without_a_name_of_its_training_is_refused(run, monkeypatch, capsys):
    monkeypatch.delenv("GENDER_DETECTION_TRAINING_RUN")

    assert run("calibrate") == 65
    assert "GENDER_DETECTION_TRAINING_RUN is not set" in capsys.readouterr().out


def test_only_the_last_trainings_are_kept(settings):
    for name in ("a", "b", "c", "d"):
        Training(settings, name)

    kept = sorted(path.name for path in (settings.home / "training").iterdir())
    assert len(kept) == 3
    assert "d" in kept


def test_name_of_a_run_of_airflow_is_a_folder(settings):
    training = Training(settings, "manual__2026-11-30T09:02:54+00:00/../x")

    assert training.kept.folder.parent == settings.home / "training"


def test_damaged_result_is_named_with_the_remedy(settings):
    training = Training(settings, "monday")
    training.fit()
    (training.kept.folder / "fitted.npz").write_bytes(b"cut")

    with pytest.raises(DatasetError, match=r"fitted.npz cannot be read: delete .*monday"):
        training.fit()


def test_labelled_people_are_evaluated(settings, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("name,country,gender\nMaria Rossi,IT,female\nJohn Smith,US,male\n")

    training = Training(replace(settings, people=str(people)), "monday")

    assert training.evaluate()["people"]["n"] == 2
    assert "evaluation" in training.card().baselines
    assert json.loads((training.kept.folder / "metrics.json").read_text())["people"]["n"] == 2
