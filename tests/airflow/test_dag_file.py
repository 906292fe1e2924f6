import json
import os
import subprocess
import sys

import pytest

from gender_detection.spark import session
from tests.spark.pipeline_fixtures import JOBS, ROOT, environment

PASSWORD = "correct-horse"
INSPECT = """
import json, sys
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Asset, chain, dag
from airflow.dag_processing.dagbag import DagBag

already = set(sys.modules)
bag = DagBag(sys.argv[1])
tasks = bag.dags["data_pipeline"].topological_sort() if bag.dags else []
facts = {
    "airflow": sys.modules["airflow"].__file__,
    "errors": bag.import_errors,
    "dags": sorted(bag.dags),
    "imported": sorted({name.partition(".")[0] for name in set(sys.modules) - already}),
    "ours": sorted(name for name in sys.modules if name.startswith("gender_detection")),
    "params": dict(bag.dags["data_pipeline"].params),
    "max_active_runs": bag.dags["data_pipeline"].max_active_runs,
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


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    """What Airflow reads from the DAG files, in a separate process."""
    home = tmp_path_factory.mktemp("dag_file")
    env = {
        **environment(home, tracking_uri=f"postgresql://mlflow:{PASSWORD}@database/mlflow"),
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    command = [sys.executable, "-c", INSPECT, str(ROOT / "airflow" / "dags"), *FAILURES]
    done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=home)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("FACTS ")]
    return json.loads(line.removeprefix("FACTS "))


def test_dag_is_imported_without_errors_by_apache_airflow(facts):
    assert facts["errors"] == {}
    assert facts["dags"] == ["batch_prediction", "data_pipeline"]
    assert os.path.commonpath([facts["airflow"], ROOT / "airflow"]) != str(ROOT / "airflow")


def test_dag_file_imports_nothing_heavy(facts):
    heavy = {"pyspark", "pandas", "mlflow", "numpy", "pyarrow", "scipy"}
    assert heavy.isdisjoint(facts["imported"])
    assert facts["ours"] == ["gender_detection", "gender_detection.airflow_callbacks"]


def test_four_spark_jobs_run_in_sequence(facts):
    order = list(JOBS.values())
    assert [task["task_id"] for task in facts["tasks"]] == order
    assert [task["downstream"] for task in facts["tasks"]] == [*([job] for job in order[1:]), []]
    for task in facts["tasks"]:
        assert task["operator"] == "SparkSubmitOperator"
        assert task["conn_id"] == "spark_default"
        assert task["application"] == str(ROOT / f"airflow/scripts/{task['task_id']}.py")


def test_job_that_refused_its_data_is_not_retried(facts):
    assert session.REFUSED == 65
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
