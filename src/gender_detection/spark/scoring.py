"""Scoring a DataFrame: the rows as they came, and five columns appended.

Rows go through Python in batches of Arrow, where each distinct person of half a million rows
is looked up once. What comes back is one number a row, the code of its answer; Spark's own
expressions make the five columns of it, which is cheaper than to carry three texts a row from
Python to Java.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_type
from pyspark.sql.types import IntegerType, NullType, StringType, StructField, StructType

from ..config import Settings, registered_model
from ..errors import InvalidInput
from ..model import Model, store
from ..model.codes import FIRST_REASON, STEPS
from ..scoring import Answered, Columns, answer, answer_names, find_columns
from ..scoring.csv_table import shown
from .shipping import artifact_folder, ship, shipped
from .tally import Tally

# The more rows at once, the more names repeat; but no more than fits into a small executor.
ROWS_AT_ONCE = 500_000
BYTES_AT_ONCE = 64 * 1024 * 1024
CODE = "code"


@dataclass(frozen=True)
class Options:
    """How people are answered; as scoring.score takes it."""

    country: str | None = None
    threshold: float | None = None
    female_share: float | None = None


@dataclass(frozen=True)
class Task:
    """What an executor is told; model is what shipping calls it."""

    model: str
    columns: Columns
    options: Options
    tally: Tally | None


def score(
    df: DataFrame,
    model: str | Path | None = None,
    *,
    name: str | None = None,
    given_name: str | None = None,
    family_name: str | None = None,
    country_column: str | None = None,
    country: str | None = None,
    threshold: float | None = None,
    female_share: float | None = None,
    tally: Tally | None = None,
) -> DataFrame:
    """Return df with the columns gender, probability, p_female, basis and reason appended.

    model is the folder of an artifact, or the one that models are published in, on the driver's
    machine; by default what is served (MODEL_URI, MODEL_DIR). name, given_name, family_name and
    country_column say which columns to read; they are guessed by what the columns are called where
    no column of names is given, the country's also where it alone is not. country is that of rows
    that name none; threshold and female_share are as in Model.predict. Where df has a column like
    one of the five, all are called predicted_gender and so on. tally counts the answers.

    Raise InvalidInput where a column cannot be used or an option is out of range, ModelNotFound or
    ArtifactError where there is no model that can. Nothing is computed before an action asks.
    """
    folder = _served() if model is None else artifact_folder(model)
    columns = find_columns(df.columns, Columns(name, given_name, family_name, country_column))
    options = Options(country, threshold, female_share)
    _check(df, columns)
    # On no rows, the executors' own code tells here what it would refuse there.
    nothing = [pa.nulls(0, pa.string())] * len(columns.used())
    every = _answer(pa.table(nothing, columns.used()), Model.load(folder), columns, options).table
    model_name = ship(df.sparkSession.sparkContext, folder)
    return _scored(df, Task(model_name, columns, options, tally), every)


def _scored(df: DataFrame, task: Task, every: pa.RecordBatch) -> DataFrame:
    """Return df with the columns that its rows' codes stand for in the table of every answer."""
    names = answer_names(df.columns)
    # By number: Spark takes a dot in a column's name for a way into a structure.
    plain = [f"c{place}" for place in range(len(df.columns))]
    read = {role: own for role, own in asdict(task.columns).items() if own is not None}
    roles = {role: plain[df.columns.index(own)] for role, own in read.items()}
    task = replace(task, columns=Columns(**roles))

    def codes(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return _coded(batches, task)

    coded = df.toDF(*plain).mapInArrow(codes, _with_codes(df.schema, plain))
    answers = answer_columns(F.col(CODE), every)
    return coded.select(*plain, *answers).toDF(*df.columns, *names)


def _with_codes(schema: StructType, names: Sequence[str]) -> StructType:
    """Return a schema with these names, and the column of codes, which are never null."""
    fields = [
        StructField(name, field.dataType, field.nullable, field.metadata)
        for name, field in zip(names, schema, strict=True)
    ]
    return StructType([*fields, StructField(CODE, IntegerType(), nullable=False)])


def answer_columns(code: Column, table: pa.RecordBatch) -> list[Column]:
    """Return the columns of the answers that a column of codes stands for (scoring.Answered)."""
    told = F.when(code < FIRST_REASON, code % STEPS)
    return [
        _by_code(code, table["gender"]),
        F.greatest(told, STEPS - told) / STEPS,
        told / STEPS,
        _by_code(code, table["basis"]),
        _by_code(code, table["reason"]),
    ]


def _by_code(code: Column, texts: pa.StringArray) -> Column:
    """Return the text at the place code.

    Neighbours mostly have the same one: a comparison for each run of equal texts finds it.
    """
    values = texts.to_pylist()
    starts = [at for at, value in enumerate(values) if at == 0 or value != values[at - 1]]
    *before, last = [F.lit(values[start]) for start in starts]
    chosen = last
    for end, value in reversed(list(zip(starts[1:], before, strict=True))):
        chosen = F.when(code < end, value).otherwise(chosen)
    return chosen


def _coded(batches: Iterable[pa.RecordBatch], task: Task) -> Iterator[pa.RecordBatch]:
    """Yield the batches with the codes of their answers as a last column, on an executor."""
    for together in _gathered(batches):
        rows = pa.Table.from_batches(together)
        answered = _answer(rows, shipped(task.model), task.columns, task.options)
        if task.tally is not None:
            task.tally.add(answered)
        codes = pa.array(answered.codes)
        at = 0
        for batch in together:
            yield batch.append_column(CODE, codes.slice(at, len(batch)))
            at += len(batch)


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Yield batches in lists that are worth a look-up, however small Spark made each."""
    together: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        together.append(batch)
        rows, size = rows + len(batch), size + batch.nbytes
        if rows >= ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield together
            together, rows, size = [], 0, 0
    if together:
        yield together


def _answer(rows: pa.Table, model: Model, columns: Columns, options: Options) -> Answered:
    return answer(rows, model, columns, **asdict(options))


def _check(df: DataFrame, columns: Columns) -> None:
    """Raise InvalidInput where a column to read is no text, or one cannot be given to Python."""
    for field in df.schema:
        kind = field.dataType
        if field.name in columns.used() and not isinstance(kind, StringType | NullType):
            raise InvalidInput(
                f"the column {shown([field.name])} holds {kind.simpleString()} in place of text: "
                "cast it to string"
            )
        try:
            to_arrow_type(kind, timezone="UTC")
        except PySparkException as err:
            raise InvalidInput(
                f"the column {shown([field.name])} holds {kind.simpleString()}, which Spark cannot "
                "pass through Python: cast it, or drop it and join it again"
            ) from err


def _served() -> Path:
    """Return the folder of the artifact that the API of this environment serves."""
    # The one place of the library that reads settings: where score is called without a model, who
    # calls it is the entry point.
    settings = Settings.from_env()
    if settings.model_uri and registered_model(settings.model_uri) is None:
        return Path(settings.model_uri)
    return store.current(Path(settings.model_dir))
