"""Spark sessions and the frame around a job: progress lines, errors in one line, exit codes."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

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

# What make run shows of a job's output are the lines that start with this.
MARKER = "[gender-detection]"
# EX_DATAERR of BSD's sysexits.h.
REFUSED = 65
# What would end the same way if it were tried again.
_FINAL = QualityError | ConfigError | InvalidInput | SourceError
_SHUFFLE = "spark.sql.shuffle.partitions"


def say(message: str) -> None:
    """Print a progress line that the pipeline's runner passes on to the user."""
    print(f"{MARKER} {message}", flush=True)  # noqa: T201 - spark-submit relays standard output


def open_session(name: str) -> SparkSession:
    """Return a Spark session; master and resources come from spark-submit or Spark's own
    configuration, local[*] where neither says anything."""
    spark = (
        SparkSession.builder.appName(f"gender-detection {name}")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "50000")
        # By default, rows that wait for an Arrow UDF become columns and rows again, for nothing
        # where the table is not held in Arrow to begin with.
        .config("spark.sql.execution.arrow.pythonUDF.columnarInput.enabled", "false")
        # _SUCCESS files are not part of a dataset: its manifest says that it is whole.
        .config("spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    if not spark.sparkContext.getConf().contains(_SHUFFLE):
        # Spark's 200 are for clusters of long ago; two a core keep few and many cores busy.
        spark.conf.set(_SHUFFLE, str(2 * spark.sparkContext.defaultParallelism))
    return spark


@contextmanager
def session(name: str) -> Iterator[SparkSession]:
    """Yield a Spark session that ends with the block."""
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
    """Run a job, which returns what it published, and return its exit code.

    What goes wrong by name is said in one line. REFUSED is the code of a job that would fail the
    same way if it were run again. How it went is reported as the attempt at an Airflow task.
    """
    start = time.monotonic()
    try:
        settings = read_settings()
        with attempt(settings.metrics_uri, task, say) as under_way, session(task) as spark:
            under_way.manifests = [version.manifest for version in job(spark, settings)]
    except GenderDetectionError as err:
        say(f"error: {err}")
        may_pass = isinstance(err, SourceUnavailable) or not isinstance(err, _FINAL)
        return 1 if may_pass else REFUSED
    except KeyboardInterrupt:
        say("interrupted; nothing was published")
        return 130
    say(f"done in {time.monotonic() - start:.1f} s")
    sys.stdout.flush()
    return 0
