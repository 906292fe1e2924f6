"""Where the cells of CSV text begin and end, found for a whole block at a time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

QUOTE, RETURN, NEWLINE = b'"\r\n'

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


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


def quotes_pair_up(text: bytes, delimiter: bytes, longest_row: int) -> bool:
    """Return whether each line end in text that no quoted cell holds ends a row for certain.

    That is so where quotes are as lay_out wants them, no carriage return stands alone outside of
    them, and no row is longer than longest_row bytes; whatever the rows' number of cells. False
    may also be the answer where some row is longer than half of that.
    """
    data = np.frombuffer(text, np.uint8)
    places = np.flatnonzero(data == QUOTE)
    if not _are_paired(data, places, ord(delimiter)):
        return False
    if b"\r" in text:
        returns = np.flatnonzero(data == RETURN)
        alone = returns[data[returns + 1] != NEWLINE]
        if not _inside(places, alone).all():
            return False
    windows = range(0, len(text), longest_row // 2)
    return all(_ends_row(text, places, at, at + longest_row // 2) for at in windows)


def count_rows(text: bytes) -> int:
    """Return how many line ends text has that no quoted cell holds, given that quotes pair up."""
    if b'"' not in text:
        return text.count(b"\n")
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == NEWLINE)
    return int(np.count_nonzero(~_inside(np.flatnonzero(data == QUOTE), ends)))


def _are_paired(data: npt.NDArray[np.uint8], places: Places, delimiter: int) -> bool:
    """Return whether quotes, that stand in these places, enclose cells.

    A cell's quotes enclose it, and a quote within is doubled: so every second quote, the first
    included, follows a delimiter, a line end or the quote it doubles, and every other precedes
    one.
    """
    if len(places) % 2:
        return False
    before, after = np.zeros((2, 256), np.bool_)
    before[[delimiter, NEWLINE, QUOTE]] = True
    after[[delimiter, NEWLINE, QUOTE, RETURN]] = True
    # At the very beginning the byte before is the last one, a line end.
    return bool(before[data[places[::2] - 1]].all() and after[data[places[1::2] + 1]].all())


def _inside(quotes: Places, places: Places) -> Mask:
    """Return which places are within quotes."""
    inside: Mask = np.searchsorted(quotes, places) % 2 == 1
    return inside


def _ends_row(text: bytes, quotes: Places, start: int, stop: int) -> bool:
    """Return whether a row ends in a part of the text, or all of it does."""
    if stop >= len(text):
        return True
    while (end := text.rfind(b"\n", start, stop)) >= 0:
        at = int(np.searchsorted(quotes, end))
        if at % 2 == 0:
            return True
        # Whatever stands behind the quote that opened is within.
        stop = int(quotes[at - 1])
    return False


def _outside_quotes(data: npt.NDArray[np.uint8], delimiter: int) -> Mask | None:
    """Return which bytes stand outside of quoted cells; None where quotes do not pair up."""
    quotes = data == QUOTE
    if not _are_paired(data, np.flatnonzero(quotes), delimiter):
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
