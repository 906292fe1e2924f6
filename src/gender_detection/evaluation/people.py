"""Labelled people from a file: a table of names with the gender of each person.

The header names the columns, in any order, also as headers.tsv in tables does; others are ignored:

    name, or given_name and family_name   a row that fills both kinds is read by the latter
    country   anything that countries.code_of understands; the column or a cell may be missing
    gender    female, f, woman, w or male, m, man, in any case; people with another are excluded

Text is UTF-8, with or without a byte order mark. A file is gzipped if its name ends in .gz. The
delimiter is a tab if the name (before .gz) ends in .tsv, otherwise the one in the header: comma,
semicolon or tab.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from ..errors import InvalidInput
from ..model import Person
from ..tables import find_column
from ..tables.table_file import TableFile, delimiter_of

Gender = Literal["female", "male"]

GENDERS: dict[str, Gender] = {
    "female": "female", "f": "female", "woman": "female", "w": "female",
    "male": "male", "m": "male", "man": "male",
}  # fmt: skip
BUFFER_BYTES = 64 * 1024
_LONGEST_LINE = 1 << 20  # characters; a longer one is read in parts


class LabelledPerson(NamedTuple):
    """A person and their gender, None if it is neither; line is the line in the file, if any."""

    person: Person
    gender: Gender | None
    line: int | None = None


def read_people(path: Path | str, country_column: str | None = "country") -> "PeopleFile":
    """Return the people of a file to iterate over; the file is read during the iteration.

    country_column names the column of countries; None ignores countries. Only the default column
    may be missing.
    """
    return PeopleFile(Path(path), country_column)


class PeopleFile:
    """Labelled people in a file. Each iteration reads the file again, a line at a time.

    Iterating raises InvalidInput, with file, line and remedy, if the file cannot be read.
    """

    def __init__(self, path: Path, country_column: str | None):
        self.path = path
        self.country_column = country_column
        self._file: TableFile | None = None

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes read so far; None if it has no size, like a pipe."""
        return self._file.share_read if self._file else None

    def __iter__(self) -> Iterator[LabelledPerson]:
        """Yield the people in the file's order."""
        with TableFile(self.path) as self._file:
            yield from self._people(self._lines(self._file))

    def _lines(self, file: TableFile) -> Iterator[str]:
        # Bytes that are not UTF-8 pass at first, so that the error can name their line.
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
                "add a header line with the names of the columns, such as name,country,gender"
            )
        table = _Table(self.path, _chain(first, lines), delimiter_of(self.path, first))
        columns = self._columns(table.header)
        count = 0
        for line, row in table.rows():
            count += 1
            yield LabelledPerson(columns.person(row), columns.gender_of(row), line)
        if not count:
            raise InvalidInput(
                f"{self.path} has a header but no people: add a line for each person"
            )

    def _columns(self, header: list[str]) -> "_Columns":
        given = self._found("given_name", header)
        named = self._found("name", header)
        if named is None and given is None:
            raise self._missing("name", "add it, or given_name and family_name", header)
        gender = self._found("gender", header)
        if gender is None:
            raise self._missing("gender", "add it, with female or male for each person", header)
        return _Columns(
            name=named,
            given_name=given,
            family_name=self._found("family_name", header),
            country=self._country(header),
            gender=gender,
        )

    def _country(self, header: list[str]) -> int | None:
        if self.country_column is None:
            return None
        if self.country_column == "country":
            return self._found("country", header)
        wanted = self.country_column.strip().lower()
        at = [index for index, cell in enumerate(header) if cell.strip().lower() == wanted]
        if not at:
            raise self._missing(self.country_column, "name a column of the file", header)
        if len(at) > 1:
            raise InvalidInput(
                f"{self.path} has the column {self.country_column} twice: remove one"
            )
        return at[0]

    def _found(self, role: str, header: list[str]) -> int | None:
        try:
            column = find_column(role, header)
        except InvalidInput as err:
            raise InvalidInput(f"{self.path}: {err}") from err
        return None if column is None else header.index(column)

    def _missing(self, column: str, remedy: str, header: list[str]) -> InvalidInput:
        found = f"(columns found: {', '.join(cell.strip()[:40] for cell in header[:20])})"
        return InvalidInput(f"{self.path} has no column {column}: {remedy} {found}")


class _Table:
    """The header and the rows of delimited text; InvalidInput names the line of an error."""

    def __init__(self, path: Path, lines: Iterable[str], delimiter: str):
        self._path = path
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)
        self.header = self._next() or []

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with the line it begins in; blank lines are skipped."""
        width = len(self.header)
        line = self._reader.line_num + 1
        while (row := self._next()) is not None:
            if row and len(row) != width:
                raise InvalidInput(
                    f"{self._path}, line {line} has {len(row)} cells, but the header has {width}: "
                    "quote cells that contain the delimiter, and leave no cell out"
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
                f"{self._path}, line {line} is not a valid row ({err}): close its quotes, and "
                "double quotes inside a cell"
            ) from err


class _Columns(NamedTuple):
    """The index of each column in a row, None if the column is missing."""

    name: int | None
    given_name: int | None
    family_name: int | None
    country: int | None
    gender: int

    def person(self, row: list[str]) -> Person:
        country = _cell(row, self.country).strip() or None
        given, family = _cell(row, self.given_name), _cell(row, self.family_name)
        if self.name is not None and not given.strip():
            return Person(name=row[self.name], country=country)
        return Person(given_name=given, family_name=family, country=country)

    def gender_of(self, row: list[str]) -> Gender | None:
        return GENDERS.get(_cell(row, self.gender).strip().lower())


def _cell(row: list[str], index: int | None) -> str:
    return "" if index is None else row[index]


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
