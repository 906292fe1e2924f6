"""A table of people, tallied by its columns a block at a time."""

import csv
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..countries import code_of
from ..errors import ColumnNotFound, InvalidInput
from ..model import Model
from ..scoring import ANSWERS, OnAnswers, answer
from ..scoring.distinct import distinct_rows
from ..tables import Columns, CsvTable
from ..tables.country_column import na_missing_in, read_countries
from ..tables.csv_table import shown
from .group_counts import COUNTRY, MAX_GROUPED_BY, PATTERN, REASONS, GroupCounts
from .shares import Ints


def grouped_by(text: str) -> list[str]:
    """Return the names in a list such as year,country; one that holds a comma is quoted.

    Raise InvalidInput where one is empty or stands there twice, or where there are too many.
    """
    try:
        rows = list(csv.reader([text], skipinitialspace=True))
    except csv.Error as err:
        raise _not_to_group_by(f"no list of names ({err})") from err
    names = [name.strip(" \t") for row in rows for name in row]
    if len(names) > MAX_GROUPED_BY:
        raise _not_to_group_by(f"{len(names)} names, more than {MAX_GROUPED_BY}")
    for at, name in enumerate(names):
        if not name or name in names[:at]:
            raise _not_to_group_by(f"{name[:60]} is there twice" if name else "a name is empty")
    return names


def _not_to_group_by(fault: str) -> InvalidInput:
    return InvalidInput(f"what to group by: {fault}: name columns such as year,country")


def count_table(
    tally: GroupCounts,
    table: CsvTable,
    model: Model,
    columns: Columns,
    *,
    country: str | None = None,
    threshold: float | None = None,
    on_answers: OnAnswers | None = None,
) -> Iterator[pa.Table]:
    """Count a table's people a block at a time, and yield the answers of each, called ANSWERS.

    The columns of people are those of columns. They are grouped by the columns named as the tally
    says; country, where that is the name of none, is that of the people. country is that of rows
    that name none; on_answers is as in answer. A group's values are texts without spaces around,
    None where a cell is blank; countries are alpha-2 codes, or what is written where that is not
    understood, and the tally has the report on them. Raise ColumnNotFound for one to group by
    that is not there, InvalidInput for too many groups, and as answer and CsvTable.blocks do.
    """
    grouping = [_column(name, table.columns, columns, country) for name in tally.by]
    wanted = dict.fromkeys([*columns.used(), *filter(None, grouping)])
    options: Any = {"country": country, "threshold": threshold, "on_answers": on_answers}
    na_missing: bool | None = None
    for block in table.blocks(list(wanted)):
        if na_missing is None:
            na_missing = na_missing_in(block.cells, columns.country)
        cells = block.cells.filter(pc.invert(block.bad))
        tally.lost += len(block.bad) - len(cells)
        values = [_values(cells, name, columns.country, country, na_missing) for name in grouping]
        found = answer(cells, model, columns, na_missing=na_missing, **options)
        tally.countries.add(found.countries)
        answers = pa.table(found.dictionaries(), list(ANSWERS))
        _add(tally, values, answers)
        yield answers


def _column(name: str, names: Sequence[str], columns: Columns, country: str | None) -> str | None:
    """Return the column that a group's value stands in; None where it is the country of all."""
    if name in names:
        return name
    if name == COUNTRY and (columns.country or country):
        return columns.country
    raise ColumnNotFound(f"no column {name[:60]} to group by (columns found: {shown(names)})")


def _values(
    cells: pa.RecordBatch,
    name: str | None,
    countries: str | None,
    country: str | None,
    na_missing: bool,
) -> pa.Array:
    own = code_of(country) if country else None
    if name is None:
        return pa.repeat(pa.scalar(own, pa.string()), len(cells))
    if name == countries:
        # Those not understood stay apart, under what they are written as.
        codes, _ = read_countries(cells.column(name), na_missing)
        return codes.dictionary_decode().fill_null(own) if own else codes.dictionary_decode()
    values = pc.utf8_trim_whitespace(cells.column(name))
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def _add(tally: GroupCounts, values: list[pa.Array], answers: pa.Table) -> None:
    groups = np.zeros(len(answers), np.intp)
    if values:
        numbers, distinct = distinct_rows(values)
        columns = [column.to_pylist() for column in distinct]
        known = np.array([tally.number(group) for group in zip(*columns, strict=True)], np.intp)
        groups = known[numbers]
    add_answers(tally, groups, answers)


def add_answers(
    tally: GroupCounts, groups: npt.NDArray[np.intp], answers: pa.Table, people: Ints | None = None
) -> None:
    """Count answers, called ANSWERS, given the group of each and, unless one each, the people."""
    reasons = pc.index_in(answers["reason"], pa.array(REASONS)).fill_null(-1)
    tally.add(
        groups,
        answers["p_female"].to_numpy(),
        # Behind the one outcome that has no reason.
        reasons.to_numpy() + 1,
        pc.equal(answers["basis"], PATTERN).fill_null(False).to_numpy(),
        people,
    )
