"""Bibliographies: the authors of works as rows of a table, one for each author of a work.

`read` reads the lines of a file in one of the formats KINDS, `read_exported_table` a table with a
row for each work. Readers (bibtex, tagged, json_works, exported_tables) yield works, rows makes
rows of them, and a Report counts what was not understood.
"""

import codecs
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from ..errors import InvalidInput
from . import json_works
from .exported_tables import WorkColumns, columns_of_works, read_table
from .rows import batches_of, schema_with
from .works import Report, Work

BIBTEX, RIS, MEDLINE, WEB_OF_SCIENCE = "bibtex", "ris", "medline", "web-of-science"
TEXT, WORKS, WORK_LINES = "text", "works", "work-lines"
KINDS = (BIBTEX, RIS, MEDLINE, WEB_OF_SCIENCE, TEXT, WORKS, WORK_LINES)
# How text in each format begins.
_BEGINNINGS = {
    b"@": BIBTEX, b"PMID-": MEDLINE, b"TY  -": RIS, b"FN ": WEB_OF_SCIENCE, b"PT ": WEB_OF_SCIENCE,
}  # fmt: skip
_NOT_READ = {b"%0 ": "EndNote's own format", b"<?xml": "XML"}
# The longest line of works in JSON.
LONGEST_LINE = 64 * 1024 * 1024

__all__ = [
    "BIBTEX", "KINDS", "MEDLINE", "RIS", "TEXT", "WEB_OF_SCIENCE", "WORKS", "WORK_LINES",
    "Bibliography", "WorkColumns", "columns_of_works", "kind_of_text", "read",
    "read_exported_table", "whole_lines",
]  # fmt: skip

Reader = Callable[[Iterable[bytes], Report], Iterator[Work]]


@dataclass(frozen=True)
class Bibliography:
    """An open bibliography: the columns of its authors, and the works, which can be read once.

    report counts what was left out so far.
    """

    schema: pa.Schema
    works: Iterator[Work]
    report: Report

    def batches(self) -> Iterator[tuple[pa.RecordBatch, list[bool]]]:
        """Yield the authors in batches, and which rows have bytes that are not UTF-8."""
        return batches_of(self.works, self.schema, self.report)


def read(kind: str, lines: Iterable[bytes]) -> Bibliography:
    """Return the bibliography in lines of a kind.

    Raise InvalidInput if its parser is not installed, or a document of works is not one; reading
    works may raise it too.
    """
    report = Report()
    if kind in (WORKS, WORK_LINES):
        if kind == WORKS:
            items = json_works.from_document(json_works.document_in(lines))
        else:
            items = json_works.JsonWorks(lines, "line")
        names = ["name", "country"] if items.is_open_alex else ["name", "given_name", "family_name"]
        return Bibliography(schema_with(names), items.works(report), report)
    return Bibliography(schema_with(["name"]), _reader(kind)(lines, report), report)


def read_exported_table(
    rows: Iterable[Mapping[str, str] | None], columns: WorkColumns
) -> Bibliography:
    """Return the bibliography in the rows of a table, None for those that cannot be read."""
    report = Report()
    return Bibliography(schema_with(["name"]), read_table(rows, columns, report), report)


def kind_of_text(beginning: bytes) -> str | None:
    """Return the format of text by its first line that is not blank; None for another text.

    Raise InvalidInput for formats of bibliographies that are not read.
    """
    first = beginning.removeprefix(codecs.BOM_UTF8).lstrip()
    kinds = (kind for begin, kind in _BEGINNINGS.items() if first.startswith(begin))
    kind = next(kinds, None)
    for begin, other in _NOT_READ.items():
        if kind is None and first.startswith(begin):
            raise InvalidInput(
                f"this is {other}, which is not read: export the bibliography as RIS (.ris) or "
                "BibTeX (.bib) instead"
            )
    return kind


def _reader(kind: str) -> Reader:
    # The parsers may not be installed.
    if kind == BIBTEX:
        from .bibtex import read_bibtex

        return read_bibtex
    from .tagged import read_medline, read_ris, read_web_of_science

    readers = {RIS: read_ris, MEDLINE: read_medline, WEB_OF_SCIENCE: read_web_of_science}
    return readers[kind]


def whole_lines(read_line: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield lines up to the end; raise InvalidInput if one is longer than LONGEST_LINE."""
    while line := read_line(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise InvalidInput(f"a line is longer than {LONGEST_LINE:,} bytes: break it into lines")
        yield line
