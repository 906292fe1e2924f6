"""Find where the cells of CSV text begin and end, for a whole block at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

QUOTE, RETURN, NEWLINE = b'"\r\n'

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Layout:
    """Rows with width cells each.

    cells   the cells of all rows, row by row, as written (with their quotes)
    lines   the rows as written, without their line ends
    quoted  whether any cell may have quotes
    """

    cells: pa.StringArray
    lines: pa.StringArray
    width: int
    quoted: bool

    @property
    def longest_line(self) -> int:
        """The length of the longest line in bytes, 0 without lines."""
        return pc.max(pc.binary_length(self.lines)).as_py() or 0

    def column(self, index: int) -> pa.StringArray:
        """Return the values of the cells in one column, without their quotes."""
        indices = np.arange(index, len(self.cells), self.width)
        written = self.cells.take(pa.array(indices))
        if not self.quoted:
            return written
        quoted = pc.starts_with(written, '"')
        inner = pc.binary_slice(written.cast(pa.binary()), 1, -1)
        values = pc.replace_substring(inner, b'""', b'"').view(pa.string())
        return pc.if_else(quoted, values, written)


def lay_out(text: bytes, delimiter: bytes, width: int) -> Layout | None:
    """Return the layout of text, which is UTF-8 and ends with a line end.

    None if the text is not plain: if a row does not have width cells, quotes are not as in
    RFC 4180, section 2, or a carriage return does not end a line.
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
    """Return whether every line end outside of quoted cells certainly ends a row.

    This is true if quotes are as in lay_out, no single carriage return is outside of them, and no
    row is longer than longest_row bytes, whatever the number of cells. The result may also be False
    if a row is longer than half of longest_row.
    """
    data = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(data == QUOTE)
    if not _are_paired(data, quotes, ord(delimiter)):
        return False
    if b"\r" in text:
        returns = np.flatnonzero(data == RETURN)
        single = returns[data[returns + 1] != NEWLINE]
        if not _inside(quotes, single).all():
            return False
    windows = range(0, len(text), longest_row // 2)
    return all(_ends_row(text, quotes, at, at + longest_row // 2) for at in windows)


def count_rows(text: bytes) -> int:
    """Return how many line ends of text are outside of quoted cells, if quotes pair up."""
    if b'"' not in text:
        return text.count(b"\n")
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == NEWLINE)
    return int(np.count_nonzero(~_inside(np.flatnonzero(data == QUOTE), ends)))


def _are_paired(data: npt.NDArray[np.uint8], quotes: Positions, delimiter: int) -> bool:
    """Return whether the quotes, at these positions, enclose cells.

    The quotes of a cell enclose it, and a quote within is doubled: the first, third, fifth … quote
    follows a delimiter, a line end or another quote, and the others precede one of these.
    """
    if len(quotes) % 2:
        return False
    before, after = np.zeros((2, 256), np.bool_)
    before[[delimiter, NEWLINE, QUOTE]] = True
    after[[delimiter, NEWLINE, QUOTE, RETURN]] = True
    # Index -1, before a quote at the very beginning, is the last byte, a line end.
    return bool(before[data[quotes[::2] - 1]].all() and after[data[quotes[1::2] + 1]].all())


def _inside(quotes: Positions, positions: Positions) -> Mask:
    """Return which positions are within quotes."""
    inside: Mask = np.searchsorted(quotes, positions) % 2 == 1
    return inside


def _ends_row(text: bytes, quotes: Positions, start: int, stop: int) -> bool:
    """Return whether a row, or the text, ends between start and stop."""
    if stop >= len(text):
        return True
    while (end := text.rfind(b"\n", start, stop)) >= 0:
        at = int(np.searchsorted(quotes, end))
        if at % 2 == 0:
            return True
        # All line ends after the opening quote are inside, too.
        stop = int(quotes[at - 1])
    return False


def _outside_quotes(data: npt.NDArray[np.uint8], delimiter: int) -> Mask | None:
    """Return which bytes are outside of quoted cells; None if quotes do not pair up."""
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
    """Return the texts between ends, without the ends and carriage returns."""
    removed = ends if returns is None else ends | returns
    positions = np.flatnonzero(removed)
    # Their positions in the text that is kept.
    offsets = positions - np.arange(len(positions))
    if returns is not None:
        offsets = offsets[ends[positions]]
    offsets = np.concatenate(([0], offsets)).astype(np.int32)
    kept = pa.py_buffer(data[~removed])
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), kept)
