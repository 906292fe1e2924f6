"""The people of a table counted by its columns, block by block."""

import csv
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..countries import code_of
from ..errors import ColumnNotFound, InvalidInput
from ..model import Model
from ..scoring import ANSWERS, OnAnswers, answer
from ..scoring.distinct import distinct_rows
from ..tables import Columns
from ..tables.country_column import na_missing_in, read_countries
from ..tables.csv_table import shown
from .group_counts import COUNTRY, MAX_GROUPED_BY, PATTERN, REASONS, GroupCounts
from .shares import Ints


class RowBlock(Protocol):
    """Some rows: columns of strings, and which rows cannot be read."""

    @property
    def cells(self) -> pa.RecordBatch:
        """The columns asked for."""

    @property
    def bad(self) -> pa.BooleanArray:
        """Which rows cannot be read."""


class BlockTable(Protocol):
    """A table that is read block by block, such as a CsvTable or a PeopleTable."""

    @property
    def columns(self) -> Sequence[str]:
        """The names of all columns."""

    def blocks(self, columns: list[str], /) -> Iterator[RowBlock]:
        """Yield the rows with some columns."""


def grouped_by(text: str) -> list[str]:
    """Return the names in a list such as year,country; a name with a comma is quoted.

    Raise InvalidInput if a name is empty or appears twice, or if there are too many.
    """
    try:
        rows = list(csv.reader([text], skipinitialspace=True))
    except csv.Error as err:
        raise _invalid_list(f"it cannot be parsed ({err})") from err
    names = [name.strip(" \t") for row in rows for name in row]
    if len(names) > MAX_GROUPED_BY:
        raise _invalid_list(f"it has {len(names)} names, more than {MAX_GROUPED_BY}")
    for at, name in enumerate(names):
        if not name or name in names[:at]:
            raise _invalid_list(f"{name[:60]} appears twice" if name else "a name is empty")
    return names


def _invalid_list(fault: str) -> InvalidInput:
    return InvalidInput(f"invalid list to group by: {fault}: list columns, such as year,country")


def count_table(
    counts: GroupCounts,
    table: BlockTable,
    model: Model,
    columns: Columns,
    *,
    country: str | None = None,
    threshold: float | None = None,
    family_name_first: bool = False,
    on_answers: OnAnswers | None = None,
    has_nulls: bool = False,
) -> Iterator[pa.Table]:
    """Count a table's people block by block in counts, and yield each block's ANSWERS.

    People are read from columns and grouped by the columns in counts.by, where "country" also means
    the people's own country if no column has that name. country is that of rows without one;
    family_name_first and on_answers are as in answer. The values of groups are stripped texts, None
    for blank cells; countries are alpha-2 codes, or the text itself if it is not understood.
    has_nulls: whether the table has nulls, so that NA is never a missing country. Raise
    ColumnNotFound for a missing column to group by, InvalidInput for too many groups, and the
    errors of answer and of the table.
    """
    grouping = [group_column(name, table.columns, columns, country) for name in counts.by]
    wanted = dict.fromkeys([*columns.used(), *filter(None, grouping)])
    options: Any = {
        "country": country, "threshold": threshold, "family_name_first": family_name_first,
        "on_answers": on_answers,
    }  # fmt: skip
    na_missing = False if has_nulls else None
    for block in table.blocks(list(wanted)):
        if na_missing is None:
            na_missing = na_missing_in(block.cells, columns.country)
        cells = block.cells.filter(pc.invert(block.bad))
        counts.lost += len(block.bad) - len(cells)
        values = [_values(cells, name, columns.country, country, na_missing) for name in grouping]
        encoded = answer(cells, model, columns, na_missing=na_missing, **options)
        counts.countries.add(encoded.countries)
        yield _add(counts, values, pa.table(encoded.dictionaries(), list(ANSWERS)))


def count_answers(
    counts: GroupCounts,
    cells: pa.RecordBatch,
    answers: pa.Table,
    columns: Columns,
    *,
    country: str | None = None,
) -> None:
    """Count people whose answers are known, as ANSWERS; cells are columns of strings.

    Other arguments and errors are those of count_table.
    """
    grouping = [group_column(name, cells.schema.names, columns, country) for name in counts.by]
    values = [_values(cells, name, columns.country, country, False) for name in grouping]
    _add(counts, values, answers)


def group_column(
    name: str, names: Sequence[str], columns: Columns, country: str | None
) -> str | None:
    """Return the column with a group's value, None if it is the same country for all; raise
    ColumnNotFound if names, those of the table, have none."""
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
    """Return the value that each row is grouped by."""
    own = code_of(country) if country else None
    if name is None:
        return pa.repeat(pa.scalar(own, pa.string()), len(cells))
    if name == countries:
        # Countries that are not understood keep their texts.
        codes, _ = read_countries(cells.column(name), na_missing)
        return codes.dictionary_decode().fill_null(own) if own else codes.dictionary_decode()
    values = pc.utf8_trim_whitespace(cells.column(name))
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def _add(counts: GroupCounts, values: list[pa.Array], answers: pa.Table) -> pa.Table:
    """Count the answers to rows with these values of their groups, and return the answers."""
    groups = np.zeros(len(answers), np.intp)
    if values:
        numbers, distinct = distinct_rows(values)
        columns = [column.to_pylist() for column in distinct]
        known = np.array([counts.number(group) for group in zip(*columns, strict=True)], np.intp)
        groups = known[numbers]
    add_answers(counts, groups, answers)
    return answers


def add_answers(
    counts: GroupCounts, groups: npt.NDArray[np.intp], answers: pa.Table, people: Ints | None = None
) -> None:
    """Count answers, given the group of each and how many people have it (default: one each)."""
    reasons = pc.index_in(answers["reason"], pa.array(REASONS)).fill_null(-1)
    counts.add(
        groups,
        answers["p_female"].to_numpy(),
        # OUTCOMES begins with ANSWERED, which has no reason.
        reasons.to_numpy() + 1,
        pc.equal(answers["basis"], PATTERN).fill_null(False).to_numpy(),
        people,
    )
