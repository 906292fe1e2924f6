"""The DAG batch_prediction, run by Airflow on this machine's own Spark."""

import json
import sqlite3
import subprocess
from contextlib import closing

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.spark.pipeline_fixtures import ROOT, environment

CONNECTION = {"conn_type": "spark", "host": "local[2]", "extra": {"deploy-mode": "client"}}
PASSWORD = "correct-horse"
SECRET = {
    "tracking_uri": f"postgresql://mlflow:{PASSWORD}@database/mlflow",
    "rate_limit_storage": f"redis://:{PASSWORD}@cache:6379",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("batch")


@pytest.fixture(scope="module")
def airflow(home, tiny_artifact):
    """Return a function that runs the DAG with params as the documentation says: its exit code and
    what it printed."""
    env = {
        **environment(home, model_uri=str(tiny_artifact), **SECRET),
        "AIRFLOW_CONN_SPARK_DEFAULT": json.dumps(CONNECTION),
    }
    command = [str(ROOT / "tools" / "airflow"), "dags", "test", "batch_prediction", "-c"]

    def run(params):
        done = subprocess.run(
            [*command, json.dumps(params)], env=env, cwd=home,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return done.returncode, done.stdout

    return run


def test_table_is_scored_with_the_params_of_the_run_and_the_settings_of_airflow(
    airflow, home, tmp_path
):
    pq.write_table(pa.table({"who": ["Andrea", "J."], "id": [1, 2]}), tmp_path / "people.parquet")
    params = {
        "input": str(tmp_path / "people.parquet"),
        "output": str(tmp_path / "answered"),
        "name": "who",
        "country": "IT",
        "threshold": 0.6,
    }
    code, output = airflow(params)
    assert code == 0, output
    found = pq.read_table(tmp_path / "answered").to_pylist()
    assert [(row["who"], row["gender"], row["reason"]) for row in found] == [
        ("Andrea", "male", None),
        ("J.", "unknown", "initials"),
    ]
    assert "2 rows, 1 answered (0.0% female), 1 unknown (1 initials)" in output
    # Neither the task's log nor Airflow's user interface shows a setting.
    assert PASSWORD not in output
    with closing(sqlite3.connect(home / "airflow" / "airflow.db")) as database:
        (shown,) = database.execute("SELECT rendered_fields FROM rendered_task_instance_fields")
    assert "batch_prediction.py" in shown[0]
    assert PASSWORD not in shown[0]
    logs = [file.read_text() for file in (home / "airflow" / "logs").rglob("*.log")]
    assert not any(PASSWORD in text for text in logs)


def test_run_without_an_input_is_refused_before_it_starts(airflow, tmp_path):
    code, output = airflow({"output": str(tmp_path / "answered")})
    assert code != 0
    assert "input" in output
    assert "spark-submit" not in output
