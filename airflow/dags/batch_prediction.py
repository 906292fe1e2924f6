"""Batch prediction: a table of people, scored by a Spark job.

Give an input and an output, any URIs that Spark can read and write; the other fields are optional.
The output appears when it is complete, so you can run the job again at any time. It needs a model:
run the data pipeline and the training first, or give the folder of a model.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Param, dag

from gender_detection.airflow_callbacks import retried_unless

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "batch_prediction.py"
FORMATS = ["parquet", "csv", "json", "orc"]


def text(description: str, default: str | None = None, **schema: Any) -> Param:
    """Return a text field; it may be empty unless schema has a minLength or an enum."""
    kind = "string" if "minLength" in schema or "enum" in schema else ["null", "string"]
    return Param(default, type=kind, description=description, **schema)


def share(description: str, minimum: float) -> Param:
    """Return a field for a number from minimum to 1; it may be empty."""
    kind = ["null", "number"]
    return Param(None, type=kind, minimum=minimum, maximum=1, description=description)


PARAMS = {
    "input": text("File or folder to read: any URI.", "", minLength=1),
    "output": text("Folder to create: any URI.", "", minLength=1),
    "input_format": text("Format of the input.", "parquet", enum=FORMATS),
    "output_format": text("Format of the output.", "parquet", enum=FORMATS),
    "name": text("Column of full names. If no column of names is given, they are guessed."),
    "given_name": text("Column of given names."),
    "family_name": text("Column of family names."),
    "country_column": text("Column of countries."),
    "country": text("Country of the rows without one: two letters."),
    "threshold": share("The gender is unknown below this probability. Default: the model's.", 0.5),
    "female_share": share("Share of women among these people, if known.", 0),
    "model": text("Folder of an artifact. Default: the model that the API serves."),
    "corrections": text("Table of your own corrections. Default: that of the settings, if any."),
    "overwrite": Param(False, type="boolean", description="Replace an output that exists."),
}


def argument(param: str) -> str:
    """Return the job's option for a param; its value is empty if the param is."""
    value = f"params.{param}"
    return f"--{param.replace('_', '-')}={{{{ '' if {value} is none else {value} }}}}"


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    params=PARAMS,
    default_args=retried_unless(65, 2),
    tags=["gender-detection"],
    doc_md=__doc__,
)
def batch_prediction() -> None:
    """Score the input into the output."""
    SparkSubmitOperator(
        task_id="batch_prediction",
        conn_id="spark_default",
        application=str(SCRIPT),
        application_args=[argument(param) for param in PARAMS],
        name="gender-detection batch_prediction",
        # No env_vars: see data_pipeline.py.
    )


batch_prediction()
