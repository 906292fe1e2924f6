"""Score a DataFrame: append five columns to its rows.

Only names and countries go to Python, in Arrow batches; Spark keeps the other columns. Python looks
each distinct person of up to half a million rows up once, and returns one number per row: the code
of its answer. Spark expressions turn the codes into the five columns, which is faster than sending
three texts per row from Python to Java.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
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
from ..model.corrections import Corrections
from ..scoring import EncodedAnswers, answer, answer_names
from ..scoring.correction_table import corrected
from ..tables import Columns, find_columns
from ..tables.csv_table import shown
from .answer_accumulator import AnswerAccumulator
from .shipping import ship, shipped

# More rows at once have more repeated names, but Spark has to hold their other columns meanwhile,
# and an executor may be small.
MAX_ROWS = 500_000
NARROW_COLUMNS = 16  # a table with more columns is scored in batches of fewer rows
MAX_BYTES = 64 * 1024 * 1024
CODE = "code"

# A batch of the columns to read; Spark passes a single column without the tuple.
Batch = tuple[pa.Array, ...]


@dataclass(frozen=True)
class ScoreOptions:
    """The options of scoring.score."""

    country: str | None = None
    threshold: float | None = None
    female_share: float | None = None
    family_name_first: bool = False


@dataclass(frozen=True)
class Task:
    """What an executor needs: the name under which ship sent the model, the corrections as that
    model finds them, and rows per batch."""

    model: str
    columns: Columns
    options: ScoreOptions
    corrections: Corrections
    max_rows: int
    counter: AnswerAccumulator | None


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
    family_name_first: bool = False,
    corrections: str | Path | None = None,
    counter: AnswerAccumulator | None = None,
    settings: Settings | None = None,
) -> DataFrame:
    """Return df with the columns gender, probability, p_female, basis and reason appended.

    model is the folder of an artifact or of published models, corrections a table of your own
    (scoring.correction_table), both on the driver's machine; without them, those of the settings.

    name, given_name, family_name and country_column are the columns to read; those not given are
    guessed by tables.find_columns. country is the country of the rows without one; threshold,
    female_share and family_name_first are as in Model.predict. If df has one of the five columns,
    all five get the prefix predicted_. counter counts the answers while an action runs.

    Raise InvalidInput if an argument cannot be used, or there is neither model nor settings;
    ModelNotFound or ArtifactError if the model is missing or damaged.
    """
    folder, sha256 = _model_folder(model, settings)
    columns = find_columns(df.columns, Columns(name, given_name, family_name, country_column))
    options = ScoreOptions(country, threshold, female_share, family_name_first)
    _check_types(df, columns)
    loaded = Model.load(folder, sha256)
    if table := corrections or (settings and settings.corrections):
        loaded = corrected(loaded, table, family_name_first=family_name_first)
    sent, own = ship(df.sparkSession.sparkContext, folder), loaded.corrections.without_entries()
    task = Task(sent, columns, options, own, _rows_at_once(df), counter)
    return _scored(df, task, _all_answers(loaded, columns, options))


def _rows_at_once(df: DataFrame) -> int:
    return MAX_ROWS * NARROW_COLUMNS // max(NARROW_COLUMNS, len(df.columns))


def _all_answers(model: Model, columns: Columns, options: ScoreOptions) -> pa.RecordBatch:
    """Return the answer of each code; raise here, on the driver, the errors of the executors."""
    no_rows = pa.table([pa.nulls(0, pa.string())] * len(columns.used()), columns.used())
    return _answer(no_rows, model, columns, options).table


def _scored(df: DataFrame, task: Task, all_answers: pa.RecordBatch) -> DataFrame:
    """Return df with the answer columns; all_answers has the answer of each code."""
    names = answer_names(df.columns)
    # Numbered names, because Spark reads a dot in a column's name as a path into a struct.
    numbered = [f"c{index}" for index in range(len(df.columns))]
    read = [numbered[df.columns.index(column)] for column in task.columns.used()]
    # A column of only nulls has no type of its own.
    texts = [F.col(name).cast("string") for name in read]

    def codes(batches: Iterator[Batch]) -> Iterator[pa.Array]:
        return _answer_codes(batches, task)

    # Nondeterministic, so that Spark never evaluates it twice, in a filter on an answer and again
    # for the column; the answers would also be counted twice.
    arrow_udf: Any = F.arrow_udf  # Its stub requires the type that Spark reads from annotations.
    once = arrow_udf(codes, "int").asNondeterministic()
    coded = df.toDF(*numbered).withColumn(CODE, once(*texts))
    answers = answer_columns(F.col(CODE), all_answers)
    return coded.select(*numbered, *answers).toDF(*df.columns, *names)


def answer_columns(code: Column, table: pa.RecordBatch) -> list[Column]:
    """Return the five answer columns for a column of codes (EncodedAnswers).

    table has the answer of each code.
    """
    steps = F.when(code < FIRST_REASON, code % STEPS)
    return [
        _by_code(code, table["gender"]),
        F.greatest(steps, STEPS - steps) / STEPS,
        steps / STEPS,
        _by_code(code, table["basis"]),
        _by_code(code, table["reason"]),
    ]


def _by_code(code: Column, texts: pa.StringArray) -> Column:
    """Return texts[code].

    Most neighbours in texts are equal, so one comparison for each run of equal texts is enough.
    """
    values = texts.to_pylist()
    starts = [i for i, value in enumerate(values) if i == 0 or value != values[i - 1]]
    *before, last = [F.lit(values[start]) for start in starts]
    text = last
    for end, value in reversed(list(zip(starts[1:], before, strict=True))):
        text = F.when(code < end, value).otherwise(text)
    return text


def _answer_codes(batches: Iterable[Batch | pa.Array], task: Task) -> Iterator[pa.Array]:
    """Yield the codes of the answers to all rows, int32, in their order; runs on an executor.

    The arrays may have other lengths than the batches: Spark matches rows and codes by position.
    """
    model = shipped(task.model)
    if len(task.corrections):
        model = replace(model, corrections=task.corrections)
    for rows in _merge_batches(batches, task.columns.used(), task.max_rows):
        answered = _answer(rows, model, task.columns, task.options)
        if task.counter is not None:
            task.counter.add(answered)
        yield pa.array(answered.codes)


def _merge_batches(
    batches: Iterable[Batch | pa.Array], names: list[str], max_rows: int
) -> Iterator[pa.Table]:
    """Yield the batches as tables of max_rows or MAX_BYTES, however small Spark made each batch."""
    merged: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        columns = batch if isinstance(batch, tuple) else (batch,)
        merged.append(pa.RecordBatch.from_arrays(list(columns), names))
        rows, size = rows + len(merged[-1]), size + merged[-1].nbytes
        if rows >= max_rows or size >= MAX_BYTES:
            yield pa.Table.from_batches(merged)
            merged, rows, size = [], 0, 0
    if merged:
        yield pa.Table.from_batches(merged)


def _answer(
    rows: pa.Table, model: Model, columns: Columns, options: ScoreOptions
) -> EncodedAnswers:
    return answer(rows, model, columns, **asdict(options))


def _check_types(df: DataFrame, columns: Columns) -> None:
    """Raise InvalidInput if a column to read is not text; other columns may have any type."""
    for field in df.schema:
        kind = field.dataType
        if field.name == columns.country and isinstance(kind, IntegralType):
            continue  # numeric country codes such as 380
        if field.name in columns.used() and not isinstance(kind, StringType | NullType):
            raise InvalidInput(
                f"the column {shown([field.name])} holds {kind.simpleString()} instead of text: "
                "cast it to string"
            )


def _model_folder(model: str | Path | None, settings: Settings | None) -> tuple[Path, str]:
    """Return the folder of the artifact, and its required SHA-256, "" if any is accepted."""
    if model is not None:
        return store.artifact_in(Path(model)), ""
    if settings is None:
        raise InvalidInput(
            "score() has no model: pass the folder of an artifact as model, or pass "
            "settings=Settings.from_env() to use the model that the API serves"
        )
    return store.served(Path(settings.model_dir), settings.model_uri), settings.model_sha256
