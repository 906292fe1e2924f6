"""The DAG batch_prediction, run by Airflow on this machine's own Spark."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pipeline_fixtures import ROOT, environment

CONNECTION = {"conn_type": "spark", "host": "local[2]", "extra": {"deploy-mode": "client"}}


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    """Return a function that runs the DAG with params: its exit code and what it printed."""
    home = tmp_path_factory.mktemp("batch")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {
        **environment(home),
        "PATH": path,
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "airflow" / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_CONN_SPARK_DEFAULT": json.dumps(CONNECTION),
    }

    def run(*command):
        done = subprocess.run(
            [sys.executable, "-m", "airflow", *command], env=env, cwd=home,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return done.returncode, done.stdout

    code, said = run("db", "migrate")
    assert code == 0, said
    return lambda params: run("dags", "test", "batch_prediction", "-c", json.dumps(params))


def test_table_is_scored_with_the_params_of_the_run(airflow, tiny_artifact, tmp_path):
    pq.write_table(pa.table({"who": ["Andrea", "J."], "id": [1, 2]}), tmp_path / "people.parquet")
    params = {
        "input": str(tmp_path / "people.parquet"),
        "output": str(tmp_path / "answered"),
        "name": "who",
        "country": "IT",
        "threshold": 0.6,
        "model": str(tiny_artifact),
    }
    code, said = airflow(params)
    assert code == 0, said
    found = pq.read_table(tmp_path / "answered").to_pylist()
    assert [(row["who"], row["gender"], row["reason"]) for row in found] == [
        ("Andrea", "male", None),
        ("J.", "unknown", "initials"),
    ]
    assert "2 rows, 1 answered (0.0% female), 1 unknown (1 initials)" in said


def test_run_without_an_input_is_refused_before_it_starts(airflow, tmp_path):
    code, said = airflow({"output": str(tmp_path / "answered")})
    assert code != 0
    assert "input" in said
    assert "spark-submit" not in said
