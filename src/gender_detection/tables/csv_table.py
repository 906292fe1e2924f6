"""Read a CSV table block by block from a stream of bytes."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from ..errors import InvalidInput
from .csv_layout import Layout, count_rows, lay_out, quotes_pair_up
from .csv_repair import (
    LONGEST_ROW,
    RepairedCsv,
    cells_of,
    end_of_row,
    lay_out_repaired,
    repair_csv,
    written,
)

BLOCK_BYTES = 256 * 1024
BLOCK_ROWS = 20_000
SHOWN_COLUMNS = 20
SHOWN_CHARACTERS = 40
BOM = b"\xef\xbb\xbf"
_QUOTED = re.compile(rb'"[^"]*"')


class ByteStream(Protocol):
    """A readable stream, such as a file or the body of a request."""

    def read(self, size: int, /) -> bytes:
        """Return at most size bytes, b"" only at the end."""


@dataclass(frozen=True)
class CsvBlock:
    """Some rows of a table; cells, lines and bad have the same length.

    cells  the requested columns, as strings without null; an empty cell is ""
    lines  the rows as CSV without line ends; good rows are as written
    bad    which rows do not match the header
    """

    cells: pa.RecordBatch
    lines: pa.StringArray
    bad: pa.BooleanArray

    def slice(self, start: int, rows: int) -> "CsvBlock":
        """Return at most this many rows from start on, without a copy."""
        return CsvBlock(
            self.cells.slice(start, rows),
            self.lines.slice(start, rows),
            self.bad.slice(start, rows),
        )


@dataclass(frozen=True)
class CsvText:
    """Whole rows of a table: as written or, if bad is given, repaired, with the bad ones marked."""

    text: bytes | memoryview
    bad: list[bool] | None = None


@dataclass(frozen=True)
class CsvTable:
    """A CSV table, of which the header is read.

    columns    the names in the header
    header     the header as written, without its line end; if its quotes are not as in RFC 4180, it
               is written anew
    line_end   the line end of the header
    delimiter  the delimiter of cells
    """

    columns: tuple[str, ...]
    header: bytes
    line_end: bytes
    delimiter: bytes
    _source: "_Source"

    def blocks(self, columns: Sequence[str] | None = None) -> Iterator[CsvBlock]:
        """Yield the rows in order, in blocks of at most BLOCK_ROWS, with the requested columns.

        Can be called once. Raise InvalidInput for a row longer than LONGEST_KEPT, KeyError for a
        column that does not exist, and the errors of the stream.
        """
        indices = {name: at for at, name in enumerate(self.columns)}
        wanted = {name: indices[name] for name in (self.columns if columns is None else columns)}
        for layout, bad in self._layouts():
            cells = {name: layout.column(at) for name, at in wanted.items()}
            rows = len(layout.lines)
            batch = pa.RecordBatch.from_pydict(cells)
            marks = pa.array(np.zeros(rows, bool) if bad is None else bad, pa.bool_())
            block = CsvBlock(batch, layout.lines, marks)
            yield from (block.slice(at, BLOCK_ROWS) for at in range(0, rows, BLOCK_ROWS))

    def texts(self) -> Iterator[CsvText]:
        """Yield the rows in order as blocks of text for csv_rows.read_rows.

        Parses only as much as needed to be certain where rows end; other processes can do the rest.
        Can be called once, instead of blocks; raises the same errors.
        """
        source, width = self._source, len(self.columns)
        while source.fill():
            text, end = source.text, 0 if source.waits else source.end_of_rows()
            if end and self._ends_for_certain(text, end):
                source.drop(end)
                # Not copied: the block is passed on to another process.
                yield CsvText(memoryview(text)[:end])
            elif (repaired := source.take_repaired(self.delimiter, width)).bad:
                yield CsvText(repaired.text, repaired.bad)

    def count_rows(self, most: int) -> int:
        """Return how many rows there are, or a number above most if there are more than most.

        A line break within quotes is part of its row; a blank line is a row. Reads only as far as
        needed. Can be called once, instead of blocks; raises the same errors.
        """
        rows = 0
        for part in self.texts():
            rows += count_rows(bytes(part.text)) if part.bad is None else len(part.bad)
            if rows > most:
                break
        return rows

    def _ends_for_certain(self, text: bytes, end: int) -> bool:
        if text.find(b'"', 0, end) < 0:
            return True
        return quotes_pair_up(text[:end], self.delimiter, LONGEST_ROW)

    def _layouts(self) -> Iterator[tuple[Layout, list[bool] | None]]:
        """Yield the rows block by block, and which are bad, or None if none was repaired."""
        source, width = self._source, len(self.columns)
        while source.fill():
            whole = b"" if source.waits else source.text[: source.end_of_rows()]
            plain = lay_out(whole, self.delimiter, width) if is_utf8(whole) else None
            if whole and plain and plain.longest_line <= LONGEST_ROW:
                source.drop(len(whole))
                yield plain, None
                continue
            repaired = source.take_repaired(self.delimiter, width)
            if repaired.bad:
                layout = lay_out_repaired(repaired.text, repaired.bad, self.delimiter, width)
                yield layout, repaired.bad


def read_csv(
    stream: ByteStream,
    delimiter: str = ",",
    *,
    block_bytes: int = BLOCK_BYTES,
    names: Sequence[str] | None = None,
    rename: Callable[[tuple[str, ...]], tuple[str, ...]] | None = None,
) -> CsvTable:
    """Read the header of a table in UTF-8 (a byte order mark is allowed) and return the table.

    Rows end with LF or CRLF; cells are quoted as in RFC 4180. names are those of the columns of a
    table without a header, which gets one. rename returns other names for those in the header.
    Raise InvalidInput if the header is missing, cannot be read or has a column twice.
    """
    source, cut = _Source(stream, block_bytes), delimiter.encode()
    if names is not None:
        mark, line_end = source.take_mark()
        return CsvTable(
            tuple(names), mark + cut.join(map(str.encode, names)), line_end, cut, source
        )
    header, line_end, plain = source.take_header(cut)
    columns = _columns(header.removeprefix(BOM), cut)
    if not plain:
        mark = BOM if header.startswith(BOM) else b""
        header = mark + written([column.encode() for column in columns], cut)
    columns = rename(columns) if rename else columns
    check_names(columns)
    return CsvTable(columns, header, line_end, cut, source)


def shown(columns: Sequence[str]) -> str:
    """Return the names of columns, shortened, for an error message."""
    listed = ", ".join(repr(name[:SHOWN_CHARACTERS]) for name in columns[:SHOWN_COLUMNS])
    more = len(columns) - SHOWN_COLUMNS
    return f"{listed} and {more} more" if more > 0 else listed


def check_names(columns: Sequence[str]) -> None:
    """Raise InvalidInput if two columns have the same name."""
    repeated = [name for name, count in Counter(columns).items() if count > 1]
    if repeated:
        raise InvalidInput(f"the header has {shown(repeated)} more than once: rename or remove one")


class _Source:
    """The part of a stream that is read but not used yet: text, which begins with a row.

    waits: whether text is the beginning of a row whose end is not read yet.
    """

    def __init__(self, stream: ByteStream, block_bytes: int) -> None:
        self._stream = stream
        self._block_bytes = self._wanted = block_bytes
        # Text read to find the end of a row, which follows self.text; in reverse order.
        self._ahead: list[memoryview] = []
        self._at_end = False
        self.text = b""
        self.waits = False

    @property
    def ended(self) -> bool:
        """Whether nothing follows text."""
        return self._at_end and not self._ahead

    def fill(self) -> bool:
        """Read until text is a whole block; return False at the end of the stream."""
        parts: list[bytes | memoryview] = [self.text]
        size = len(self.text)
        while size < self._wanted and not self.ended:
            part = self._next(self._wanted - size)
            parts.append(part)
            size += len(part)
        if len(parts) > 1:
            self.text = b"".join(parts)
        self._wanted = self._block_bytes
        if self.ended and self.text and not self.text.endswith(b"\n"):
            self.text += b"\n"
        return bool(self.text)

    def _next(self, size: int) -> bytes | memoryview:
        if not self._ahead:
            part = self._stream.read(size)
            self._at_end = not part
            return part
        ahead = self._ahead.pop()
        if len(ahead) > size:
            self._ahead.append(ahead[size:])
        return ahead[:size]

    def drop(self, size: int) -> None:
        self.text = self.text[size:]

    def take_repaired(self, delimiter: bytes, width: int) -> RepairedCsv:
        """Remove some rows and return them repaired; none if the first row needs more text."""
        repaired = repair_csv(self.text, delimiter, width, final=self.ended)
        self.drop(repaired.used)
        if not repaired.used:
            self.want_more()
        elif self.waits:
            self.waits = False
            self._keep_a_block()
        return repaired

    def want_more(self) -> None:
        """Let fill double the text: so a long row is not searched again for each block."""
        self.waits = True
        self._wanted = len(self.text) + max(len(self.text), self._block_bytes)

    def _keep_a_block(self) -> None:
        """Keep only one block in text, because a layout needs many times its size."""
        if len(self.text) > self._block_bytes:
            self._ahead.append(memoryview(self.text)[self._block_bytes :])
            self.text = self.text[: self._block_bytes]

    def end_of_rows(self) -> int:
        """Return the end of the last line that ends outside of quotes, 0 if there is none."""
        text = self.text
        end = text.rfind(b"\n")
        # Finding one quote is many times faster than counting them.
        quotes = text.count(b'"', 0, max(end, 0)) if b'"' in text else 0
        while end >= 0 and quotes % 2:
            before = text.rfind(b"\n", 0, end)
            quotes -= text.count(b'"', max(before, 0), end)
            end = before
        return end + 1

    def take_header(self, delimiter: bytes) -> tuple[bytes, bytes, bool]:
        """Remove the first row and return it, with any byte order mark, its line end, and whether
        it is plain."""
        end, plain = 0, True
        while not end and self.fill():
            begin = len(BOM) if self.text.startswith(BOM) else 0
            end, plain = end_of_row(
                self.text, begin, delimiter, final=self.ended, longest=LONGEST_ROW
            )
            self.want_more()
        self._wanted, self.waits = self._block_bytes, False
        row, self.text = self.text[:end], self.text[end:]
        self._keep_a_block()
        line_end = _line_end(row)
        return row.removesuffix(line_end), line_end, plain

    def take_mark(self) -> tuple[bytes, bytes]:
        """Remove a byte order mark and return it, b"" if there is none, and the first line end.

        Raise InvalidInput if nothing follows, or it is not text.
        """
        while self.fill() and not self.ended:
            if len(self.text) > len(BOM) and b"\n" in self.text:
                break
            self.want_more()
        self._wanted, self.waits = self._block_bytes, False
        mark = BOM if self.text.startswith(BOM) else b""
        self.drop(len(mark))
        first = self.text[: self.text.find(b"\n") + 1]
        if self.ended and self.text in (b"", b"\n"):
            raise InvalidInput("the table is empty: add rows")
        _check_text(first.removesuffix(_line_end(first)))
        self._keep_a_block()
        return mark, _line_end(first)


def _columns(header: bytes, delimiter: bytes) -> tuple[str, ...]:
    if not header.strip():
        raise InvalidInput(
            "the table is empty, or its first line is blank: begin it with a header row, "
            "such as name,country"
        )
    if not is_utf8(header):
        raise InvalidInput("the header is not UTF-8: save the table as CSV in UTF-8")
    _check_text(header)
    cells = cells_of(header, delimiter)
    if cells is None:
        raise InvalidInput("a quote in the header is not closed: close or remove it")
    return tuple(cell.decode() for cell in cells)


def _check_text(line: bytes) -> None:
    if b"\0" in line:
        raise InvalidInput("this is not text: save the table as CSV in UTF-8")
    if b"\r" in _QUOTED.sub(b"", line):
        raise InvalidInput("lines end with CR alone: save the table with LF or CRLF line ends")


def _line_end(row: bytes) -> bytes:
    return b"\r\n" if row.endswith(b"\r\n") else b"\n"


def is_utf8(text: bytes) -> bool:
    """Return whether text is UTF-8."""
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
