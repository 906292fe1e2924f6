import json
import os
import subprocess
import sys
from dataclasses import asdict

import pytest

from gender_detection import jobs
from gender_detection.release import __main__ as release
from gender_detection.trainer import Choices
from gender_detection.trainer import __main__ as trainer
from tests.spark.pipeline_fixtures import JOBS, ROOT, TRAINING, environment

PASSWORD = "correct-horse"
INSPECT = """
import json, sys
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Asset, chain, dag
from airflow.dag_processing.dagbag import DagBag

already = set(sys.modules)
bag = DagBag(sys.argv[1])
tasks = bag.dags["data_pipeline"].topological_sort() if bag.dags else []
trainings = bag.dags["model_training"].topological_sort() if bag.dags else []
scheduled = {name: bag.dags[name].timetable for name in bag.dags}
facts = {
    "airflow": sys.modules["airflow"].__file__,
    "errors": bag.import_errors,
    "dags": sorted(bag.dags),
    "imported": sorted({name.partition(".")[0] for name in set(sys.modules) - already}),
    "ours": sorted(name for name in sys.modules if name.startswith("gender_detection")),
    "params": dict(bag.dags["data_pipeline"].params),
    "max_active_runs": bag.dags["data_pipeline"].max_active_runs,
    "training_params": dict(bag.dags["model_training"].params),
    "assets": [asset.uri for asset in scheduled["model_training"].asset_condition.objects],
    "crons": {name: getattr(table, "expression", getattr(getattr(table, "timetable", None),
        "expression", None)) for name, table in scheduled.items()},
    "training_tasks": [
        {
            "task_id": task.task_id,
            "command": task.bash_command,
            "downstream": sorted(task.downstream_task_ids),
            "retried": task.retry_policy.evaluate(
                RuntimeError("The command returned a non-zero exit code 65."), 1, 2
            ).action.value,
            "cwd": task.cwd,
        }
        for task in trainings
    ],
    "decisions": {
        text: tasks[0].retry_policy.evaluate(RuntimeError(text), 1, 2).action.value
        for text in sys.argv[2:]
    },
    "tasks": [
        {
            "task_id": task.task_id,
            "operator": type(task).__name__,
            "downstream": sorted(task.downstream_task_ids),
            "retries": task.retries,
            "delay": task.retry_delay.total_seconds(),
            "timeout": task.execution_timeout.total_seconds(),
            "conn_id": task._conn_id,
            "application": task.application,
            "shown": {name: repr(getattr(task, name)) for name in task.template_fields},
            "arguments": task.application_args,
            "outlets": [outlet.uri for outlet in task.outlets],
        }
        for task in tasks
    ],
}
print("FACTS", json.dumps(facts))
"""


# The messages of Spark's hook for a job that ended with an exit code.
FAILURES = [f"Cannot execute: spark-submit x. Error code is: {code}." for code in (65, 1, 137)]


def read(home, **settings):
    """Return what Airflow reads from the DAG files, in a separate process."""
    env = {
        **environment(home, **settings),
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    command = [sys.executable, "-c", INSPECT, str(ROOT / "airflow" / "dags"), *FAILURES]
    done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=home)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("FACTS ")]
    return json.loads(line.removeprefix("FACTS "))


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    home = tmp_path_factory.mktemp("dag_file")
    return read(home, tracking_uri=f"postgresql://mlflow:{PASSWORD}@database/mlflow")


def test_dag_is_imported_without_errors_by_apache_airflow(facts):
    assert facts["errors"] == {}
    assert facts["dags"] == ["batch_prediction", "data_pipeline", "model_training"]
    assert os.path.commonpath([facts["airflow"], ROOT / "airflow"]) != str(ROOT / "airflow")


def test_dag_file_imports_nothing_heavy(facts):
    heavy = {"pyspark", "pandas", "mlflow", "numpy", "pyarrow", "scipy"}
    assert heavy.isdisjoint(facts["imported"])
    ours = {"", ".airflow_callbacks", ".config", ".errors"}
    assert set(facts["ours"]) == {f"gender_detection{name}" for name in ours}


def test_four_spark_jobs_run_in_sequence(facts):
    order = list(JOBS.values())
    assert [task["task_id"] for task in facts["tasks"]] == order
    assert [task["downstream"] for task in facts["tasks"]] == [*([job] for job in order[1:]), []]
    for task in facts["tasks"]:
        assert task["operator"] == "SparkSubmitOperator"
        assert task["conn_id"] == "spark_default"
        assert task["application"] == str(ROOT / f"airflow/scripts/{task['task_id']}.py")


def test_job_that_refused_its_data_is_not_retried(facts):
    assert jobs.REFUSED == 65
    assert list(facts["decisions"].values()) == ["fail", "default", "default"]


def test_jobs_are_retried_and_timed_and_run_one_dag_at_a_time(facts):
    for task in facts["tasks"]:
        assert task["retries"] == 2
        assert 0 < task["delay"] <= 60
        assert task["timeout"] == 3600
    assert facts["max_active_runs"] == 1


def test_only_the_last_job_produces_the_asset(facts):
    outlets = [task["outlets"] for task in facts["tasks"]]
    assert outlets == [[], [], [], ["gender-detection://data/vectors"]]


def test_param_lets_a_list_of_changes_pass_the_first_job_and_no_other(facts):
    first, *others = (task["arguments"] for task in facts["tasks"])
    assert first == ["--accept-data-changes={{ params.accept_data_changes or '' }}"]
    assert others == [None] * 3
    assert facts["params"] == {"accept_data_changes": ""}


def test_airflow_shows_no_setting_of_a_job(facts):
    for task in facts["tasks"]:
        assert task["shown"]["env_vars"] == "None"
        assert not any(PASSWORD in text for text in task["shown"].values())


def test_training_runs_its_steps_in_sequence_and_then_the_notebook(facts):
    tasks = facts["training_tasks"]
    order = ["new_data", *TRAINING, "upkeep"]
    assert [task["task_id"] for task in tasks] == order
    assert [task["downstream"] for task in tasks] == [*([name] for name in order[1:]), []]
    for task in tasks:
        assert task["cwd"] == str(ROOT)
        assert task["retried"] == "fail"
    assert "notebooks/exploratory_analysis.ipynb" in tasks[-2]["command"]
    assert tasks[-1]["command"].endswith("clean-old --yes")


def test_each_step_of_the_training_is_a_command_of_its_package(facts):
    for task in facts["training_tasks"][:-2]:
        _, package, arguments = task["command"].partition(" -m gender_detection.")
        package, step = arguments.split()[:2]
        assert step == task["task_id"]
        assert step in {"trainer": trainer.STEPS, "release": release.STEPS}[package]


def test_what_somebody_types_is_no_part_of_a_command(facts):
    for task in facts["training_tasks"]:
        assert "{{" not in task["command"]


def test_training_starts_with_new_data_and_by_default_at_no_other_time(facts):
    assert facts["assets"] == ["gender-detection://data/vectors"]
    assert facts["crons"] == dict.fromkeys(facts["dags"])


def test_both_dags_can_be_scheduled_by_settings(tmp_path):
    given = read(tmp_path, data_schedule="0 3 * * 1", training_schedule="0 5 1 * *")

    assert given["errors"] == {}
    assert given["crons"] == {
        "batch_prediction": None,
        "data_pipeline": "0 3 * * 1",
        "model_training": "0 5 1 * *",
    }
    assert given["assets"] == ["gender-detection://data/vectors"]


def test_params_of_the_training_are_its_choices(facts):
    assert facts["training_params"] == {**asdict(Choices()), "unattended": False}
