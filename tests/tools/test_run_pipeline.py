import json
from importlib.metadata import version

import pytest
import run_pipeline

MARK = run_pipeline.MARK


@pytest.fixture
def progress():
    return run_pipeline.Progress()


def show(progress, *events):
    """Return the lines shown for (event, state) pairs, one second apart."""
    lines = [progress.line(event, None, state, now) for now, (event, state) in enumerate(events)]
    return [line for line in lines if line]


def test_task_is_shown_when_it_starts_and_ends_with_its_seconds(progress):
    assert show(
        progress,
        ("[DAG TEST] starting task_id=cleansing map_index=-1", None),
        ("Task instance state updated", "success"),
        ("[DAG TEST] end task task_id=cleansing map_index=-1", None),
    ) == ["cleansing: started", "cleansing: done after 2.0 s"]


def test_only_lines_of_the_jobs_are_shown(progress):
    start = ("[DAG TEST] starting task_id=cleansing map_index=-1", None)
    noise = ("26/01/01 WARN NativeCodeLoader: Unable to load", None)
    own = (f"{MARK} kept 3 of 4 rows", None)
    assert show(progress, start, noise, own)[1:] == ["cleansing:   kept 3 of 4 rows"]


def test_failed_task_differs_from_one_that_is_retried(progress):
    start = ("[DAG TEST] starting task_id=cleansing map_index=-1", None)
    end = ("[DAG TEST] end task task_id=cleansing map_index=-1", None)
    shown = show(progress, start, ("x", "up_for_retry"), end, start, ("x", "failed"), end)
    assert shown[1] == "cleansing: failed, will be retried after 2.0 s"
    assert shown[3] == "cleansing: failed after 2.0 s"


def test_error_of_the_job_explains_the_failure(progress):
    progress.line(f"{MARK} error: gate rows_kept refused 7 rows", None, None, 0)
    progress.line("Task failed", "AirflowException: Cannot execute spark-submit", None, 0)
    assert progress.error == "gate rows_kept refused 7 rows"


def test_full_disk_explains_the_failure(progress):
    progress.line("java.io.IOException: No space left on device", None, None, 0)
    assert progress.error.startswith("disk full")


@pytest.mark.parametrize("code", ["137", "-9"])
def test_killed_task_is_explained_by_what_to_do(progress, code):
    said = (
        f"AirflowException: Bash command failed. The command returned a non-zero exit code {code}."
    )
    progress.line("Task failed", said, None, 0)
    assert "probably because memory ran out: close other programs" in run_pipeline.reason(progress)


def test_other_failures_are_told_as_airflow_tells_them(progress):
    assert run_pipeline.reason(progress) == "Airflow could not run the DAG"
    progress.line("Task failed", "AirflowException: no such file", None, 0)
    assert run_pipeline.reason(progress) == "AirflowException: no such file"


def test_silent_task_shows_its_running_time(progress):
    assert progress.still_running(5) is None
    progress.line("[DAG TEST] starting task_id=cleansing map_index=-1", None, None, 10)
    assert progress.still_running(40) == "cleansing:   ... 30 s"


def test_airflow_log_line_is_read_with_its_exception():
    raised = [{"exc_type": "AirflowException", "exc_value": "no", "frames": []}]
    line = json.dumps({"event": "Task failed", "new_state": "failed", "exception": raised})
    assert run_pipeline.read_event(line) == ("Task failed", "AirflowException: no", "failed")


@pytest.mark.parametrize("line", ["DagRun failed", "7", "[1]", ""])
def test_line_that_is_not_a_log_record_is_the_event(line):
    assert run_pipeline.read_event(line) == (line, None, None)


MIGRATE = ["db", "migrate"]


@pytest.fixture
def run(tmp_path):
    """A run of both DAGs, the first of which writes a stamp."""
    stamp = tmp_path / "stamps" / "data"
    dags = ["data_pipeline", "model_training"]
    return run_pipeline.Run(tmp_path, {}, dags, {"data_pipeline": (stamp, "sample=1")})


def test_dag_is_done_when_the_next_one_begins(run, tmp_path, capsys):
    run.begin(["dags", "test", "data_pipeline"])
    assert not (tmp_path / "stamps").exists()
    run.begin(["dags", "test", "model_training"])
    assert (tmp_path / "stamps" / "data").read_text() == "sample=1\n"
    assert run.dag == "model_training"
    run.end()
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said] == ["data", "train"]


def test_each_dag_has_its_log(run, tmp_path):
    for dag in ("data_pipeline", "model_training"):
        run.begin(["dags", "test", dag])
        run.line(f"a line of {dag}")
    for dag in ("data_pipeline", "model_training"):
        assert f"a line of {dag}" in (tmp_path / "log" / f"{dag}.log").read_text()
    assert "data_pipeline" not in run.log.read_text()


def test_reason_of_an_earlier_dag_is_not_that_of_the_next_one(run):
    run.begin(["dags", "test", "data_pipeline"])
    run.line(f"{MARK} error: tried again")
    run.begin(["dags", "test", "model_training"])
    assert run.reason() == "Airflow could not run the DAG"


def test_migration_is_noted_when_it_is_done(run, tmp_path):
    run.begin(MIGRATE)
    assert "could not be migrated" in run.reason()
    assert not (tmp_path / "airflow").exists()
    run.begin(["dags", "test", "data_pipeline"])
    assert (tmp_path / "airflow" / "migrated").read_text() == version("apache-airflow")


def test_options_may_stand_between_the_dags():
    done = ["--done", "data_pipeline", "stamp", "a text"]
    options = run_pipeline.options_of(["data_pipeline", *done, "model_training", "--unattended"])
    assert options.dags == ["data_pipeline", "model_training"]
    assert options.done == [done[1:]]
    assert options.unattended
