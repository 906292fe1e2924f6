"""Append the answers to the columns of a table."""

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..countries.report import CountryReport
from ..errors import InvalidInput
from ..model import Model, Prediction
from ..model.people import People
from ..tables.arrow_texts import MAX_NAME_CHARACTERS, texts_of
from ..tables.column_roles import Columns
from ..tables.country_column import read_countries
from ..tables.csv_table import shown
from .distinct import Numbers, rows_to_answer
from .encoded_answers import ANSWERS, BAD_ROW_CODE, MATCHED, EncodedAnswers
from .lazy_predictions import Predictions

PREFIX = "predicted_"

Rows = TypeVar("Rows", pa.RecordBatch, pa.Table)
Counts = npt.NDArray[np.intp]
# The codes of the answers to people, and the keys that they are based on, if these are asked for.
Found = tuple[npt.NDArray[np.int32], pa.StringArray | None]
# Called after each batch with the predictions of its people, made when accessed, the number of rows
# of each person, and the seconds it took. People are distinct unless most rows differ.
OnAnswers = Callable[[Sequence[Prediction], Counts, float], None]


def answer_names(columns: Sequence[str], matched: bool = False) -> tuple[str, ...]:
    """Return the names of the columns to append: ANSWERS, or all with PREFIX if one is taken.

    matched: whether the column MATCHED is one of them.
    Case is ignored, because many programs do not distinguish Gender from gender. Raise InvalidInput
    if a name with PREFIX is taken too.
    """
    taken = {name.lower() for name in columns}
    names = (*ANSWERS, MATCHED) if matched else ANSWERS
    if taken.isdisjoint(names):
        return names
    prefixed = tuple(PREFIX + name for name in names)
    if clash := [name for name in columns if name.lower() in prefixed]:
        raise InvalidInput(
            f"the table has a column {shown(clash)}, which is the name of a column to append: "
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
    family_name_first: bool = False,
    bad: pa.BooleanArray | None = None,
    on_answers: OnAnswers | None = None,
    plain: bool = False,
) -> Rows:
    """Return the rows with five columns appended, named by answer_names.

    Their types are DICTIONARIES or, if plain, TYPES, for programs that cannot read dictionaries.
    Other arguments and errors are those of answer and answer_names.
    """
    names = answer_names(rows.schema.names)
    answered = answer(
        rows,
        model,
        columns,
        country=country,
        threshold=threshold,
        female_share=female_share,
        family_name_first=family_name_first,
        bad=bad,
        on_answers=on_answers,
    )
    appended = answered.columns() if plain else answered.dictionaries()
    for name, column in zip(names, appended, strict=True):
        rows = rows.append_column(name, column)
    return rows


def answer(
    rows: pa.RecordBatch | pa.Table,
    model: Model,
    columns: Columns,
    *,
    country: str | None = None,
    threshold: float | None = None,
    female_share: float | None = None,
    family_name_first: bool = False,
    bad: pa.BooleanArray | None = None,
    on_answers: OnAnswers | None = None,
    na_missing: bool = False,
    matched: bool = False,
) -> EncodedAnswers:
    """Return the answers to the rows.

    country is that of rows without one; threshold, female_share and family_name_first are as in
    Model.predict. na_missing: whether the country NA is a missing one instead of Namibia
    (country_column). Rows marked bad, and those with a name longer than MAX_NAME_CHARACTERS, are
    unknown for the reason BAD_ROW. on_answers is called with the people of each batch. matched:
    whether to find the keys of the answers. Raise InvalidInput if a column to read is not text,
    KeyError if it does not exist.
    """
    checked_threshold = model.checked(threshold, female_share)
    options = (female_share, family_name_first, matched, on_answers)
    predict = functools.partial(_predict, model, *options)
    encoded: list[EncodedAnswers] = []
    countries = CountryReport()
    at = 0
    for batch in _batches(rows.select(columns.used())):
        marks = pa.nulls(len(batch), pa.bool_()) if bad is None else bad.slice(at, len(batch))
        parts = texts_by_role(batch, columns, marks.fill_null(False))
        if columns.country is not None:
            parts["country"], report = read_countries(parts["country"], na_missing)
            countries.add(report)
        codes, numbers, keys = _codes(parts, country, marks.fill_null(False), predict)
        encoded.append(EncodedAnswers(codes, numbers, checked_threshold, countries, keys))
        at += len(batch)
    return encoded[0] if len(encoded) == 1 else _joined(encoded)


