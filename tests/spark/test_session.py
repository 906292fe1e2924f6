import contextlib
from types import SimpleNamespace

import pytest
from prometheus_client import generate_latest

from gender_detection import jobs
from gender_detection.config import Settings
from gender_detection.errors import (
    ConfigError,
    DatasetError,
    DownloadError,
    DownloadInterrupted,
    QualityError,
    SourceError,
    SourceUnavailable,
)
from gender_detection.spark import session
from gender_detection.telemetry.pipeline_metrics import PREFIX
from gender_detection.telemetry.textfiles import TextFiles

MANIFEST = {"stage": "raw", "rows_in": 3, "rows_out": 2, "rejected": {"s": {"empty": 1}}}


@pytest.fixture(autouse=True)
def no_session(monkeypatch):
    """Jobs get no real session: these tests are about run_job."""
    monkeypatch.setattr(session, "session", lambda name: contextlib.nullcontext("session"))


@pytest.fixture
def settings(tmp_path):
    return Settings.from_env({"GENDER_DETECTION_HOME": str(tmp_path)})


@pytest.fixture
def run(settings):
    """Run a job as the task tidying; return its exit code."""
    return lambda job: session.run_job("tidying", job, lambda: settings)


@pytest.fixture
def reported(settings):
    """Return a function from the name of one of the task's metrics to its value."""

    def value(metric, labels='task="tidying"'):
        folder = settings.home / "metrics"
        lines = generate_latest(TextFiles(folder)).decode().splitlines()
        series = dict(line.rsplit(" ", 1) for line in lines if line[0] != "#")
        found = series.get(f"{PREFIX}{metric}{{{labels}}}")
        return None if found is None else float(found)

    return value


def raising(error):
    def job(spark, settings):
        raise error

    return job


def test_successful_job_prints_its_duration_and_reports_its_versions(
    run, settings, reported, capsys
):
    given = []

    def job(*arguments):
        given.append(arguments)
        return [SimpleNamespace(manifest=MANIFEST)]

    assert run(job) == 0
    assert given == [("session", settings)]
    assert capsys.readouterr().out.startswith("[gender-detection] done in ")
    assert reported("task_failed") == 0
    assert reported("task_last_success_timestamp_seconds") > 0
    assert reported("rows_rejected", 'reason="empty",stage="raw"') == 1


def test_known_error_gives_one_line_and_an_exit_code(run, reported, capsys):
    assert run(raising(DatasetError("no data set: run 'make data' first"))) == 1
    out = capsys.readouterr().out
    assert out == "[gender-detection] error: no data set: run 'make data' first\n"
    assert reported("task_failed") == 1


@pytest.mark.parametrize("refusal", [QualityError, ConfigError, SourceError, DownloadError])
def test_refusal_has_the_exit_code_that_is_not_retried(run, reported, capsys, refusal):
    assert run(raising(refusal("rule rows_kept: 1 of 2 rows were kept"))) == jobs.REFUSED
    assert "error: rule rows_kept" in capsys.readouterr().out
    assert reported("task_failed") == 1
    assert reported("task_last_success_timestamp_seconds") is None


@pytest.mark.parametrize("passing", [SourceUnavailable, DownloadInterrupted, DatasetError])
def test_temporary_error_has_the_exit_code_that_is_retried(run, passing):
    assert run(raising(passing("the server does not answer"))) == 1


def test_invalid_settings_are_refused(capsys):
    def read_settings():
        raise ConfigError("GENDER_DETECTION_PORT=http: expected int")

    code = session.run_job("tidying", raising(AssertionError("never run")), read_settings)

    assert code == jobs.REFUSED
    assert "error: GENDER_DETECTION_PORT=http" in capsys.readouterr().out


def test_other_error_is_raised_and_reported(run, reported):
    with pytest.raises(ZeroDivisionError):
        run(raising(ZeroDivisionError()))
    assert reported("task_failed") == 1


def test_interrupt_says_that_nothing_was_published(run, reported, capsys):
    assert run(raising(KeyboardInterrupt())) == 130
    assert "interrupted; nothing was published" in capsys.readouterr().out
    assert reported("task_failed") is None


def test_failed_report_is_one_line_and_the_job_succeeds(run, settings, capsys):
    (settings.home / "metrics").write_text("a file, where a folder should be")

    assert run(lambda spark, settings: []) == 0
    warning, done = capsys.readouterr().out.splitlines()
    assert warning.startswith("[gender-detection] metrics not reported to ")
    assert done.startswith("[gender-detection] done in ")
