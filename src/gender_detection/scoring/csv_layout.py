"""Where the cells of CSV text begin and end, found for a whole block at a time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

QUOTE, RETURN, NEWLINE = b'"\r\n'

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Layout:
    """Rows of width cells each.

    cells  of all rows, row after row, as written (with their quotes)
    lines  the rows as written, without their line ends
    """

    cells: pa.StringArray
    lines: pa.StringArray
    width: int
    quoted: bool

    @property
    def longest_line(self) -> int:
        """The length in bytes of the longest line, 0 without any."""
        return pc.max(pc.binary_length(self.lines)).as_py() or 0

    def column(self, place: int) -> pa.StringArray:
        """Return the values of the cells in one column, quotes undone."""
        places = np.arange(place, len(self.cells), self.width)
        written = self.cells.take(pa.array(places))
        if not self.quoted:
            return written
        quoted = pc.starts_with(written, '"')
        inner = pc.binary_slice(written.cast(pa.binary()), 1, -1)
        values = pc.replace_substring(inner, b'""', b'"').view(pa.string())
        return pc.if_else(quoted, values, written)


def lay_out(text: bytes, delimiter: bytes, width: int) -> Layout | None:
    """Return the layout of text, UTF-8 whose last byte ends a line.

    None where that text is not plain: rows that have not width cells, quotes otherwise than in
    RFC 4180, section 2, carriage returns that end no line.
    """
    data = np.frombuffer(text, np.uint8)
    ends, cuts = data == NEWLINE, data == ord(delimiter)
    quoted = b'"' in text
    returns = data == RETURN if b"\r" in text else None
    if quoted:
        outside = _outside_quotes(data, ord(delimiter))
        if outside is None:
            return None
        ends &= outside
        cuts &= outside
        if returns is not None:
            returns &= outside
    if returns is not None and (data[np.flatnonzero(returns) + 1] != NEWLINE).any():
        return None
    if not _is_rectangular(cuts, ends, width):
        return None
    return Layout(
        _parts(data, cuts | ends, returns), _parts(data, ends, returns), width, quoted=quoted
    )


def _outside_quotes(data: npt.NDArray[np.uint8], delimiter: int) -> Mask | None:
    """Return which bytes stand outside of quoted cells; None where quotes do not pair up.

    A cell's quotes enclose it, and a quote within is doubled: so every second quote, the first
    included, follows a delimiter, a line end or the quote it doubles, and every other precedes
    one.
    """
    quotes = data == QUOTE
    places = np.flatnonzero(quotes)
    if len(places) % 2:
        return None
    # At the very beginning that is the last byte, a line end.
    before = data[places[::2] - 1]
    after = data[places[1::2] + 1]
    if not np.isin(before, (delimiter, NEWLINE, QUOTE)).all():
        return None
    if not np.isin(after, (delimiter, NEWLINE, RETURN, QUOTE)).all():
        return None
    return ~np.bitwise_xor.accumulate(quotes)


def _is_rectangular(cuts: Mask, ends: Mask, width: int) -> bool:
    kinds = ends[np.flatnonzero(cuts | ends)]
    if len(kinds) % width:
        return False
    grid = kinds.reshape(-1, width)
    return bool(grid[:, -1].all() and not grid[:, :-1].any())


def _parts(data: npt.NDArray[np.uint8], ends: Mask, returns: Mask | None) -> pa.StringArray:
    """Return the text between ends; all ends and carriage returns are left out of it."""
    left_out = ends if returns is None else ends | returns
    places = np.flatnonzero(left_out)
    # Where each would stand in the text that is kept.
    offsets = places - np.arange(len(places))
    if returns is not None:
        offsets = offsets[ends[places]]
    offsets = np.concatenate(([0], offsets)).astype(np.int32)
    kept = pa.py_buffer(data[~left_out])
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), kept)
