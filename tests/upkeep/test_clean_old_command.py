"""gender-detection clean-old on a real registry: what it prints, asks, does and reports."""

from collections.abc import Callable
from dataclasses import fields

import pytest

from gender_detection.config import PREFIX, Settings
from gender_detection.upkeep import rules
from tests.cli.command_line import assert_reported_in_one_line, run
from tests.upkeep.old_versions import Home

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:.*input example:UserWarning"
)


@pytest.fixture
def home(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The registry that the settings name; none of its versions counts as just registered."""
    for field in fields(Settings):
        monkeypatch.delenv(PREFIX + field.name.upper(), raising=False)
    for name in ("home", "tracking_uri", "experiment", "model_name", "keep_versions",
                 "keep_rollbacks", "failed_run_days"):  # fmt: skip
        monkeypatch.setenv(PREFIX + name.upper(), str(getattr(home.settings, name)))
    monkeypatch.setattr(rules, "JUST_REGISTERED_SECONDS", 0.0)
    return home


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return code, output and errors of gender-detection."""
    return lambda *arguments: run(capsys, *arguments)


def test_only_says_what_would_be_removed(home, command):
    before = home.files()

    code, out, err = command("clean-old")

    assert (code, err) == (0, "")
    assert "version 1 of tiny-names" in out
    assert "Nothing was removed: add --yes" in out
    assert "is champion" not in out
    assert home.files() == before
    assert "is champion" in command("clean-old", "--why")[1]


def test_removes_with_yes_and_reports_it(home, command):
    code, out, _ = command("clean-old", "--yes")

    assert code == 0
    assert "version 1 of tiny-names: removed" in out
    assert home.numbers() == {"2", "4", "5", "6"}
    attempt = (home.folder / "metrics" / "task_upkeep_attempt.prom").read_text()
    assert 'task_failed{task="upkeep"} 0.0' in attempt
    success = (home.folder / "metrics" / "task_upkeep_success.prom").read_text()
    assert 'upkeep_removed{kind="version"} 2.0' in success
    assert 'upkeep_kept_bytes{kind="data"} ' in success
    assert "There is nothing to remove" in command("clean-old", "--yes")[1]


def test_asks_on_a_terminal(home, command, monkeypatch):
    answers = ["", "y"]
    monkeypatch.setattr("gender_detection.cli.clean_old._is_terminal", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: answers.pop(0))

    assert command("clean-old")[0] == 0
    assert len(home.numbers()) == 6
    assert command("clean-old")[0] == 0
    assert len(home.numbers()) == 4


def test_what_cannot_be_removed_is_named_and_the_rest_is_removed(home, command, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(
            "mlflow.store.artifact.local_artifact_repo.LocalArtifactRepository.delete_artifacts",
            refuse,
        )
        code, out, _ = command("clean-old", "--yes")

    assert code == 1
    assert "allow deleting at" in out
    assert "raw r1: removed" in out
    assert (
        'task_failed{task="upkeep"} 1.0'
        in (home.folder / "metrics" / "task_upkeep_attempt.prom").read_text()
    )
    assert command("clean-old", "--yes")[0] == 0
    assert not home.files_of("1")


def test_missing_registry_is_reported_and_not_made(home, command, monkeypatch, tmp_path):
    monkeypatch.setenv(PREFIX + "TRACKING_URI", f"sqlite:///{tmp_path}/none/mlflow.db")

    assert_reported_in_one_line(command("clean-old", "--yes"), "there is no registry at")
    assert not (tmp_path / "none").exists()


def test_registry_that_does_not_answer_removes_nothing(home, command, monkeypatch):
    before = home.files()

    def fail(*_: object) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr("mlflow.MlflowClient.get_registered_model", fail)
    assert_reported_in_one_line(command("clean-old", "--yes"), "does not answer")
    assert home.files() == before
