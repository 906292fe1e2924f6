"""Scoring a DataFrame: the rows as they came, and five columns appended.

Names and countries alone go to Python, in batches of Arrow, where each distinct person of half a
million rows is looked up once; Spark keeps the other columns. What comes back is one number a row,
the code of its answer; Spark's own expressions make the five columns of it, which is cheaper than
to carry three texts a row from Python to Java.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import IntegralType, NullType, StringType

from ..config import Settings
from ..errors import InvalidInput
from ..model import Model, store
from ..model.answers import FIRST_REASON, STEPS
from ..scoring import EncodedAnswers, answer, answer_names
from ..tables import Columns, find_columns
from ..tables.csv_table import shown
from .answer_accumulator import AnswerAccumulator
from .shipping import artifact_folder, ship, shipped

# The more rows at once, the more names repeat; but no more than fits into a small executor, where
# Spark keeps the other columns of these rows meanwhile.
ROWS_AT_ONCE = 500_000
NARROW = 16  # columns; of a wider table, fewer rows
BYTES_AT_ONCE = 64 * 1024 * 1024
CODE = "code"

# A batch of the columns that are read: the column alone, where it is one.
Read = tuple[pa.Array, ...]


@dataclass(frozen=True)
class ScoreOptions:
    """How people are answered; as scoring.score takes it."""

    country: str | None = None
    threshold: float | None = None
    female_share: float | None = None


@dataclass(frozen=True)
class Task:
    """What an executor is told; model is what shipping calls it, rows how many it gathers."""

    model: str
    columns: Columns
    options: ScoreOptions
    rows: int
    tally: AnswerAccumulator | None


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
    tally: AnswerAccumulator | None = None,
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
    folder, sha256 = _served() if model is None else (artifact_folder(model), "")
    columns = find_columns(df.columns, Columns(name, given_name, family_name, country_column))
    options = ScoreOptions(country, threshold, female_share)
    _check(df, columns)
    # On no rows, the executors' own code tells here what it would refuse there.
    nothing = [pa.nulls(0, pa.string())] * len(columns.used())
    every = _answer(
        pa.table(nothing, columns.used()), Model.load(folder, sha256), columns, options
    ).table
    model_name = ship(df.sparkSession.sparkContext, folder)
    at_once = ROWS_AT_ONCE * NARROW // max(NARROW, len(df.columns))
    return _scored(df, Task(model_name, columns, options, at_once, tally), every)


def _scored(df: DataFrame, task: Task, every: pa.RecordBatch) -> DataFrame:
    """Return df with the columns that its rows' codes stand for in the table of every answer."""
    names = answer_names(df.columns)
    # By number: Spark takes a dot in a column's name for a way into a structure.
    plain = [f"c{place}" for place in range(len(df.columns))]
    read = [plain[df.columns.index(own)] for own in task.columns.used()]
    # Of a column that holds nothing, nulls of strings.
    texts = [F.col(name).cast("string") for name in read]

    def codes(batches: Iterator[Read]) -> Iterator[pa.Array]:
        return _coded(batches, task)

    # Not for what it answers, but so that Spark never asks twice: not in a filter on an answer and
    # again for the column. It would also be counted twice.
    arrow_udf: Any = F.arrow_udf  # Its stub wants the kind that Spark reads from the annotations.
    once = arrow_udf(codes, "int").asNondeterministic()
    coded = df.toDF(*plain).withColumn(CODE, once(*texts))
    answers = answer_columns(F.col(CODE), every)
    return coded.select(*plain, *answers).toDF(*df.columns, *names)


def answer_columns(code: Column, table: pa.RecordBatch) -> list[Column]:
    """Return the columns of the answers that a column of codes (EncodedAnswers) stands for."""
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


def _coded(batches: Iterable[Read | pa.Array], task: Task) -> Iterator[pa.Array]:
    """Yield the codes of the answers to all rows in turn, int32, on an executor.

    They may come in other lengths than the batches: Spark puts rows and codes together by turn.
    """
    for rows in _gathered(batches, task.columns.used(), task.rows):
        answered = _answer(rows, shipped(task.model), task.columns, task.options)
        if task.tally is not None:
            task.tally.add(answered)
        yield pa.array(answered.codes)


def _gathered(
    batches: Iterable[Read | pa.Array], names: list[str], at_once: int
) -> Iterator[pa.Table]:
    """Yield tables that are worth a look-up, however small Spark made each batch."""
    together: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        columns = batch if isinstance(batch, tuple) else (batch,)
        together.append(pa.RecordBatch.from_arrays(list(columns), names))
        rows, size = rows + len(together[-1]), size + together[-1].nbytes
        if rows >= at_once or size >= BYTES_AT_ONCE:
            yield pa.Table.from_batches(together)
            together, rows, size = [], 0, 0
    if together:
        yield pa.Table.from_batches(together)


def _answer(
    rows: pa.Table, model: Model, columns: Columns, options: ScoreOptions
) -> EncodedAnswers:
    return answer(rows, model, columns, **asdict(options))


def _check(df: DataFrame, columns: Columns) -> None:
    """Raise InvalidInput where a column to read is no text; what others hold does not matter."""
    for field in df.schema:
        kind = field.dataType
        if field.name == columns.country and isinstance(kind, IntegralType):
            continue  # numeric codes, as 380
        if field.name in columns.used() and not isinstance(kind, StringType | NullType):
            raise InvalidInput(
                f"the column {shown([field.name])} holds {kind.simpleString()} in place of text: "
                "cast it to string"
            )


def _served() -> tuple[Path, str]:
    """Return the folder of the artifact that the API of this environment serves, and its pin."""
    # The one place of the library that reads settings: where score is called without a model, who
    # calls it is the entry point.
    settings = Settings.from_env()
    return store.served(Path(settings.model_dir), settings.model_uri), settings.model_sha256
