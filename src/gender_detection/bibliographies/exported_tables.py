"""Tables with a row for each work, as Scopus and Web of Science export them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .works import Author, Report, Work, doi_of, first_filled, with_initials, year_of

# Names of columns in lower case. Those of two letters are in Web of Science's tab-delimited files.
_FULL = ("author full names", "af")
_SHORT = ("authors", "au")
_YEAR = ("year", "publication year", "py")
_DOI = ("doi", "di")
_ID = ("eid", "ut (unique wos id)", "ut (unique id)", "ut")
# Scopus puts its number of the author behind the name.
_NUMBER = re.compile(r"\s*\(\d+\)$")


@dataclass(frozen=True)
class WorkColumns:
    """The columns of a table of works; None for those that it does not have."""

    full: str
    year: str
    short: str | None
    doi: str | None
    id: str | None

    def used(self) -> list[str]:
        """Return the names of the columns that are there."""
        columns = (self.full, self.year, self.short, self.doi, self.id)
        return [column for column in columns if column is not None]


def columns_of_works(names: Sequence[str]) -> WorkColumns | None:
    """Return the columns of a table with a row for each work, None if it is another table."""
    folded = {name.strip().lower(): name for name in names}

    def found(candidates: tuple[str, ...]) -> str | None:
        return next((folded[name] for name in candidates if name in folded), None)

    full, year, doi, key = found(_FULL), found(_YEAR), found(_DOI), found(_ID)
    if full is None or year is None or (doi is None and key is None):
        return None
    return WorkColumns(full, year, found(_SHORT), doi, key)


def read_table(
    rows: Iterable[Mapping[str, str] | None], columns: WorkColumns, report: Report
) -> Iterator[Work]:
    """Yield the works in rows, of which None are those that do not match the header."""
    for number, row in enumerate(rows, 1):
        place = f"row {number}"
        if row is None:
            report.unread.add(place)
        else:
            yield _work(row, columns, place)


def _work(row: Mapping[str, str], columns: WorkColumns, place: str) -> Work:
    short = _names(row[columns.short]) if columns.short else []
    # Where there is no full name, the short one is repeated: family name and initials.
    names = [
        with_initials(name) if name in short else name for name in _names(row[columns.full])
    ] or [with_initials(name) for name in short]
    doi = doi_of(row[columns.doi]) if columns.doi else None
    return Work(
        id=first_filled([doi, row[columns.id] if columns.id else None]) or place,
        year=year_of(row[columns.year]),
        authors=[Author(name) for name in names],
    )


def _names(cell: str) -> list[str]:
    parts = (_NUMBER.sub("", part.strip()) for part in cell.split(";"))
    return [part for part in parts if part]
