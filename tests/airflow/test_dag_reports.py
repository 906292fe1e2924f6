"""The DAG started by hand, as the documentation says: the metrics of a run that fails, and of a job
that could not report itself."""

import json
import os
import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gender_detection import jobs
from tests.readme.documented import COMMANDS
from tests.spark.pipeline_fixtures import ROOT, environment

# Replaces spark-submit: data_cleansing is refused without output; the others do nothing.
SPARK_SUBMIT = f"""#!/bin/sh
case "$*" in *data_cleansing.py*) exit {jobs.REFUSED};; esac
"""
# Another name than that of the program in .venv, which tools/airflow puts first.
BINARY = "spark3-submit"
EXTRA = {"deploy-mode": "client", "spark-binary": BINARY}
CONNECTION = {"conn_type": "spark", "host": "local", "extra": EXTRA}
PREFIX = "gender_detection_pipeline_"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The metrics after a run of the DAG in which a job failed."""
    home = tmp_path_factory.mktemp("failing")
    spark_submit = home / "bin" / BINARY
    spark_submit.parent.mkdir()
    spark_submit.write_text(SPARK_SUBMIT)
    spark_submit.chmod(0o755)
    env = {
        **environment(home),
        "PATH": os.pathsep.join([str(spark_submit.parent), os.environ["PATH"]]),
        "AIRFLOW_CONN_SPARK_DEFAULT": json.dumps(CONNECTION),
    }
    (command,) = [text for text in COMMANDS if "dags test data_pipeline" in text]
    done = subprocess.run(
        ["bash", "-c", command], env=env, cwd=ROOT,
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
