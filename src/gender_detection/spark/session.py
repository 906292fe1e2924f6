"""Spark sessions, and running a job: progress lines, errors in one line, exit codes."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from pyspark import SparkContext
from pyspark.sql import SparkSession

from ..config import Settings
from ..errors import (
    ConfigError,
    GenderDetectionError,
    InvalidInput,
    QualityError,
    SourceError,
    SourceUnavailable,
)
from ..telemetry.reports import attempt
from .datasets import Version

# `make run` shows the lines of a job's output that start with this.
MARKER = "[gender-detection]"
# EX_DATAERR of BSD's sysexits.h.
REFUSED = 65
# Errors that another try would raise again.
_FINAL = QualityError | ConfigError | InvalidInput | SourceError
_SHUFFLE = "spark.sql.shuffle.partitions"


def say(message: str) -> None:
    """Print a progress line; `make run` shows it."""
    print(f"{MARKER} {message}", flush=True)  # noqa: T201 - spark-submit relays standard output


def open_session(name: str) -> SparkSession:
    """Return a Spark session; spark-submit or Spark's configuration set master and resources.

    The default master is local[*], whose Python workers run the Python of this process.
    """
    spark = (
        SparkSession.builder.appName(f"gender-detection {name}")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "50000")
        # The default converts rows that wait for an Arrow UDF to columns and back, which costs
        # time unless the table is in Arrow already.
        .config("spark.sql.execution.arrow.pythonUDF.columnarInput.enabled", "false")
        # A dataset has no _SUCCESS files: a manifest marks it as complete.
        .config("spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    _use_this_python(spark.sparkContext)
    if not spark.sparkContext.getConf().contains(_SHUFFLE):
        # The default of 200 is for large clusters; two per core suit any number of cores.
        spark.conf.set(_SHUFFLE, str(2 * spark.sparkContext.defaultParallelism))
    return spark


def _use_this_python(context: SparkContext) -> None:
    """Let workers on this machine run the Python of this process, unless the user chose another.

    By default they run the first python3 on PATH, which has none of our packages.
    """
    chosen = os.environ.get("PYSPARK_PYTHON") or context.getConf().contains("spark.pyspark.python")
    if not chosen and (context.master or "").startswith("local"):
        context.pythonExec = sys.executable


@contextmanager
def session(name: str) -> Iterator[SparkSession]:
    """Yield a Spark session, and stop it at the end of the block."""
    spark = open_session(name)
    try:
        yield spark
    finally:
        spark.stop()


def run_job(
    task: str,
    job: Callable[[SparkSession, Settings], Iterable[Version]],
    read_settings: Callable[[], Settings],
) -> int:
    """Run a job, which returns the versions that it published, and return its exit code.

    An error of this project is printed in one line. The code is REFUSED if the job would fail in
    the same way again. The metrics report the run as an attempt at the Airflow task.
    """
    start = time.monotonic()
    try:
        settings = read_settings()
        with attempt(settings.metrics_uri, task, say) as under_way, session(task) as spark:
            under_way.manifests = [version.manifest for version in job(spark, settings)]
    except GenderDetectionError as err:
        say(f"error: {err}")
        may_succeed_later = isinstance(err, SourceUnavailable) or not isinstance(err, _FINAL)
        return 1 if may_succeed_later else REFUSED
    except KeyboardInterrupt:
        say("interrupted; nothing was published")
        return 130
    say(f"done in {time.monotonic() - start:.1f} s")
    sys.stdout.flush()
    return 0
