"""Tables of the user: read from any file system, and published completely or not at all."""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from ..errors import DatasetError, InvalidInput
from .files import Files

# Options for Spark, so that a table that is read and written stays the same.
_READ_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "parquet": {},
    "orc": {},
    "json": {},
    # Quotes within quotes are doubled, which is not Spark's default.
    "csv": {"header": "true", "escape": '"'},
}
_WRITE_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "parquet": {},
    "orc": {},
    # Nulls are written; a column of only nulls would be missing otherwise.
    "json": {"ignoreNullFields": "false"},
    "csv": {
        "header": "true",
        "escape": '"',
        "ignoreLeadingWhiteSpace": "false",
        "ignoreTrailingWhiteSpace": "false",
    },
}
FORMATS = tuple(_READ_OPTIONS)
MARKER = "_SUCCESS"
# Renaming on an object store might copy Spark's own marker before the rows.
_UNMARKED = {"mapreduce.fileoutputcommitter.marksuccessfuljobs": "false"}
_OWN_ERROR = re.compile(r"gender_detection\.errors\.\w+: (.+)")
_MISSING_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")


def read_table(
    spark: SparkSession, uri: str, kind: str, options: Mapping[str, str] | None = None
) -> DataFrame:
    """Return the table at uri, a file or a folder, in one of FORMATS.

    options are Spark's options for the format. Raise InvalidInput if it cannot be read.
    """
    reader = spark.read.format(kind).options(**{**_READ_OPTIONS[kind], **(options or {})})
    try:
        return reader.load(uri)
    except (PySparkException, Py4JJavaError) as err:
        raise InvalidInput(f"{uri} cannot be read as {kind}: {_cause(err)}") from err


def check_free(spark: SparkSession, uri: str, *, overwrite: bool) -> None:
    """Raise InvalidInput if uri exists, unless overwrite."""
    with plain_errors(f"{uri} cannot be written"):
        taken = not overwrite and Files(spark, uri).exists(uri)
    if taken:
        raise InvalidInput(f"{uri} exists already: give another output, or set overwrite to true")


def publish_table(
    df: DataFrame,
    uri: str,
    kind: str,
    *,
    options: Mapping[str, str] | None = None,
    overwrite: bool = False,
) -> None:
    """Write df to a new folder at uri, which appears when it is complete.

    The folder is written under another name and then renamed; the file _SUCCESS is added last. On
    object stores renaming takes several steps, and only that file marks the output as complete. An
    old output is renamed first, and deleted at the end.

    Raise InvalidInput if uri exists, unless overwrite; DatasetError if Spark fails.
    """
    uri = uri.rstrip("/")
    with plain_errors(f"{uri} cannot be written"):
        check_free(df.sparkSession, uri, overwrite=overwrite)
        files = Files(df.sparkSession, uri)
        staged, before = (_sibling(uri, suffix) for suffix in ("writing", "before"))
        writer = df.write.format(kind).options(
            **{**_WRITE_OPTIONS[kind], **_UNMARKED, **(options or {})}
        )
        try:
            writer.save(staged)
            check_free(df.sparkSession, uri, overwrite=overwrite)  # another run may have written it
            _move_into_place(files, staged, uri, before)
        finally:
            files.delete(staged)
        files.write_empty(f"{uri}/{MARKER}")
        files.delete(before)


def _move_into_place(files: Files, staged: str, uri: str, before: str) -> None:
    """Rename staged to uri, after renaming an old output to before."""
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
    """Turn an error of Spark in the block into a DatasetError of one line that starts with what."""
    try:
        yield
    except (PySparkException, Py4JJavaError) as err:
        raise DatasetError(f"{what}: {_cause(err)}") from err


def _sibling(uri: str, suffix: str) -> str:
    """Return an unused URI in the same folder; Spark ignores names that begin with _."""
    parent, slash, name = uri.rpartition("/")
    return f"{parent}{slash}_{name}.{suffix}-{uuid.uuid4().hex[:8]}"


def _cause(err: Exception) -> str:
    """Return briefly why Spark failed; its own message is long and may contain values of rows."""
    text = str(err)
    if ours := _OWN_ERROR.search(text):
        return ours[1]
    if missing := _MISSING_MODULE.search(text):
        return (
            f"the executors' Python has no {missing[1]}: install gender-detection there, or send "
            "it with the job (docs/spark.md)"
        )
    condition = err.getCondition() if isinstance(err, PySparkException) else None
    if condition == "PATH_NOT_FOUND":
        return "there is no such file or folder: correct the path"
    if condition == "UNABLE_TO_INFER_SCHEMA":
        return "it has no file of that format: give the right format or folder"
    causes = re.findall(r"^(?:Caused by: )?([\w.]+(?:Exception|Error))\b", text, re.MULTILINE)
    name = condition or (causes[-1] if causes else type(err).__name__)
    return f"Spark reports {name}: see its log"
