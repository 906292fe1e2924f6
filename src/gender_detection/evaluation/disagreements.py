"""Rows of a table whose recorded gender differs from what their names suggest.

A row is compared if its recorded gender is understood and its name has an answer: a probability p
of at least the threshold. If every record were right and the probabilities were calibrated for
these people, the record would differ from the answer with the probability 1 - p in each row. So

    expected by chance = sum over the compared rows of (1 - p)

disagreements are to be expected with no error in the data at all. Only a number far above it says
that something may be wrong, and it does not say which rows: the columns may be shifted, the words
for women and men swapped, the names read in the wrong order, or the model wrong about these names.
The probabilities assume the share of women that the model was made for, unless female_share is
given. Nothing is ever changed.
"""

from collections import Counter
from collections.abc import Iterator

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..countries.report import MOST_VALUES, CountryReport, shortened
from ..missing import is_missing
from ..model import Model
from ..model.answers import BAD_ROW
from ..scoring import ANSWERS, answer
from ..tables import Columns
from ..tables.country_column import na_missing_in
from ..tables.genders import gender_of, recorded_column
from ..tables.people_table import PeopleTable
from ..tables.rows import Rows

THRESHOLD = 0.95
# The columns of disagreements.
SCHEMA = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("name", pa.string()),
        ("country", pa.string()),
        ("recorded", pa.string()),
        ("answer", pa.string()),
        ("probability", pa.float64()),
        ("basis", pa.string()),
    ]
)
OTHER_VALUES = "(others)"
# Disagreements that are collected before the least sure of them are dropped.
COLLECTED = 100_000


class Counts(msgspec.Struct):
    """Counts of rows. rows is the sum of understood, blank, bad_rows and those not_understood.

    understood      rows whose recorded gender is female or male, in words that evaluate knows
    blank           rows without a recorded gender
    bad_rows        rows that cannot be read
    not_understood  rows by any other recorded value (shortened); beyond MOST_VALUES different ones,
                    under OTHER_VALUES
    compared        rows understood whose name has an answer
    disagreeing     rows compared whose answer differs from the record
    expected_by_chance  as in the docstring of this module
    """

    rows: int = 0
    understood: int = 0
    blank: int = 0
    bad_rows: int = 0
    not_understood: dict[str, int] = msgspec.field(default_factory=dict)
    compared: int = 0
    disagreeing: int = 0
    expected_by_chance: float = 0.0


