"""Excel workbooks: read the first visible sheet, whose first row is the header, or write one."""

import datetime
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import GenderDetectionError, InvalidInput
from .blocks import COLUMNS, Block, to_bytes
from .table_file import TableFile

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

    from .workbook import Row, Workbook
except ImportError as err:
    raise InvalidInput(
        ".xlsx files need openpyxl, which is not installed: run 'pip install openpyxl', or use CSV "
        "in UTF-8"
    ) from err


class ExcelSource:
    """A sheet, whose cells are read as text; Block.kept has the original cells."""

    kind = COLUMNS

    def __init__(self, path: Path) -> None:
        TableFile(path).close()  # raises an error with the remedy if it cannot be read
        # Cells with formulas have their values, because formulas may combine names.
        self._book = Workbook(path)
        try:
            self._rows = self._book.rows()
            # There may be blank rows before the header.
            number, header = next(self._rows, (0, {}))
            names = [text_of(header.get(at)) or "" for at in range(max(header, default=-1) + 1)]
            while names and not names[-1]:
                names.pop()
            if not names:
                raise InvalidInput(f"the sheet {self._book.title} is empty: add a header row")
        except GenderDetectionError:
            self.close()
            raise
        self.columns = tuple(names)
        self.schema = pa.schema([(name, pa.string()) for name in names])
        self.note = self._note(number)

    def _note(self, number: int) -> str | None:
        book, notes = self._book, []
        if book.others:
            which = "first sheet that is not hidden" if book.hidden else "first sheet"
            notes.append(f"only the {which}, {book.title}, is read; {book.others} more are not")
        if number > 1:
            notes.append(f"its header is in row {number}")
        return "; ".join(notes) or None

    @property
    def skipped_content(self) -> str | None:
        """What was skipped in the sheet so far."""
        book, skipped = self._book, []
        if book.blank_rows:
            skipped.append(f"blank rows skipped: {book.blank_rows:,}")
        if book.formulas_without_value:
            skipped.append(
                f"formulas without a saved value, read as empty: {book.formulas_without_value:,} "
                "(save the workbook in Excel or LibreOffice first)"
            )
        return "; ".join(skipped) or None

    @property
    def share_read(self) -> float | None:
        """The share of the sheet's bytes."""
        return self._book.share_read

    def blocks(self, wanted: Sequence[str] | None) -> Iterator[Block]:
        """Yield rows that are not blank; a row with cells beyond the header is bad."""
        width = len(self.columns)
        names = self.columns if wanted is None else wanted
        indices = [self.columns.index(name) for name in names]
        schema = pa.schema([(name, pa.string()) for name in names])
        at_once = max(1, min(BLOCK_ROWS, BLOCK_CELLS // width))
        while taken := list(islice(self._rows, at_once)):
            numbers = [number for number, _ in taken]
            bad = [max(row) >= width for _, row in taken]
            rows = [_fitted(row, width) for _, row in taken]
            columns = [[text_of(row[at]) for row in rows] for at in indices]
            arrays = [pa.array(column, pa.string()) for column in columns]
            batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
            yield Block(to_bytes([batch], schema).to_pybytes(), bad, rows, numbers)

    def close(self) -> None:
        """Close the file."""
        self._book.close()


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
    if max(row) < width:
        return tuple([row.get(at) for at in range(width)])
    beyond = [text_of(row[at]) for at in sorted(row) if at >= width - 1]
    text = ", ".join([text for text in beyond if text is not None])
    return (*[row.get(at) for at in range(width - 1)], text)


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
