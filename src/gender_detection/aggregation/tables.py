"""A table of people, tallied by its columns a block at a time."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InvalidInput
from ..model import Model
from ..scoring import ANSWERS, Columns, CsvTable, score
from ..scoring.answers import distinct_rows
from ..scoring.csv_table import shown
from .tally import COUNTRY, MAX_GROUPS, PATTERN, REASONS, Tally


def tally_table(
    table: CsvTable,
    model: Model,
    columns: Columns,
    by: Sequence[str] = (),
    *,
    country: str | None = None,
    threshold: float | None = None,
    max_groups: int = MAX_GROUPS,
    progress: Callable[[int], None] = lambda rows: None,
) -> Tally:
    """Return the tally of a table's people, grouped by the columns called so.

    The columns of people are those of columns; by may also name country where that is the name of
    none: then it is that of the people. country is that of rows that name none. A group's values
    are texts without spaces around, None where a cell is blank. progress is told of the rows read.
    Raise InvalidInput for a column that is not there, for too many groups, and as score and
    CsvTable.blocks do.
    """
    grouping = [_column(name, table.columns, columns, country) for name in by]
    tally = Tally(by, model.parameters.base_share, max_groups=max_groups)
    wanted = dict.fromkeys([*columns.used(), *filter(None, grouping)])
    rows = 0
    for block in table.blocks(list(wanted)):
        good = pc.invert(block.bad)
        cells = block.cells.filter(good)
        tally.lost += len(block.bad) - len(cells)
        values = [_values(cells, name, columns.country, country) for name in grouping]
        people = cells.select(columns.used())
        _add(tally, values, score(people, model, columns, country=country, threshold=threshold))
        rows += len(block.bad)
        progress(rows)
    return tally


def _column(name: str, names: Sequence[str], columns: Columns, country: str | None) -> str | None:
    """Return the column that a group's value stands in; None where it is the country of all."""
    if name in names:
        return name
    if name == COUNTRY and (columns.country or country):
        return columns.country
    raise InvalidInput(f"no column {name[:60]} to group by (columns found: {shown(names)})")


def _values(
    cells: pa.RecordBatch, name: str | None, countries: str | None, country: str | None
) -> pa.Array:
    if name is None:
        return pa.repeat(country, len(cells))
    values = pc.utf8_trim_whitespace(cells.column(name))
    blank = pa.scalar(None, pa.string())
    if name == countries:
        values, blank = pc.utf8_upper(values), pa.scalar(country, pa.string())
    return pc.if_else(pc.equal(values, ""), blank, values)


def _add(tally: Tally, values: list[pa.Array], scored: pa.RecordBatch) -> None:
    groups = np.zeros(len(scored), np.intp)
    if values:
        numbers, first = distinct_rows(values)
        columns = [value.take(pa.array(first)).to_pylist() for value in values]
        known = np.array([tally.number(group) for group in zip(*columns, strict=True)], np.intp)
        groups = known[numbers]
    answers = dict(zip(ANSWERS, scored.columns[-len(ANSWERS) :], strict=True))
    reasons = pc.index_in(answers["reason"], pa.array(REASONS)).fill_null(-1)
    tally.add(
        groups,
        answers["p_female"].to_numpy(zero_copy_only=False),
        # Behind the one outcome that has no reason.
        reasons.to_numpy() + 1,
        pc.equal(answers["basis"], PATTERN).fill_null(False).to_numpy(zero_copy_only=False),
    )
