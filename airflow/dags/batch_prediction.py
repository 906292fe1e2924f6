"""Batch prediction: a table of people, scored by a Spark job.

Trigger it with the input and the output, which are any URI that Spark reads and writes; what else
may be said stands beside each field. The output is seen when it is whole, so the job may be tried
again at any time. It asks for a model: run the data pipeline and the training first, or name one.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Param, RetryDecision, RetryPolicy, dag

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "batch_prediction.py"
FORMATS = ["parquet", "csv", "json", "orc"]


class StopWhenRefused(RetryPolicy):
    """No second try for a job that refuses its input or its options, exit code 65, or 2."""

    def evaluate(self, exception, try_number, max_tries, context=None) -> RetryDecision:
        """Fail for good on these exit codes, else leave it to the task's retries."""
        if any(f"Error code is: {code}." in str(exception) for code in (65, 2)):
            return RetryDecision.fail("the job refused its input or its options")
        return RetryDecision.default()

    def serialize(self) -> Mapping[str, str]:
        """Return nothing: the policy has no settings."""
        return {}


def report_failed_job(context) -> None:
    """Report a job that failed: one that was killed or took too long could not do so itself."""
    # Imported here: Airflow reads this file again and again, it must stay light.
    from gender_detection.config import Settings
    from gender_detection.telemetry import airflow_runs

    airflow_runs.report_failed_job(Settings.from_env().metrics_uri, context)


def text(description: str, default: str | None = None, **schema) -> Param:
    """Return a field for a text, which may be left empty unless it has a least length."""
    kind = "string" if "minLength" in schema or "enum" in schema else ["null", "string"]
    return Param(default, type=kind, description=description, **schema)


def share(description: str, least: float) -> Param:
    """Return a field for a number up to 1, which may be left empty."""
    return Param(None, type=["null", "number"], minimum=least, maximum=1, description=description)


PARAMS = {
    "input": text("File or folder to read, any URI.", "", minLength=1),
    "output": text("Folder to make, any URI.", "", minLength=1),
    "input_format": text("Format of the input.", "parquet", enum=FORMATS),
    "output_format": text("Format of the output.", "parquet", enum=FORMATS),
    "name": text("Column of full names; guessed from the columns where none is named."),
    "given_name": text("Column of given names."),
    "family_name": text("Column of family names."),
    "country_column": text("Column of countries, two letters."),
    "country": text("Country of rows that name none, two letters."),
    "threshold": share("Unknown below this probability; by default the model's own.", 0.5),
    "female_share": share("Share of women among these people, where it is known.", 0),
    "model": text("Folder of an artifact; by default the model that is served."),
    "overwrite": Param(False, type="boolean", description="Replace an output that is there."),
}


def argument(param: str) -> str:
    """Return the job's option for a param, empty where it is not filled in."""
    value = f"params.{param}"
    return f"--{param.replace('_', '-')}={{{{ '' if {value} is none else {value} }}}}"


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    params=PARAMS,
    default_args={
        "retries": 2,
        "retry_delay": timedelta(seconds=10),
        "retry_exponential_backoff": True,
        "retry_policy": StopWhenRefused(),
        "on_retry_callback": report_failed_job,
        "on_failure_callback": report_failed_job,
    },
    tags=["gender-detection"],
    doc_md=__doc__,
)
def batch_prediction():
    """Score the input into the output."""
    SparkSubmitOperator(
        task_id="batch_prediction",
        conn_id="spark_default",
        application=str(SCRIPT),
        application_args=[argument(param) for param in PARAMS],
        name="gender-detection batch_prediction",
        # No env_vars, which Airflow would show: see data_pipeline.py.
    )


batch_prediction()
