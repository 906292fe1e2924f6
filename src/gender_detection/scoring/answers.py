"""Scoring: the columns of a table in, the same columns and the answers out."""

import functools
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InvalidInput
from ..model import Model, Person, Prediction
from .columns import ROLES, Columns
from .csv_table import shown

ANSWERS = ("gender", "probability", "p_female", "basis", "reason")
TYPES = (pa.string(), pa.float64(), pa.float64(), pa.string(), pa.string())
PREFIX = "predicted_"
# The reason of a row that is none: not of the header's shape, or with a name too long to be one.
BAD_ROW = "bad_row"
MAX_NAME_CHARACTERS = 1_000
# Predictions take far more memory than what is kept of them; more at once are no faster.
PEOPLE_AT_ONCE = 4_000
TEXT_KINDS = (
    pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null,
)  # fmt: skip

Rows = TypeVar("Rows", pa.RecordBatch, pa.Table)
Counts = npt.NDArray[np.intp]
# Is told of distinct people: their predictions, how many rows each is in, and the seconds it took.
Tell = Callable[[list[Prediction], Counts, float], None]


def answer_names(columns: Sequence[str]) -> tuple[str, ...]:
    """Return what the columns appended to these are called.

    ANSWERS, or all of them with PREFIX where one is taken; in any case, as many programs do not
    tell Gender from gender. Raise InvalidInput where such a name is taken too.
    """
    taken = {name.lower() for name in columns}
    if taken.isdisjoint(ANSWERS):
        return ANSWERS
    prefixed = tuple(PREFIX + name for name in ANSWERS)
    if clash := [name for name in columns if name.lower() in prefixed]:
        raise InvalidInput(
            f"the columns to append would be called like {shown(clash)}, which the table has: "
            "rename it"
        )
    return prefixed


def score(
    rows: Rows,
    model: Model,
    columns: Columns,
    *,
    country: str | None = None,
    threshold: float | None = None,
    female_share: float | None = None,
    bad: pa.BooleanArray | None = None,
    tell: Tell | None = None,
) -> Rows:
    """Return the rows with five columns appended, named by answer_names and of the types TYPES.

    country is that of rows that name none; threshold and female_share are as in Model.predict.
    Rows marked bad, and those with a name longer than MAX_NAME_CHARACTERS, are unknown for the
    reason BAD_ROW. tell is called with each few thousand distinct people. Raise InvalidInput where
    a column to read is no text, or a name is taken; KeyError for a column that is not there.
    """
    names = answer_names(rows.schema.names)
    predict = functools.partial(model.predict, threshold=threshold, female_share=female_share)
    ask = functools.partial(_ask, predict, tell)
    batches = _batches(rows.select(columns.used()))
    answers: list[list[pa.Array]] = []
    at = 0
    for batch in batches:
        marks = pa.nulls(len(batch), pa.bool_()) if bad is None else bad.slice(at, len(batch))
        answers.append(_answers(batch, columns, country, marks.fill_null(False), ask))
        at += len(batch)
    for place, (name, kind) in enumerate(zip(names, TYPES, strict=True)):
        column = pa.chunked_array([answer[place] for answer in answers], kind)
        whole = column if isinstance(rows, pa.Table) else column.chunk(0)
        rows = rows.append_column(name, whole)
    return rows


def _ask(
    predict: Callable[[list[Person]], list[Prediction]],
    tell: Tell | None,
    people: list[Person],
    rows: Counts,
) -> list[Prediction]:
    started = time.perf_counter()
    predictions = predict(people)
    if tell is not None:
        tell(predictions, rows, time.perf_counter() - started)
    return predictions


def _batches(rows: pa.RecordBatch | pa.Table) -> list[pa.RecordBatch]:
    """Return rows as at least one batch, as long as may be: the longer, the more names repeat."""
    if isinstance(rows, pa.RecordBatch):
        return [rows]
    nothing = [pa.nulls(0, kind) for kind in rows.schema.types]
    return rows.combine_chunks().to_batches() or [pa.record_batch(nothing, schema=rows.schema)]


def _answers(
    batch: pa.RecordBatch,
    columns: Columns,
    country: str | None,
    bad: pa.BooleanArray,
    ask: Callable[[list[Person], Counts], list[Prediction]],
) -> list[pa.Array]:
    """Return the answers to a batch as arrays of its length; each distinct person is asked once."""
    parts = {role: _text(batch, name) for role, name in asdict(columns).items() if name is not None}
    for role in parts.keys() - {"country"}:
        bad = pc.or_(
            bad, pc.greater(pc.utf8_length(parts[role]), MAX_NAME_CHARACTERS).fill_null(False)
        )
    if "name" in parts:
        parts["name"] = pc.if_else(_is_blank(parts["name"]), None, parts["name"])
    if country is not None and "country" in parts:
        parts["country"] = pc.if_else(_is_blank(parts["country"]), country, parts["country"])
    # A bad row asks for nobody, and needs but its reason changed.
    parts = {role: pc.if_else(bad, None, part) for role, part in parts.items()}
    numbers, first = distinct_rows(list(parts.values()))
    rows = np.bincount(numbers, minlength=len(first))
    spans = [slice(at, at + PEOPLE_AT_ONCE) for at in range(0, max(len(first), 1), PEOPLE_AT_ONCE)]
    predicted = [_columnar(ask(_people(parts, first[at], country), rows[at])) for at in spans]
    index = pa.array(numbers)
    whole = [pa.chunked_array(chunks).combine_chunks() for chunks in zip(*predicted, strict=True)]
    *answers, reasons = [column.take(index) for column in whole]
    return [*answers, pc.if_else(bad, BAD_ROW, reasons)]


def _text(batch: pa.RecordBatch, name: str) -> pa.Array:
    """Return a column as strings; raise InvalidInput where it holds something else."""
    column = batch.column(name)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return column
    if any(is_kind(kind) for is_kind in TEXT_KINDS):
        return column.cast(pa.string())
    raise InvalidInput(f"the column {shown([name])} holds {kind} in place of text: give strings")


def _is_blank(column: pa.Array) -> pa.BooleanArray:
    return pc.equal(pc.utf8_trim_whitespace(column), "").fill_null(True)


def distinct_rows(columns: list[pa.Array]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return, for rows made of some columns, the number of each row's combination, and where each
    combination stands first."""
    numbers = np.zeros(len(columns[0]), np.int64)
    size = 1
    for column in columns:
        encoded = column.dictionary_encode(null_encoding="encode")
        # Both factors are at most the number of rows.
        numbers = numbers * len(encoded.dictionary) + encoded.indices.to_numpy()
        combined = pa.array(numbers).dictionary_encode()
        numbers, size = combined.indices.to_numpy().astype(np.int64), len(combined.dictionary)
    first = np.zeros(size, np.int64)
    # Of several values for one place the last one stays: backwards, that is the first row.
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    return numbers, first


def _people(
    parts: dict[str, pa.Array], places: npt.NDArray[np.int64], country: str | None
) -> list[Person]:
    index = pa.array(places)
    columns = [
        parts[role].take(index).to_pylist()
        if role in parts
        else itertools.repeat(country if role == "country" else None)
        for role in ROLES
    ]
    return [Person(*person) for person in zip(*columns, strict=False)]


def _columnar(predictions: list[Prediction]) -> list[pa.Array]:
    return [
        pa.array([getattr(prediction, name) for prediction in predictions], kind)
        for name, kind in zip(ANSWERS, TYPES, strict=True)
    ]