def _joined(encoded: list[EncodedAnswers]) -> EncodedAnswers:
    """Return the answers to several batches of rows as one; they have the same options."""
    first = encoded[0]
    codes = np.concatenate([answered.codes for answered in encoded])
    keys = None
    if first.matched is not None:
        keys = pa.concat_arrays([answered.keys() for answered in encoded])
    return EncodedAnswers(codes, None, first.threshold, first.countries, keys)


def texts_by_role(
    batch: pa.RecordBatch, columns: Columns, bad: pa.BooleanArray
) -> dict[str, pa.Array]:
    """Return the columns to read, by role, with null in bad rows."""
    used = {role: name for role, name in asdict(columns).items() if name is not None}
    parts = {role: texts_of(batch, name, numbers=role == "country") for role, name in used.items()}
    if bad.true_count:
        # Bad rows are read as empty; their codes are changed afterwards.
        parts = {role: pc.if_else(bad, None, part) for role, part in parts.items()}
    return parts


def _predict(
    model: Model,
    female_share: float | None,
    family_name_first: bool,
    matched: bool,
    on_answers: OnAnswers | None,
    people: People,
    numbers: Numbers | None,
) -> Found:
    """Return the codes of people and, if matched, the keys."""
    started = time.perf_counter()
    answer = model.answer_with_keys if matched else model.answer
    found = answer(people, female_share=female_share, family_name_first=family_name_first)
    codes, keys = found if isinstance(found, tuple) else (found, None)
    if on_answers is not None:
        seconds, size = time.perf_counter() - started, len(people)
        rows = np.ones(size, np.intp) if numbers is None else np.bincount(numbers, minlength=size)
        predictions = Predictions(people, model, family_name_first=family_name_first)
        on_answers(predictions, rows, seconds)
    return codes, keys


def _batches(rows: pa.RecordBatch | pa.Table) -> list[pa.RecordBatch]:
    """Return rows as at least one batch, as long as possible: in long batches more names repeat."""
    if isinstance(rows, pa.RecordBatch):
        return [rows]
    empty = [pa.nulls(0, kind) for kind in rows.schema.types]
    return rows.combine_chunks().to_batches() or [pa.record_batch(empty, schema=rows.schema)]


def _codes(
    parts: dict[str, pa.Array],
    country: str | None,
    bad: pa.BooleanArray,
    predict: Callable[[People, Numbers | None], Found],
) -> tuple[npt.NDArray[np.int32], Numbers | None, pa.StringArray | None]:
    """Return the codes of the answers to people, for each row the index of its code, and the keys
    of people if they are asked for.

    Repeated rows are answered once. The indices are None if there is a code per row.
    """
    numbers, values = rows_to_answer(list(parts.values()))
    parts = dict(zip(parts, values, strict=True))
    long = overlong(parts)
    people = People({role: _without(part, long) for role, part in parts.items()}, country)
    codes, keys = predict(people, numbers)
    if long is not None:
        codes[long] = BAD_ROW_CODE
    if bad.true_count:
        if numbers is not None:
            codes = codes[numbers]
            keys = None if keys is None else keys.take(pa.array(numbers))
        codes = np.where(bad.to_numpy(zero_copy_only=False), np.int32(BAD_ROW_CODE), codes)
        return codes, None, keys
    return codes, numbers, keys


def overlong(parts: dict[str, pa.Array]) -> npt.NDArray[np.bool_] | None:
    """Return which people have a name longer than MAX_NAME_CHARACTERS, None if nobody has.

    parts are columns of strings by role.
    """
    marks = [
        pc.greater(pc.utf8_length(part), MAX_NAME_CHARACTERS).fill_null(False).to_numpy(False)
        for role, part in parts.items()
        if role != "country" and _may_be_long(part)
    ]
    return np.logical_or.reduce(marks) if marks else None


def _without(part: pa.Array, long: npt.NDArray[np.bool_] | None) -> pa.Array:
    return part if long is None else pc.if_else(pa.array(long), None, part)


def _may_be_long(column: pa.Array) -> bool:
    """Return whether a text of the column can have more than MAX_NAME_CHARACTERS."""
    # Bytes are faster to count than characters, and never fewer.
    longest = pc.max(pc.binary_length(column)).as_py()
    return longest is not None and longest > MAX_NAME_CHARACTERS
