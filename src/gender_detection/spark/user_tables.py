"""Tables of a user's own: read from any file system, and published whole or not at all."""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from ..errors import DatasetError, InvalidInput
from .files import Files

# What Spark is told of each format, so that what is read is written as it was.
READING: Mapping[str, Mapping[str, str]] = {
    "parquet": {},
    "orc": {},
    "json": {},
    # Quotes within quotes are doubled, as everywhere but in Spark.
    "csv": {"header": "true", "escape": '"'},
}
WRITING: Mapping[str, Mapping[str, str]] = {
    "parquet": {},
    "orc": {},
    # A null is said; else a column that holds nothing else would be gone.
    "json": {"ignoreNullFields": "false"},
    "csv": {
        "header": "true",
        "escape": '"',
        "ignoreLeadingWhiteSpace": "false",
        "ignoreTrailingWhiteSpace": "false",
    },
}
FORMATS = tuple(READING)
MARKER = "_SUCCESS"
# Renaming on an object store might copy Spark's own marker before the rows.
_UNMARKED = {"mapreduce.fileoutputcommitter.marksuccessfuljobs": "false"}
_OURS = re.compile(r"gender_detection\.errors\.\w+: (.+)")
_MISSING_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")


def read_table(
    spark: SparkSession, uri: str, kind: str, options: Mapping[str, str] | None = None
) -> DataFrame:
    """Return the table at uri, a file or a folder, in one of FORMATS.

    options are Spark's own for that format. Raise InvalidInput where it cannot be read.
    """
    reader = spark.read.format(kind).options(**{**READING[kind], **(options or {})})
    try:
        return reader.load(uri)
    except (PySparkException, Py4JJavaError) as err:
        raise InvalidInput(f"{uri} cannot be read as {kind}: {_told(err)}") from err


def check_free(spark: SparkSession, uri: str, *, overwrite: bool) -> None:
    """Raise InvalidInput where something lies at uri that must not be replaced."""
    with plain_errors(f"{uri} cannot be written"):
        taken = not overwrite and Files(spark, uri).exists(uri)
    if taken:
        raise InvalidInput(f"{uri} is there already: give another output, or ask to overwrite it")


def publish_table(
    df: DataFrame,
    uri: str,
    kind: str,
    *,
    options: Mapping[str, str] | None = None,
    overwrite: bool = False,
) -> None:
    """Write df to a new folder at uri, which is seen when it is whole.

    It is written beside and then renamed, and the file _SUCCESS follows last. Where renaming takes
    several steps, as on object stores, that file alone says that all is there. What was there
    before is put aside for that, and deleted at the end.

    Raise InvalidInput where uri is taken and overwrite is not asked, DatasetError where Spark
    fails.
    """
    uri = uri.rstrip("/")
    with plain_errors(f"{uri} cannot be written"):
        check_free(df.sparkSession, uri, overwrite=overwrite)
        files = Files(df.sparkSession, uri)
        staged, before = (_beside(uri, what) for what in ("writing", "before"))
        writer = df.write.format(kind).options(**{**WRITING[kind], **_UNMARKED, **(options or {})})
        try:
            writer.save(staged)
            check_free(df.sparkSession, uri, overwrite=overwrite)  # Somebody may have been faster.
            _put(files, staged, uri, before)
        finally:
            files.delete(staged)
        files.write_empty(f"{uri}/{MARKER}")
        files.delete(before)


def _put(files: Files, staged: str, uri: str, before: str) -> None:
    """Give what is staged the name uri, after what bears it has been put aside."""
    taken = files.exists(uri)
    if taken:
        files.move(uri, before)
    try:
        files.move(staged, uri)
    except (DatasetError, Py4JJavaError):
        if taken:
            files.move(before, uri)
        raise


@contextmanager
def plain_errors(what: str) -> Iterator[None]:
    """Turn what Spark raises in the block into a DatasetError of one line that begins with what."""
    try:
        yield
    except (PySparkException, Py4JJavaError) as err:
        raise DatasetError(f"{what}: {_told(err)}") from err


def _beside(uri: str, what: str) -> str:
    """Return a free name in the same folder; Spark reads none that begins with _."""
    parent, slash, name = uri.rpartition("/")
    return f"{parent}{slash}_{name}.{what}-{uuid.uuid4().hex[:8]}"


def _told(err: Exception) -> str:
    """Return in a few words why Spark failed; its own many may hold what is in the rows."""
    text = str(err)
    if ours := _OURS.search(text):
        return ours[1]
    if missing := _MISSING_MODULE.search(text):
        return (
            f"the executors' Python has no {missing[1]}: install gender-detection there, or send "
            "it along (docs/spark.md)"
        )
    condition = err.getCondition() if isinstance(err, PySparkException) else None
    if condition == "PATH_NOT_FOUND":
        return "there is nothing"
    if condition == "UNABLE_TO_INFER_SCHEMA":
        return "no file of that format is there"
    causes = re.findall(r"^(?:Caused by: )?([\w.]+(?:Exception|Error))\b", text, re.MULTILINE)
    said = condition or (causes[-1] if causes else type(err).__name__)
    return f"Spark says {said}; its log says where"
