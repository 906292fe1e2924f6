"""The data pipeline: sources to training vectors in four Spark jobs.

It runs at the times of GENDER_DETECTION_DATA_SCHEDULE, if that is set, and starts the training.
This file has only the graph; the jobs are in airflow/scripts. Each job publishes a new version of
its dataset or leaves the last one unchanged, so you can run a job again at any time. Sources that
changed more than a rule allows stop the first job; its log names the list of changes to accept.
"""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Param, chain, dag

from gender_detection.airflow_callbacks import VECTORS, report_run, retried_unless
from gender_detection.config import Settings

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"

PARAMS = {
    "accept_data_changes": Param(
        "",
        type=["null", "string"],
        pattern="^[0-9a-f]*$",
        description="Name of the list of changes in the sources that you mean, as the log of the "
        "stopped run says.",
    )
}
ARGUMENTS = {
    "data_acquisition": ["--accept-data-changes={{ params.accept_data_changes or '' }}"],
}


@dag(
    schedule=Settings.from_env().data_schedule or None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    # A dataset allows one writer at a time.
    max_active_runs=1,
    params=PARAMS,
    default_args={**retried_unless(65), "execution_timeout": timedelta(hours=1)},
    on_success_callback=partial(report_run, failed=False),
    on_failure_callback=partial(report_run, failed=True),
    tags=["gender-detection"],
    doc_md=__doc__,
)
def data_pipeline() -> None:
    """Acquire, cleanse, transform and vectorise."""
    stages = ("data_acquisition", "data_cleansing", "data_transformation", "vectorization")
    chain(
        *(
            SparkSubmitOperator(
                task_id=stage,
                conn_id="spark_default",
                application=str(SCRIPTS / f"{stage}.py"),
                application_args=ARGUMENTS.get(stage),
                name=f"gender-detection {stage}",
                # No env_vars: Airflow shows them, also passwords. A driver on this machine
                # inherits the task's environment; for one on another machine see docs/spark.md.
                outlets=[VECTORS] if stage == stages[-1] else [],
            )
            for stage in stages
        )
    )


data_pipeline()
