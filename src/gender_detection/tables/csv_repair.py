"""Repair CSV text that is not plain, row by row; nothing is lost, and bad rows are marked."""

import functools
import re
import sys
from typing import NamedTuple

import pyarrow as pa

from ..errors import InvalidInput
from .csv_layout import Layout, lay_out

# A row with more bytes is kept, but bad: it is not about a person.
LONGEST_ROW = 1024 * 1024
# A row, which a missing quote can make very long, is held in memory some five times. This limits
# the memory that a table can use in a server.
LONGEST_KEPT = 16 * 1024 * 1024
# Limits the repaired text: a short row may be filled up to the many columns of a header.
MOST_TEXT = 512 * 1024


class RepairedCsv(NamedTuple):
    """Plain CSV text, which of its rows are bad, and how many bytes of the text were used.

    A row longer than LONGEST_ROW is the only one.
    """

    text: bytes
    bad: list[bool]
    used: int


def repair_csv(text: bytes, delimiter: bytes, width: int, *, final: bool) -> RepairedCsv:
    """Return rows with width cells, quoted as in RFC 4180; good rows stay as written.

    A row with too few cells gets empty ones. In a row with too many, the last cell holds the rest
    of the row. If a quote is not closed within LONGEST_KEPT bytes, its line is a row with all text
    in the first cell. Bytes that are not UTF-8 become U+FFFD. All these rows are bad, and so are
    rows longer than LONGEST_ROW; rows with quotes inside an unquoted cell are not. Blank lines are
    removed if there is more than one column.

    Unless text is final, a row that may continue after the text is left for the next call. Raise
    InvalidInput for a line longer than LONGEST_KEPT.
    """
    rows: list[bytes] = []
    bad: list[bool] = []
    at = size = 0
    while at < len(text) and size < MOST_TEXT:
        end, plain = end_of_row(text, at, delimiter, final=final)
        is_long = end - at > LONGEST_ROW
        if not end or (is_long and rows):
            break
        row = text[at : end - 1].removesuffix(b"\r")
        at = end
        if not row and width > 1:
            continue
        row, is_bad = _repaired_row(row, delimiter, width, plain=plain)
        rows.append(row + b"\n")
        bad.append(is_bad or is_long)
        size += len(row)
        if is_long:
            break
    return RepairedCsv(b"".join(rows), bad, at)


def lay_out_repaired(text: bytes, bad: list[bool], delimiter: bytes, width: int) -> Layout:
    """Return the layout of text from repair_csv."""
    if len(bad) == 1 and len(text) > LONGEST_ROW:
        # lay_out would need many times the size of the text.
        line = text.removesuffix(b"\n")
        cells = _patterns(delimiter).as_written.findall(delimiter + line)
        return Layout(pa.array(cells, pa.string()), pa.array([line], pa.string()), width, True)
    layout = lay_out(text, delimiter, width)
    if layout is None:
        raise AssertionError("repaired text is not plain")
    return layout


def end_of_row(
    text: bytes, at: int, delimiter: bytes, *, final: bool, longest: int | None = None
) -> tuple[int, bool]:
    """Return where the row that begins at a position ends, and whether it is plain; 0 if its end
    is not in text.

    A closing quote is looked for in at most longest bytes, by default LONGEST_KEPT. Raise
    InvalidInput for a line longer than that.
    """
    longest = LONGEST_KEPT if longest is None else longest
    patterns = _patterns(delimiter)
    record = patterns.record.match(text, at)
    if record and record.end() - at <= longest:
        return record.end(), True
    left = len(text) - at
    if not final and left <= longest and patterns.unfinished.match(text, at):
        return 0, False
    end = text.find(b"\n", at) + 1
    if (end or len(text)) - at > longest:
        raise InvalidInput(
            f"a row is longer than {longest} bytes: remove long texts from the table"
        )
    return end, False


def cells_of(row: bytes, delimiter: bytes, most: int = sys.maxsize) -> list[bytes] | None:
    """Return the values of a row's cells, None if a quote is not closed.

    Quotes are read as in most programs: text after a closing quote belongs to the cell, and quotes
    in a cell that does not begin with one are ordinary characters. If there are more than most
    cells, the rest of the row, unchanged, follows the first most cells.
    """
    if b'"' not in row:
        return row.split(delimiter, most)
    patterns = _patterns(delimiter)
    row = delimiter + row
    if not patterns.closed.fullmatch(row):
        return None
    cells: list[bytes] = []
    for found in patterns.cell.finditer(row):
        if len(cells) == most:
            # Not split further: there may be as many cells as bytes.
            return [*cells, row[found.start() + len(delimiter) :]]
        cells.append(_value(found))
    return cells


def _value(cell: re.Match[bytes]) -> bytes:
    quoted, tail, bare = cell.groups()
    return bare if quoted is None else quoted.replace(b'""', b'"') + tail


def written(cells: list[bytes], delimiter: bytes) -> bytes:
    """Return cells as a row of CSV, without a line end; the inverse of cells_of."""
    return delimiter.join(
        b'"' + cell.replace(b'"', b'""') + b'"'
        if b'"' in cell or delimiter in cell or b"\n" in cell or b"\r" in cell
        else cell
        for cell in cells
    )


class _Patterns(NamedTuple):
    record: re.Pattern[bytes]
    unfinished: re.Pattern[bytes]
    cell: re.Pattern[bytes]
    closed: re.Pattern[bytes]
    as_written: re.Pattern[bytes]


@functools.cache
def _patterns(delimiter: bytes) -> _Patterns:
    # Possessive quantifiers throughout: no input causes backtracking.
    d = re.escape(delimiter)
    opened = rb'"(?:[^"]++|"")*+'
    bare = rb'[^"\r\n' + d + rb"]*+"
    cells = rb"(?:(?:" + opened + rb'"|' + bare + rb")" + d + rb")*+"
    return _Patterns(
        record=re.compile(cells + rb"(?:" + opened + rb'"|' + bare + rb")\r?\n"),
        unfinished=re.compile(cells + rb"(?:" + opened + rb'"?|' + bare + rb")\r?\Z"),
        cell=re.compile(d + rb'(?:"((?:[^"]++|"")*+)"([^' + d + rb"]*+)|([^" + d + rb"]*+))"),
        closed=re.compile(
            rb"(?:" + d + rb"(?:" + opened + rb'"[^' + d + rb']*+|(?!")[^' + d + rb"]*+))++"
        ),
        as_written=re.compile(d + rb"(" + opened + rb'"|[^' + d + rb"]*+)"),
    )


def _repaired_row(row: bytes, delimiter: bytes, width: int, *, plain: bool) -> tuple[bytes, bool]:
    if plain and b'"' not in row and row.isascii() and row.count(delimiter) == width - 1:
        return row, False  # nearly all rows
    bad = False
    try:
        row.decode()
    except UnicodeDecodeError:
        row, bad = row.decode(errors="replace").encode(), True
    cells = cells_of(row, delimiter, width)
    if cells is None:
        cells = [row]
        bad = True
    missing = width - len(cells)
    if missing < 0:
        *_, last, rest = cells
        cells[width - 1 :] = [written([last], delimiter) + delimiter + rest]
    elif plain:
        return row + delimiter * missing, bad or missing > 0
    return written(cells, delimiter) + delimiter * missing, bad or missing != 0
