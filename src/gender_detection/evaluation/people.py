"""Labelled people from a file: a table of names with the gender of each person.

The header names the columns, in any order and case; other columns are passed over:

    name, or given_name and family_name   the two fields win where a row fills them
    country   what countries.code_of understands; empty, or no such column, where it is not known
    gender    female, f, woman, w or male, m, man, in any case; whoever has another is left out

Text is UTF-8, with or without a byte order mark. A file is gzipped if its name ends in .gz. Cells
are parted by tabs where the name (before .gz) ends in .tsv, otherwise by what parts the header:
comma, semicolon or tab.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from ..errors import InvalidInput
from ..model import Person
from ..tables.table_file import TableFile, delimiter_of

Gender = Literal["female", "male"]

GENDERS: dict[str, Gender] = {
    "female": "female", "f": "female", "woman": "female", "w": "female",
    "male": "male", "m": "male", "man": "male",
}  # fmt: skip
BUFFER_BYTES = 64 * 1024
_LONGEST_LINE = 1 << 20  # characters; a longer one is read in parts


class LabelledPerson(NamedTuple):
    """A person and their gender, None where it is neither; line is that of the file, if any."""

    person: Person
    gender: Gender | None
    line: int | None = None


def read_people(path: Path | str, country_column: str | None = "country") -> "PeopleFile":
    """Return the people of a file, to iterate over; nothing is read before.

    country_column names the column of countries, None passes them over. A missing column is an
    error unless it is the default one.
    """
    return PeopleFile(Path(path), country_column)


class PeopleFile:
    """Labelled people in a file, read anew each time it is iterated, a line at a time.

    Iterating raises InvalidInput, with file, line and remedy, where it cannot be read.
    """

    def __init__(self, path: Path, country_column: str | None):
        self.path = path
        self.country_column = country_column
        self._file: TableFile | None = None

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes read so far; None where it has no size, like a pipe."""
        return self._file.share_read if self._file else None

    def __iter__(self) -> Iterator[LabelledPerson]:
        """Yield the people in the file's order."""
        with TableFile(self.path) as self._file:
            yield from self._people(self._lines(self._file))

    def _lines(self, file: TableFile) -> Iterator[str]:
        # What is not UTF-8 is let through at first, so that its line can be named.
        stream = io.BufferedReader(file, BUFFER_BYTES)
        text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
        for number, line in enumerate(iter(lambda: text.readline(_LONGEST_LINE), ""), start=1):
            if not line.isascii():
                try:
                    line.encode()
                except UnicodeEncodeError as err:
                    raise InvalidInput(
                        f"{self.path}, line {number} is not UTF-8: save the file as CSV in UTF-8"
                    ) from err
            yield line

    def _people(self, lines: Iterator[str]) -> Iterator[LabelledPerson]:
        first = next(lines, "")
        if not first.strip():
            raise InvalidInput(
                f"{self.path} {'has no header in line 1' if first else 'is empty'}: "
                "begin it with the names of the columns, such as name,country,gender"
            )
        table = _Table(self.path, _chain(first, lines), delimiter_of(self.path, first))
        columns = self._columns(table.header)
        count = 0
        for line, row in table.rows():
            count += 1
            yield LabelledPerson(columns.person(row), columns.gender_of(row), line)
        if not count:
            raise InvalidInput(f"{self.path} has a header and no people: add a line for each")

    def _columns(self, header: list[str]) -> "_Columns":
        places = {cell.strip().lower(): at for at, cell in enumerate(header)}
        found = f"(columns found: {', '.join(cell.strip()[:40] for cell in header[:20])})"

        def place(column: str, remedy: str, *, required: bool = True) -> int | None:
            wanted = column.strip().lower()
            if sum(cell.strip().lower() == wanted for cell in header) > 1:
                raise InvalidInput(f"{self.path} has the column {column} twice: remove one")
            if required and wanted not in places:
                raise InvalidInput(f"{self.path} has no column {column}: {remedy} {found}")
            return places.get(wanted)

        given = place("given_name", "", required=False)
        named = place("name", "add it, or given_name and family_name", required=given is None)
        country = None
        if self.country_column is not None:
            required = self.country_column != "country"
            country = place(self.country_column, "name one of those there", required=required)
        return _Columns(
            name=named,
            given_name=given,
            family_name=place("family_name", "", required=False),
            country=country,
            gender=place("gender", "add it, with female or male for each person"),
        )


class _Table:
    """The header and the rows of a delimited text; InvalidInput names the line of a fault."""

    def __init__(self, path: Path, lines: Iterable[str], delimiter: str):
        self._path = path
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)
        self.header = self._next() or []

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with the line it begins in; blank lines are passed over."""
        width = len(self.header)
        line = self._reader.line_num + 1
        while (row := self._next()) is not None:
            if row and len(row) != width:
                raise InvalidInput(
                    f"{self._path}, line {line} has {len(row)} cells where the header has {width}: "
                    "quote a cell that holds the delimiter, and leave no cell out"
                )
            if row:
                yield line, row
            line = self._reader.line_num + 1

    def _next(self) -> list[str] | None:
        line = self._reader.line_num + 1
        try:
            return next(self._reader, None)
        except csv.Error as err:
            raise InvalidInput(
                f"{self._path}, line {line} is no row of a table ({err}): close its quotes, and "
                "double those inside a cell"
            ) from err


class _Columns(NamedTuple):
    """Where each column stands in a row; None where it is not there."""

    name: int | None
    given_name: int | None
    family_name: int | None
    country: int | None
    gender: int | None

    def person(self, row: list[str]) -> Person:
        country = _cell(row, self.country).strip() or None
        given, family = _cell(row, self.given_name), _cell(row, self.family_name)
        if self.name is not None and not given.strip():
            return Person(name=row[self.name], country=country)
        return Person(given_name=given, family_name=family, country=country)

    def gender_of(self, row: list[str]) -> Gender | None:
        return GENDERS.get(_cell(row, self.gender).strip().lower())


def _cell(row: list[str], place: int | None) -> str:
    return "" if place is None else row[place]


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
