"""Airflow's callbacks report runs and failed jobs as metrics of the pipeline."""

import logging
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from prometheus_client import generate_latest

from gender_detection.telemetry import airflow_runs
from gender_detection.telemetry.pipeline_metrics import PREFIX
from gender_detection.telemetry.textfiles import TextFiles

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
DAG = SimpleNamespace(dag_id="data_pipeline")


def scraped(folder):
    lines = generate_latest(TextFiles(folder)).decode().splitlines()
    series = (line.removeprefix(PREFIX).rsplit(" ", 1) for line in lines if line[0] != "#")
    return {name: float(value) for name, value in series}


def run_of(**changes):
    times = {"run_after": NOON, "start_date": NOON, "end_date": NOON + timedelta(seconds=90)}
    return {"dag": DAG, "dag_run": SimpleNamespace(**times | changes)}


@pytest.mark.parametrize("failed", [False, True])
def test_run_is_reported_with_its_duration_and_outcome(tmp_path, failed):
    airflow_runs.report_run(str(tmp_path), run_of(), failed=failed)

    found = scraped(tmp_path)
    assert found['dag_duration_seconds{dag="data_pipeline"}'] == 90
    assert found['dag_failed{dag="data_pipeline"}'] == failed
    ended = (NOON + timedelta(seconds=90)).timestamp()
    assert found['dag_last_attempt_timestamp_seconds{dag="data_pipeline"}'] == ended
    last_success = found.get('dag_last_success_timestamp_seconds{dag="data_pipeline"}')
    assert last_success == (None if failed else ended)


@pytest.mark.parametrize("start", [NOON - timedelta(days=30), None])
def test_duration_of_a_run_for_a_past_day_is_its_real_duration(tmp_path, start):
    airflow_runs.report_run(str(tmp_path), run_of(start_date=start), failed=False)

    assert scraped(tmp_path)['dag_duration_seconds{dag="data_pipeline"}'] == 90


def test_run_without_times_has_ended_now(tmp_path):
    before = datetime.now(UTC).timestamp()

    airflow_runs.report_run(str(tmp_path), {"dag": DAG, "run_id": "x"}, failed=True)

    found = scraped(tmp_path)
    assert found['dag_last_attempt_timestamp_seconds{dag="data_pipeline"}'] >= before
    assert 'dag_duration_seconds{dag="data_pipeline"}' not in found


def test_run_without_any_task_is_not_reported(tmp_path):
    airflow_runs.report_run(str(tmp_path), {"dag": DAG, "run_id": "x"}, failed=False)

    assert not list(tmp_path.iterdir())


def failure(error):
    ti = SimpleNamespace(
        task_id="vectorization", start_date=NOON, end_date=NOON + timedelta(seconds=7)
    )
    return {"ti": ti, "exception": error}


def test_killed_job_is_reported_as_failed(tmp_path):
    airflow_runs.report_failed_job(str(tmp_path), failure(RuntimeError("Error code is: -9.")))

    found = scraped(tmp_path)
    assert found['task_failed{task="vectorization"}'] == 1
    assert found['task_duration_seconds{task="vectorization"}'] == 7
    assert 'task_last_success_timestamp_seconds{task="vectorization"}' not in found


def test_interrupted_job_is_not_reported(tmp_path):
    airflow_runs.report_failed_job(str(tmp_path), failure(KeyboardInterrupt()))

    assert not list(tmp_path.iterdir())


def test_failed_report_is_a_line_in_the_airflow_log(tmp_path, caplog):
    (tmp_path / "file").write_text("")

    with caplog.at_level(logging.WARNING):
        airflow_runs.report_run(str(tmp_path / "file"), run_of(), failed=False)

    (record,) = caplog.records
    assert record.getMessage().startswith("metrics not reported to ")
