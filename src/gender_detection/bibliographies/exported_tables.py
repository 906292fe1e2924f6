"""Tables with a row for each work, as Scopus, Web of Science, Zotero, PubMed and others export
them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .works import Author, Report, Work, doi_of, first_filled, is_short, with_initials, year_of

# Names of columns in lower case. Those of two letters are in Web of Science's tab-delimited files.
_FULL = ("author full names", "af", "authorships.author.display_name")
_SHORT = ("authors", "au", "author/s", "author(s)", "authorstring")
_YEAR = ("year", "publication year", "py", "pubyear", "publication_year")
_DOI = ("doi", "di")
_ID = (
    "eid", "ut (unique wos id)", "ut (unique id)", "ut", "pmid", "publication id", "lens id",
    "key", "id",
)  # fmt: skip
_TITLE = ("title", "ti", "article title", "document title", "display_name")
# Zotero's authors are in a column "Author", which elsewhere is one person.
_ZOTERO, _ZOTERO_TYPE = "author", "item type"
# Scopus puts its number of the author behind the name.
_NUMBER = re.compile(r"\s*\(\d+\)$")


@dataclass(frozen=True)
class WorkColumns:
    """The columns of a table of works; None for those that it does not have.

    full or short is there: short has family names with initials, or all names if there is no full.
    """

    full: str | None
    year: str
    short: str | None
    doi: str | None
    id: str | None
    title: str | None

    def used(self) -> list[str]:
        """Return the names of the columns that are there."""
        columns = (self.full, self.year, self.short, self.doi, self.id, self.title)
        return [column for column in columns if column is not None]


def columns_of_works(names: Sequence[str]) -> WorkColumns | None:
    """Return the columns of a table with a row for each work, None if it is another table.

    It has authors, years, and the number or the title of each work.
    """
    folded = {name.strip().lower(): name for name in names}

    def found(candidates: tuple[str, ...]) -> str | None:
        return next((folded[name] for name in candidates if name in folded), None)

    full, short, year = found(_FULL), found(_SHORT), found(_YEAR)
    if short is None and _ZOTERO_TYPE in folded:
        short = folded.get(_ZOTERO)
    doi, key, title = found(_DOI), found(_ID), found(_TITLE)
    is_named = doi or key or (full is None and title)
    if (full is None and short is None) or year is None or not is_named:
        return None
    return WorkColumns(full, year, short, doi, key, title)


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
    short = _short_names(row[columns.short]) if columns.short else []
    # Where there is no full name, the short one is repeated: family name and initials.
    full = _names(row[columns.full]) if columns.full else []
    names = [with_initials(name) if name in short else name for name in full]
    names = names or [with_initials(name) for name in short]
    doi = doi_of(row[columns.doi]) if columns.doi else None
    return Work(
        id=first_filled([doi, row[columns.id] if columns.id else None]) or place,
        year=year_of(row[columns.year]),
        authors=[Author(name) for name in names],
        title=row[columns.title] if columns.title else "",
    )


def _names(cell: str) -> list[str]:
    # OpenAlex divides authors by |.
    parts = (_NUMBER.sub("", part.strip()) for part in re.split(r"[;|]", cell))
    return [part for part in parts if part]


def _short_names(cell: str) -> list[str]:
    """Return authors that a semicolon divides, or a comma where all of them have initials.

    PubMed ends the list with a point, and puts groups behind a semicolon.
    """
    names = []
    for part in _names(cell):
        divided = [name.strip() for name in part.split(",") if name.strip()]
        names += divided if all(map(is_short, divided)) else [part]
    return names
