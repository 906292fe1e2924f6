"""The data pipeline: sources to training vectors in four Spark jobs.

The graph only; what a job does stands in airflow/scripts. Every job publishes a whole version of
its dataset or leaves the one before in force, so a job may be run again at any time.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Asset, chain, dag
from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"

# What the notebook trains from; another DAG may be scheduled on it.
VECTORS = Asset(name="gender_detection_vectors", uri="gender-detection://data/vectors")


class StopWhenRefused(RetryPolicy):
    """No second try for a job that refuses a source, its data or its settings: it would again.

    Such a job exits with 65 (gender_detection.spark.session.REFUSED); Spark's hook passes an exit
    code on in its message only.
    """

    def evaluate(self, exception, try_number, max_tries, context=None) -> RetryDecision:
        """Fail for good on exit code 65, else leave it to the task's retries."""
        if "Error code is: 65." in str(exception):
            return RetryDecision.fail("the job refused a source, its data or its settings")
        return RetryDecision.default()

    def serialize(self) -> Mapping[str, str]:
        """Return nothing: the policy has no settings."""
        return {}


def report_run(context, failed: bool) -> None:
    """Report how a run of the DAG ended."""
    # Imported here: Airflow reads this file again and again, it must stay light.
    from gender_detection.config import Settings
    from gender_detection.telemetry import airflow_runs

    airflow_runs.report_run(Settings.from_env().metrics_uri, context, failed=failed)


def report_failed_job(context) -> None:
    """Report a job that failed: one that was killed or took too long could not do so itself."""
    from gender_detection.config import Settings
    from gender_detection.telemetry import airflow_runs

    airflow_runs.report_failed_job(Settings.from_env().metrics_uri, context)


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    # One writer at a time is what the datasets ask for.
    max_active_runs=1,
    default_args={
        "retries": 2,
        "retry_delay": timedelta(seconds=10),
        "retry_exponential_backoff": True,
        "retry_policy": StopWhenRefused(),
        "execution_timeout": timedelta(hours=1),
        "on_retry_callback": report_failed_job,
        "on_failure_callback": report_failed_job,
    },
    on_success_callback=partial(report_run, failed=False),
    on_failure_callback=partial(report_run, failed=True),
    tags=["gender-detection"],
    doc_md=__doc__,
)
def data_pipeline():
    """Acquire, cleanse, transform and vectorise."""
    stages = ("data_acquisition", "data_cleansing", "data_transformation", "vectorization")
    chain(
        *(
            SparkSubmitOperator(
                task_id=stage,
                conn_id="spark_default",
                application=str(SCRIPTS / f"{stage}.py"),
                name=f"gender-detection {stage}",
                # No env_vars: Airflow shows them, passwords too, and a driver that runs here has
                # the task's environment anyway. Where it runs elsewhere: docs/spark.md.
                outlets=[VECTORS] if stage == stages[-1] else [],
            )
            for stage in stages
        )
    )


data_pipeline()
