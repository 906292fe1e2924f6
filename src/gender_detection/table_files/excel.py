"""Workbooks of Excel: the first sheet, its first row the header."""

import datetime
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pyarrow as pa

from ..errors import InvalidInput
from ..table_file import TableFile
from .task import COLUMNS, to_bytes
from .workers import Block

BLOCK_ROWS = 10_000
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
Row = tuple[Any, ...]

try:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.utils.exceptions import InvalidFileException
except ImportError as err:
    raise InvalidInput(
        "files .xlsx need openpyxl, which is not installed here: pip install openpyxl, or save the "
        "table as CSV in UTF-8"
    ) from err


class ExcelSource:
    """A sheet: its cells are text to those who read; what is kept of a block is the cells."""

    kind = COLUMNS

    def __init__(self, path: Path) -> None:
        TableFile(path).close()  # which tells well what cannot be read
        try:
            # Values in place of formulas: names may be put together by some.
            self._book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            sheet = self._book.worksheets[0]
            self._rows: Iterator[Row] = sheet.iter_rows(values_only=True)
            header = next(self._rows, ())
        except (BadZipFile, KeyError, ValueError, IndexError, InvalidFileException) as err:
            raise InvalidInput(f"{path} is no workbook .xlsx, or a damaged one: save anew") from err
        names = [text_of(cell) or "" for cell in header]
        while names and not names[-1]:
            names.pop()
        if not names:
            raise InvalidInput("the first sheet is empty: begin it with a header row")
        self.columns = tuple(names)
        self.schema = pa.schema([(name, pa.string()) for name in names])
        self._all, self._done = sheet.max_row, 1
        more = len(self._book.worksheets) - 1
        self.note = (
            f"the first sheet, {sheet.title}, is read, {more} more are not" if more else None
        )

    @property
    def share_read(self) -> float | None:
        """The share of the rows that the sheet says it has."""
        return min(self._done / self._all, 1.0) if self._all else None

    def blocks(self, wanted: Sequence[str] | None) -> Iterator[Block]:
        """Yield rows that are not blank; one with cells beyond the header is bad."""
        width = len(self.columns)
        names = self.columns if wanted is None else wanted
        places = [self.columns.index(name) for name in names]
        schema = pa.schema([(name, pa.string()) for name in names])
        while taken := list(islice(self._rows, BLOCK_ROWS)):
            self._done += len(taken)
            rows = [row for row in taken if any(cell is not None for cell in row)]
            bad = [any(cell is not None for cell in row[width:]) for row in rows]
            rows = [_fitted(row, width) for row in rows]
            columns = [[text_of(row[at]) for row in rows] for at in places]
            arrays = [pa.array(column, pa.string()) for column in columns]
            batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
            if rows:
                yield Block(to_bytes([batch], schema).to_pybytes(), bad, rows)

    def close(self) -> None:
        """Close the file."""
        self._book.close()


def text_of(cell: Any) -> str | None:
    """Return a cell as a text, without what Excel alone adds to it."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _fitted(row: Row, width: int) -> Row:
    """Return a row of the header's width; the last cell holds what is too much."""
    beyond = [text for cell in row[width - 1 :] if (text := text_of(cell)) is not None]
    if len(row) > width and any(cell is not None for cell in row[width:]):
        return (*row[: width - 1], ", ".join(beyond))
    return (*row[:width], *[None] * (width - len(row)))


class ExcelTarget:
    """A workbook that rows are written to; finish makes the file."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self._path = path
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet("answers")
        self._sheet.append([self._cell(name) for name in names])
        self._written = 1

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows; raise InvalidInput where Excel cannot hold them."""
        self._written += len(rows)
        if self._written > MOST_ROWS:
            raise InvalidInput(
                f"a sheet of Excel holds {MOST_ROWS:,} rows at most: write .csv or .parquet"
            )
        for row in rows:
            self._sheet.append([self._cell(value) for value in row])

    def _cell(self, value: Any) -> Any:
        if isinstance(value, datetime.datetime) and value.tzinfo is not None:
            value = value.isoformat()  # Excel knows no time zones
        if isinstance(value, (dict, list, tuple, bytes)):
            value = str(value)
        if not isinstance(value, str):
            return value
        if len(value) > MOST_CHARACTERS:
            raise InvalidInput(
                f"a cell of Excel holds {MOST_CHARACTERS:,} characters at most: write .csv or "
                ".parquet"
            )
        cell = WriteOnlyCell(self._sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", value))
        # Text that begins with = is no formula here.
        cell.data_type = "s"
        return cell

    def finish(self) -> None:
        """Write the file."""
        self._book.save(self._path)

    def close(self) -> None:
        """Do nothing: what is not finished is in no file."""
