"""Read the UK Office for National Statistics' workbook of baby names, England and Wales.

An .xlsx file is a zip of XML parts (ECMA-376). Only the shared strings and the rows of two sheets
are needed, so they are read as a stream, without a spreadsheet library.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa

from ..errors import SourceError
from .archives import open_archive, open_member
from .catalogue import HttpSource
from .reading import ReadStats
from .tabulate import Fault, Statement, Verdict, tabulate

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
COUNT_HEADER = re.compile(r"(\d{4})\s+count", re.IGNORECASE)

Row = list[str]


def parse_ons(path: Path, entry: HttpSource, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    """Yield a statement for each name and year of the sheets for girls and for boys.

    A sheet has a title with its sex, then a header Name, 2024 Rank, 2024 Count, 2023 Rank, …;
    counts under three are withheld ("[x]"). The lines counted are the rows of these sheets.
    """
    with open_archive(path, entry.name) as archive:
        workbook = _Workbook(archive, entry)
        found = set()
        for sheet in workbook.sheets():
            table = _Table(sheet)
            rows = workbook.rows(sheet)
            for batch in tabulate(entry.name, rows, table.interpret, stats, part=f"sheet {sheet}"):
                found.add(table.sex)
                yield batch
        if found != {"F", "M"}:
            raise SourceError(
                f"source {entry.name}: {path.name} has no table of counts by year for each sex"
                f"{entry.hint}"
            )


class _Table:
    """A sheet; its sex and the columns of its counts are in the first rows."""

    def __init__(self, title: str) -> None:
        self.sex: str | None = _sex(title)
        self.count_columns: dict[int, int] = {}

    def interpret(self, row: Row) -> Verdict:
        if not self.count_columns:
            self.sex = self.sex or _sex(" ".join(row))
            if row and row[0].strip().lower() == "name" and self.sex:
                matches = ((i, COUNT_HEADER.fullmatch(c.strip())) for i, c in enumerate(row))
                self.count_columns = {i: int(match[1]) for i, match in matches if match}
            return "header"
        name = row[0].strip() if row else ""
        if not name:
            return Fault("its first cell (the name) is empty")
        found: list[Statement] = []
        for index, year in self.count_columns.items():
            if index < len(row) and re.fullmatch(r"\d+(\.0)?", row[index]):
                female, male = (
                    (float(row[index]), None) if self.sex == "F" else (None, float(row[index]))
                )
                found.append(Statement(name, "GB", year, female, male))
        return found or "no_count_published"


def _sex(text: str) -> str | None:
    girls, boys = "girl" in text.lower(), "boy" in text.lower()
    return None if girls == boys else "F" if girls else "M"


class _Workbook:
    """The sheets of an open .xlsx archive, each read as a stream."""

    def __init__(self, archive: zipfile.ZipFile, entry: HttpSource) -> None:
        self._archive, self._entry = archive, entry
        self._strings = [
            "".join(text.text or "" for text in item.iter(f"{MAIN}t"))
            for item in self._elements("xl/sharedStrings.xml", f"{MAIN}si")
        ]
        targets = {
            rel.get("Id"): posixpath.normpath(posixpath.join("xl", rel.get("Target", "")))
            for rel in self._elements("xl/_rels/workbook.xml.rels", None)
        }
        self._parts = {
            str(sheet.get("name")): targets.get(sheet.get(REL_ID), "")
            for sheet in self._elements("xl/workbook.xml", f"{MAIN}sheet")
        }

    def sheets(self) -> list[str]:
        """Return the names of the sheets that may hold a table of names."""
        return [name for name in self._parts if re.match(r"(table|girls|boys)", name.lower())]

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the cells of each row as text, "" for a missing cell."""
        for row in self._elements(self._parts[sheet], f"{MAIN}row"):
            cells: Row = []
            for cell in row.iter(f"{MAIN}c"):
                index = _column_index(cell.get("r", ""), len(cells))
                cells += [""] * (index + 1 - len(cells))
                cells[index] = self._text(cell)
            yield cells

    def _text(self, cell: ElementTree.Element) -> str:
        if cell.get("t") == "inlineStr":
            return "".join(text.text or "" for text in cell.iter(f"{MAIN}t"))
        value = cell.findtext(f"{MAIN}v", "")
        if cell.get("t") != "s":
            return value
        try:
            return self._strings[int(value)]
        except (ValueError, IndexError) as err:
            raise SourceError(
                f"source {self._entry.name}: the workbook has no shared string {value!r}: it is "
                "damaged, download it again"
            ) from err

    def _elements(self, part: str, tag: str | None) -> Iterator[ElementTree.Element]:
        try:
            member = self._archive.getinfo(part)
        except KeyError:
            if part == "xl/sharedStrings.xml":
                return  # a workbook without text has none
            raise SourceError(
                f"source {self._entry.name}: the file is not an .xlsx workbook (it has no {part!r})"
                f"{self._entry.hint}"
            ) from None
        limit = self._entry.max_unpacked_bytes
        try:
            with open_member(self._archive, member, limit, self._entry.name) as stream:
                # Safe from entity expansion, which expat limits since 2.4.
                for _, element in ElementTree.iterparse(stream):  # noqa: S314
                    if tag is None or element.tag == tag:
                        yield element
                        element.clear()
        except ElementTree.ParseError as err:
            raise SourceError(
                f"source {self._entry.name}: {part} of the workbook cannot be read ({err})"
                f"{self._entry.hint}"
            ) from err


def _column_index(reference: str, default: int) -> int:
    """Return the 0-based column of a cell reference such as AB12."""
    letters = re.match("[A-Z]{1,3}", reference)
    if not letters:
        return default
    index = 0
    for letter in letters[0]:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