class Comparison:
    """Compares the recorded genders of tables with the answers to their names.

    country, female_share and family_name_first are as in scoring.answer; threshold is the lowest
    probability of an answer. most is how many of the surest disagreements are kept, None for all.
    Raise InvalidInput if threshold or female_share is out of range.
    """

    def __init__(
        self,
        model: Model,
        *,
        country: str | None = None,
        threshold: float = THRESHOLD,
        female_share: float | None = None,
        family_name_first: bool = False,
        most: int | None = None,
    ) -> None:
        self._model, self._most = model, most
        self._country, self._family_name_first = country, family_name_first
        self._threshold = model.checked(threshold, female_share)
        self._female_share = female_share
        self._found, self._has_files = SCHEMA.empty_table(), False
        self.counts, self.countries = Counts(), CountryReport()

    def add(
        self, table: PeopleTable, gender_column: str | None = None, file: str | None = None
    ) -> Iterator[int]:
        """Compare the rows of a table block by block, and yield the number of rows so far.

        gender_column is as in recorded_column; file is the name to show for the table. Raise the
        errors of recorded_column, scoring.answer and PeopleTable.blocks.
        """
        roles, recorded = table.roles, recorded_column(table, gender_column)
        na_missing = False if table.has_nulls else None
        self._has_files |= file is not None
        for rows in table.blocks(list(dict.fromkeys([*roles.used(), recorded]))):
            if na_missing is None:
                na_missing = na_missing_in(rows.cells, roles.country)
            self._add(rows, roles, recorded, na_missing, file)
            yield self.counts.rows

    def surest(self, most: int | None = None) -> pa.Table:
        """Return the disagreements with the columns of SCHEMA, the surest first, at most most.

        Those of the same probability are in the order of the tables. The column file is left out if
        no table had a name.
        """
        self._drop(self._most)
        found = self._found.slice(0, most)
        return found if self._has_files else found.drop_columns("file")

    def _add(
        self, rows: Rows, roles: Columns, recorded: str, na_missing: bool, file: str | None
    ) -> None:
        encoded = answer(
            rows.cells,
            self._model,
            roles,
            country=self._country,
            threshold=self._threshold,
            female_share=self._female_share,
            family_name_first=self._family_name_first,
            bad=rows.bad,
            na_missing=na_missing,
        )
        self.countries.add(encoded.countries)
        answers = pa.RecordBatch.from_arrays(encoded.columns(), list(ANSWERS))
        bad = pc.equal(answers["reason"], BAD_ROW).fill_null(False)
        genders = self._count(rows.cells.column(recorded), bad)
        has_both = pc.and_(genders.is_valid(), pc.not_equal(answers["gender"], "unknown"))
        compared = answers["probability"].filter(has_both).to_numpy()
        differs = pc.and_(has_both, pc.not_equal(genders, answers["gender"])).fill_null(False)
        self.counts.compared += len(compared)
        self.counts.expected_by_chance += float((1 - compared).sum())
        self.counts.disagreeing += differs.true_count
        if differs.true_count:
            self._keep(rows, roles, recorded, answers, differs, file)

    def _count(self, recorded: pa.Array, bad: pa.BooleanArray) -> pa.StringArray:
        """Count the recorded values, and return the gender of each row, null if it has none."""
        texts = pc.if_else(bad, None, recorded)
        encoded = texts.dictionary_encode()
        values = encoded.dictionary.to_pylist()
        indices = encoded.indices
        filled = indices.drop_null().to_numpy()
        rows_of = np.bincount(filled, minlength=len(values)).tolist()
        genders = [gender_of(value) for value in values]
        counts = self.counts
        counts.rows += len(recorded)
        counts.bad_rows += bad.true_count
        counts.blank += indices.null_count - bad.true_count
        for value, gender, rows in zip(values, genders, rows_of, strict=True):
            if gender is not None:
                counts.understood += rows
            elif is_missing(value):
                counts.blank += rows
            else:
                known = counts.not_understood
                shown = shortened(value.strip())
                if shown not in known and len(known) >= MOST_VALUES:
                    shown = OTHER_VALUES
                known[shown] = known.get(shown, 0) + rows
        return pa.array(genders, pa.string()).take(indices)

    def _keep(
        self,
        rows: Rows,
        roles: Columns,
        recorded: str,
        answers: pa.RecordBatch,
        differs: pa.BooleanArray,
        file: str | None,
    ) -> None:
        cells, found = rows.cells.filter(differs), answers.filter(differs)
        size = len(cells)
        columns = [
            pa.repeat(pa.scalar(file, pa.string()), size),
            pa.array(rows.numbers).filter(differs),
            _names(cells, roles),
            pa.nulls(size, pa.string()) if roles.country is None else cells.column(roles.country),
            cells.column(recorded),
            *(found.column(name) for name in ("gender", "probability", "basis")),
        ]
        batch = pa.Table.from_arrays(columns, schema=SCHEMA)
        self._found = pa.concat_tables([self._found, batch])
        if self._most is not None and len(self._found) > self._most + COLLECTED:
            self._drop(self._most)

    def _drop(self, most: int | None) -> None:
        """Sort the disagreements, and keep at most so many."""
        order = pc.sort_indices(self._found, sort_keys=[("probability", "descending")])
        self._found = self._found.take(order[:most]).combine_chunks()


def most_frequent(values: dict[str, int], most: int) -> str:
    """Return the most frequent values with their rows, as text."""
    shown = Counter(values).most_common(most)
    listed = ", ".join(f"{value!r} {rows:,}" for value, rows in shown)
    return f"{listed}, …" if len(values) > most else listed


def _names(cells: pa.RecordBatch, roles: Columns) -> pa.StringArray:
    """Return the name of each row as it is read: the full name, or else the parts of the name."""
    parts = [cells.column(part) for part in (roles.given_name, roles.family_name) if part]
    joined = pa.nulls(len(cells), pa.string())
    if parts:
        joined = pc.binary_join_element_wise(*parts, " ", null_handling="skip")
    if roles.name is None:
        return joined
    full = cells.column(roles.name)
    is_blank = pc.equal(pc.utf8_trim_whitespace(full), "").fill_null(True)
    return pc.if_else(is_blank, joined, full)
