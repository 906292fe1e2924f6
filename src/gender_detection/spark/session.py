"""Spark sessions, and running a job in one."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from pyspark import SparkContext
from pyspark.sql import SparkSession

from ..config import Settings
from ..jobs import run_task
from ..telemetry.reports import Attempt
from .datasets import Version

_SHUFFLE = "spark.sql.shuffle.partitions"


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
    """Run a job in a Spark session, and return its exit code, as jobs.run_task() does.

    The job returns the versions that it published.
    """

    def work(settings: Settings, under_way: Attempt) -> None:
        with session(task) as spark:
            under_way.manifests = [version.manifest for version in job(spark, settings)]

    return run_task(task, work, read_settings)
