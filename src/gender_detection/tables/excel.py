"""Spreadsheets: read a sheet of a workbook of Excel or LibreOffice, or write one of Excel."""

import contextlib
import datetime
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import InvalidInput
from .blocks import COLUMNS, Block, to_bytes
from .header_rows import LAYOUT_ROWS, below_preamble, other_rows
from .table_file import TableFile
from .text_layout import TextOptions

BLOCK_ROWS = 10_000
# Blocks have fewer rows if there are many columns.
BLOCK_CELLS = 1_000_000
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
# Characters that XML, and so a workbook, cannot hold.
_NO_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

try:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    from .sheet_process import Row
    from .workbook import Sheet
except ImportError as err:
    raise InvalidInput(
        "spreadsheets need python-calamine and openpyxl, which are not installed: run "
        "'pip install openpyxl python-calamine', or use CSV in UTF-8"
    ) from err


class ExcelSource:
    """A sheet, whose cells are read as text; Block.kept has the original cells.

    Cells with formulas have their values, because formulas may combine names.
    """

    kind = COLUMNS

    def __init__(self, path: Path, options: TextOptions) -> None:
        """Open the sheet that options name, or the first visible one; look for its header below
        a preamble, as in text. Raise InvalidInput as Sheet, or if the sheet is empty."""
        TableFile(path).close()  # raises an error with the remedy if it cannot be read
        self._sheet = Sheet(path, options.sheet)
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            rows = self._sheet.rows()
            first = list(islice(rows, LAYOUT_ROWS))
            texts = [[text_of(cell) or "" for cell in row] for _, row in first]
            above, below = below_preamble(texts, options.columns, ragged=True)
            names = texts[above] if texts else []
            if not any(names):
                raise InvalidInput(f"the sheet {self._sheet.title} is empty: add a header row")
            undo.pop_all()
        self._rows = chain(first[below:], rows)
        self.columns = tuple(names)
        self.schema = pa.schema([(name, pa.string()) for name in names])
        others = other_rows(below - 1) if below > above + 1 else None
        told = 0 if others else above
        note = self._note(first[above][0], told, options.sheet is not None)
        self.note = "; ".join(filter(None, [note, others])) or None

    def _note(self, number: int, above: int, chosen: bool) -> str | None:
        sheet, notes = self._sheet, []
        if sheet.others and not chosen:
            which = "first sheet that is not hidden" if sheet.hidden else "first sheet"
            notes.append(
                f"only the {which}, {sheet.title}, is read; {sheet.others} more are not (choose "
                "with --sheet)"
            )
        if above:
            notes.append(f"left out {'a row' if above == 1 else f'{above} rows'} above the header")
        if number > 1:
            notes.append(f"its header is in row {number}")
        return "; ".join(notes) or None

    @property
    def skipped_content(self) -> str | None:
        """What was skipped in the sheet so far."""
        sheet, skipped = self._sheet, []
        if sheet.blank_rows:
            skipped.append(f"blank rows skipped: {sheet.blank_rows:,}")
        if sheet.counts.formulas:
            skipped.append(
                f"formulas without a saved value, read as empty: {sheet.counts.formulas:,} "
                "(save the workbook in Excel or LibreOffice first)"
            )
        if sheet.counts.errors:
            skipped.append(f"errors such as #N/A, read as empty: {sheet.counts.errors:,}")
        return "; ".join(skipped) or None

    @property
    def share_read(self) -> float | None:
        """The share of the sheet's rows."""
        return self._sheet.share_read

    def blocks(self, wanted: Sequence[str] | None) -> Iterator[Block]:
        """Yield rows that are not blank; a row with cells beyond the header is bad."""
        width = len(self.columns)
        names = self.columns if wanted is None else wanted
        indices = [self.columns.index(name) for name in names]
        schema = pa.schema([(name, pa.string()) for name in names])
        at_once = max(1, min(BLOCK_ROWS, BLOCK_CELLS // width))
        while taken := list(islice(self._rows, at_once)):
            numbers = [number for number, _ in taken]
            bad = [len(row) > width for _, row in taken]
            rows = [_fitted(row, width) for _, row in taken]
            columns = [[text_of(row[at]) for row in rows] for at in indices]
            arrays = [pa.array(column, pa.string()) for column in columns]
            batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
            yield Block(to_bytes([batch], schema).to_pybytes(), bad, rows, numbers)

    def close(self) -> None:
        """Stop reading."""
        self._sheet.close()


def text_of(cell: Any) -> str | None:
    """Return a cell as text: whole numbers without .0, dates without a time of 00:00."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _fitted(row: Row, width: int) -> tuple[Any, ...]:
    """Return a row of the header's width; the last cell also holds the cells beyond it."""
    if len(row) <= width:
        return (*row, *[None] * (width - len(row)))
    beyond = [text_of(cell) for cell in row[width - 1 :]]
    return (*row[: width - 1], ", ".join([text for text in beyond if text is not None]))


class ExcelTarget:
    """A workbook to which rows are written; finish writes the file."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self._path = path
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet("answers")
        self._sheet.append([self._cell(name) for name in names])
        self._written = 1

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows; raise InvalidInput if they exceed the limits of Excel."""
        self._written += len(rows)
        if self._written > MOST_ROWS:
            raise InvalidInput(
                f"an Excel sheet has at most {MOST_ROWS:,} rows: write .csv or .parquet"
            )
        for row in rows:
            self._sheet.append([self._cell(value) for value in row])

    def _cell(self, value: Any) -> Any:
        if isinstance(value, datetime.datetime) and value.tzinfo is not None:
            value = value.isoformat()  # Excel has no time zones
        if isinstance(value, (dict, list, tuple, bytes)):
            value = str(value)
        if not isinstance(value, str):
            return value
        if len(value) > MOST_CHARACTERS:
            raise InvalidInput(
                f"an Excel cell has at most {MOST_CHARACTERS:,} characters: write .csv or .parquet"
            )
        cell = WriteOnlyCell(self._sheet, _NO_XML.sub("\ufffd", value))
        # A string even if it begins with =.
        cell.data_type = "s"
        return cell

    def finish(self) -> None:
        """Write the file."""
        self._book.save(self._path)

    def close(self) -> None:
        """Remove what openpyxl keeps of an unfinished sheet; only finish makes the file."""
        if self._sheet.closed:
            return
        # Otherwise the rows would stay in a temporary file until the process ends, and an error be
        # printed when the sheet is collected.
        self._sheet.close()
        self._sheet._writer.cleanup()
