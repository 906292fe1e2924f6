"""What follows a training, in a real embedded registry: registered, judged, published."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mlflow
import pytest

from gender_detection.config import Settings
from gender_detection.gate import Finding, Verdict
from gender_detection.model import Model, store
from gender_detection.model.artifact import digest
from gender_detection.registry import CHAMPION
from gender_detection.release import Release
from gender_detection.release import __main__ as command
from gender_detection.release import release as release_module
from gender_detection.telemetry.pipeline_metrics import PREFIX
from gender_detection.telemetry.textfiles import TextFiles
from gender_detection.trainer import Choices, Training
from tests.trainer.small_data import PACKAGE, clean_of, write

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:.*input example:UserWarning"
)

# What so few names cannot have, and what depends on how busy the machine is.
LEFT_OUT = ("rules.time", "first.unmistakable", "first.errors_unseen", "first.calibration_unseen")


@pytest.fixture(scope="module")
def settings(
    tiny_transformed, tiny_vectors, tiny_origins, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("released")
    tables = {
        "clean": clean_of(tiny_transformed),
        "transformed": tiny_transformed,
        "vectors": tiny_vectors,
        "origins": tiny_origins,
    }
    rules = folder / "rules.toml"
    rules.write_text("\n".join(f"[{name}]\nenabled = false" for name in LEFT_OUT))
    before = mlflow.get_tracking_uri()
    yield replace(write(folder / "data", tables), gate_rules=str(rules))
    mlflow.set_tracking_uri(before)


@pytest.fixture(scope="module")
def released(settings: Settings) -> Release:
    """A training that is registered and has passed the gate."""
    release = Release(Training(settings, "monday", Choices(iterations=9)))
    assert release.gate().passed
    return release


def test_version_is_champion_and_published(released, settings):
    served = Model.load(store.current(Path(settings.model_dir)))

    assert released.registry.holder(CHAMPION) == released.register().version == served.version
    assert digest(store.current(Path(settings.model_dir))) == digest(
        Training(settings, "monday").artifact
    )


def test_run_has_what_the_training_was_told(released):
    run = mlflow.MlflowClient(released.registry.tracking_uri).get_run(released.register().run)

    told = {name: run.data.params[name] for name in ("l2", "iterations", "error_allowed", "sample")}
    assert told == {"l2": "5.0", "iterations": "9", "error_allowed": "0.03", "sample": "1.0"}
    assert run.data.params["data_version"] == "aaaaaaaa"
    assert "unseen.forced.errorCoded" in run.data.metrics
    assert run.inputs
    assert {data.dataset.name for data in run.inputs.dataset_inputs} == {
        "raw", "clean", "transformed", "vectors", "origins",
    }  # fmt: skip


def test_steps_that_are_done_are_not_run_again(released, settings):
    again = Release(Training(settings, "monday"))

    assert again.register() == released.register()
    assert again.gate() == released.gate()
    assert "1" in [version.number for version in again.registry.versions()]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    """Run a step as its task does, in the training monday."""
    given = {
        "HOME": str(settings.home),
        "DATA_URI": settings.data_uri,
        "GATE_RULES": settings.gate_rules,
        "TRAINING_RUN": "monday",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"GENDER_DETECTION_{name}", value)
    return lambda step: command.main([step])


def test_data_that_a_version_was_trained_on_are_not_new(released, run, monkeypatch, capsys):
    monkeypatch.setattr(release_module, "version", lambda _: PACKAGE)

    assert run("new_data") == command.SKIPPED
    assert "version 1 was trained on the same data: nothing is trained" in capsys.readouterr().out


def test_data_are_new_for_another_release_of_the_code(released, run, monkeypatch):
    monkeypatch.setattr(release_module, "version", lambda _: "2.0")

    assert run("new_data") == 0


def test_data_are_new_for_other_choices(released, settings, monkeypatch):
    monkeypatch.setattr(release_module, "version", lambda _: PACKAGE)

    assert Release(Training(settings, "other", Choices(iterations=3))).trained_before() is None


def test_data_are_new_if_the_gate_has_not_judged_their_version(released, settings, monkeypatch):
    monkeypatch.setattr(release_module, "version", lambda _: PACKAGE)
    unjudged = Release(Training(settings, "unjudged", Choices(iterations=4)))
    unjudged.register()

    assert unjudged.trained_before() is None


def test_task_of_a_training_that_is_not_kept_does_not_begin_another(run, monkeypatch, capsys):
    monkeypatch.setenv("GENDER_DETECTION_TRAINING_RUN", "long-ago")

    assert run("register") == 1
    assert "error: the training long-ago is not in" in capsys.readouterr().out


def test_data_are_new_where_there_is_no_model(settings, tmp_path):
    elsewhere = replace(settings, tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")

    assert Release(Training(elsewhere, "monday")).trained_before() is None


def test_gate_says_and_reports_its_verdict_and_can_be_asked_again(released, run, settings, capsys):
    assert run("gate") == 0
    assert "Version 1 passed the gate" in capsys.readouterr().out
    assert reported(settings) == {("gate_passed", ""): 1.0}


def test_refusal_is_reported_by_rule(released, run, settings, monkeypatch):
    reasons = [Finding("size", "", "2", "1", "", None, False, "It is too large.", "Disk.")] * 2
    refused = Verdict("2", "1", tuple(reasons))
    monkeypatch.setattr(Release, "gate", lambda self: refused)

    assert run("gate") == 0
    assert reported(settings) == {("gate_passed", ""): 0.0, ("gate_refusals", "size"): 2.0}


def reported(settings: Settings) -> dict[tuple[str, str], float]:
    """Return what the metrics of the pipeline say of the gate, by name and rule."""
    families = TextFiles(Path(settings.metrics_uri)).collect()
    return {
        (sample.name.removeprefix(PREFIX), sample.labels.get("rule", "")): sample.value
        for family in families
        for sample in family.samples
        if sample.name.startswith(f"{PREFIX}gate_")
    }
