"""Labelled people from a table: names with the gender of each person.

The table has any format that tables.people_table reads. Its columns are those of
tables.find_columns, and:

    gender    female, f, woman, w or male, m, man, in any case; people with another are excluded
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InvalidInput, naming
from ..model import Person
from ..model.people import People
from ..scoring.answers import overlong, texts_by_role
from ..tables import Columns
from ..tables.country_column import na_missing_in
from ..tables.genders import Gender, gender_of_each, recorded_column
from ..tables.people_table import PeopleTable
from ..tables.rows import Rows
from ..tables.text_layout import TextOptions

PERSONS = 4096  # made at once: as objects, they need many times the memory of their rows


class LabelledPerson(NamedTuple):
    """A person and their gender, None if it is neither.

    row         the number of the row in the file, if any
    na_missing  whether the country NA is a missing one; None if the other countries tell
    is_bad      whether the row cannot be read; the person then has no name
    """

    person: Person
    gender: Gender | None
    row: int | None = None
    na_missing: bool | None = None
    is_bad: bool = False


def read_people(
    path: Path | str,
    chosen: Columns | None = None,
    *,
    without_country: bool = False,
    gender_column: str | None = None,
    text: TextOptions | None = None,
) -> "PeopleFile":
    """Return the people of a file to iterate over; the file is read during the iteration.

    chosen, without_country and text are as in PeopleTable, gender_column as in recorded_column.
    """
    return PeopleFile(Path(path), chosen, without_country, gender_column, text)


class PeopleFile:
    """Labelled people in a file. Each iteration reads the file again, block by block.

    Iterating raises InvalidInput, with file and remedy, if the file cannot be read.
    """

    def __init__(
        self,
        path: Path,
        chosen: Columns | None,
        without_country: bool,
        gender_column: str | None,
        text: TextOptions | None,
    ):
        self.path, self._text = path, text
        self._chosen, self._without_country = chosen, without_country
        self._gender_column = gender_column
        self._table: PeopleTable | None = None

    @property
    def share_read(self) -> float | None:
        """The share of the file read so far; None if it has no size, like a pipe."""
        return self._table.share_read if self._table else None

    def __iter__(self) -> Iterator[LabelledPerson]:
        """Yield the people in the file's order."""
        with (
            naming(self.path),
            PeopleTable(
                self.path, self._chosen, without_country=self._without_country, text=self._text
            ) as self._table,
        ):
            yield from people_of(self._table, self._gender_column)


def people_of(table: PeopleTable, gender_column: str | None = None) -> Iterator[LabelledPerson]:
    """Yield the labelled people of an open table; gender_column is as in recorded_column.

    Raise InvalidInput if there are none, and the errors of PeopleTable.blocks.
    """
    roles = table.roles
    gender = recorded_column(table, gender_column)
    na_missing = False if table.has_nulls else None
    count = 0
    for rows in table.blocks(list(dict.fromkeys([*roles.used(), gender]))):
        if na_missing is None:
            na_missing = na_missing_in(rows.cells, roles.country)
        bad = unreadable(rows, roles)
        parts = texts_by_role(rows.cells, roles, bad)
        people, marks = People(parts, None), bad.to_pylist()
        genders = gender_of_each(rows.cells.column(gender))
        for at in range(0, len(people), PERSONS):
            positions = np.arange(at, min(at + PERSONS, len(people)))
            for place, person in zip(positions.tolist(), people.persons(positions), strict=True):
                known = None if marks[place] else genders[place]
                row = int(rows.numbers[place])
                yield LabelledPerson(person, known, row, na_missing, marks[place])
        count += len(people)
    if not count:
        raise InvalidInput("the table has columns but no people: add a row for each person")


def unreadable(rows: Rows, roles: Columns) -> pa.BooleanArray:
    """Return which rows are bad or have a name that is too long, as scoring.answer does."""
    long = overlong(texts_by_role(rows.cells, roles, rows.bad))
    return rows.bad if long is None else pc.or_(rows.bad, pa.array(long))
