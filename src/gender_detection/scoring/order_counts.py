"""Whether the names of a table tell that they are written with the family name first."""

import msgspec
import numpy as np
import pyarrow as pa

from ..model import Model
from ..model.order_evidence import FAMILY_FIRST, GIVEN_FIRST
from ..model.people import People
from ..tables import Columns
from ..tables.country_column import read_countries
from .answers import texts_by_role

# Rows of each block that are looked at: few of a long table, so that it takes no time.
ROWS_LOOKED_AT = 1_000
# Below this number of names that tell their order, nothing is said of the whole table.
_LEAST_TOLD = 20


class OrderCounts(msgspec.Struct):
    """Counts of names that tell their order, by capitals or by the bearers of their words.

    rows          rows looked at
    family_first  names that have the family name first; given_first: the given name
    """

    rows: int = 0
    family_first: int = 0
    given_first: int = 0

    def add(self, other: "OrderCounts") -> None:
        """Add the counts of other rows of the same table."""
        self.rows += other.rows
        self.family_first += other.family_first
        self.given_first += other.given_first

    def note(self) -> str | None:
        """Return a sentence for the user if most names have the family name first, else None."""
        told = self.family_first + self.given_first
        if told < _LEAST_TOLD or 2 * self.family_first <= told:
            return None
        return (
            f"{self.family_first:,} of {told:,} names that tell their order, among {self.rows:,} "
            "rows looked at, have the family name first: if the whole column is written so, use "
            "--family-name-first"
        )


def count_orders(
    rows: pa.RecordBatch,
    model: Model,
    columns: Columns,
    *,
    country: str | None = None,
    bad: pa.BooleanArray | None = None,
    na_missing: bool = False,
) -> OrderCounts:
    """Return the counts of the first rows of a block, at most ROWS_LOOKED_AT.

    Without a column of full names nothing is counted. The arguments are those of scoring.answer.
    """
    if columns.name is None:
        return OrderCounts()
    first = rows.slice(0, ROWS_LOOKED_AT)
    marks = pa.nulls(len(first), pa.bool_()) if bad is None else bad.slice(0, len(first))
    parts = texts_by_role(first, columns, marks.fill_null(False))
    if columns.country is not None:
        parts["country"], _ = read_countries(parts["country"], na_missing)
    orders = model.name_orders(People(parts, country))
    return OrderCounts(
        len(first),
        int(np.count_nonzero(orders == FAMILY_FIRST)),
        int(np.count_nonzero(orders == GIVEN_FIRST)),
    )
