"""The metrics of a DAG run that fails, and of a job that could not report itself."""

import json
import os
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gender_detection import jobs
from tests.spark.pipeline_fixtures import ROOT, environment

# Replaces spark-submit: data_cleansing is refused without output; the others do nothing.
SPARK_SUBMIT = f"""#!/bin/sh
case "$*" in *data_cleansing.py*) exit {jobs.REFUSED};; esac
"""
CONNECTION = {"conn_type": "spark", "host": "local", "extra": {"deploy-mode": "client"}}
PREFIX = "gender_detection_pipeline_"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The metrics after a run of the DAG in which a job failed."""
    home = tmp_path_factory.mktemp("failing")
    spark_submit = home / "bin" / "spark-submit"
    spark_submit.parent.mkdir()
    spark_submit.write_text(SPARK_SUBMIT)
    spark_submit.chmod(0o755)
    env = {
        **environment(home),
        "PATH": os.pathsep.join([str(spark_submit.parent), os.environ["PATH"]]),
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "airflow" / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_CONN_SPARK_DEFAULT": json.dumps(CONNECTION),
    }
    for command in (["db", "migrate"], ["dags", "test", "data_pipeline"]):
        done = subprocess.run(
            [sys.executable, "-m", "airflow", *command], env=env, cwd=home,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    assert (done.returncode, "DagRun failed" in done.stdout) == (1, True), done.stdout
    return home / "metrics"


@pytest.fixture(scope="module")
def reported(folder):
    """Values by metric, without the prefix, and by the value of its label."""
    return {
        (sample.name.removeprefix(PREFIX), *sample.labels.values()): sample.value
        for file in folder.iterdir()
        for family in text_string_to_metric_families(file.read_text())
        for sample in family.samples
    }


def test_failed_run_is_reported_without_a_success(reported):
    assert reported["dag_failed", "data_pipeline"] == 1
    assert 0 < reported["dag_duration_seconds", "data_pipeline"] < 600
    assert reported["dag_last_attempt_timestamp_seconds", "data_pipeline"] > 0
    assert ("dag_last_success_timestamp_seconds", "data_pipeline") not in reported


def test_job_that_cannot_report_itself_is_reported_by_airflow(reported):
    assert reported["task_failed", "data_cleansing"] == 1
    assert reported["task_duration_seconds", "data_cleansing"] >= 0
    assert ("task_last_success_timestamp_seconds", "data_cleansing") not in reported


def test_job_that_never_started_is_not_reported_as_failed(reported):
    tasks = {labels[0] for name, *labels in reported if name == "task_failed"}
    assert tasks == {"data_cleansing"}
