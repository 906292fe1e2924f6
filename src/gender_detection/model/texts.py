# cython: language_level=3, boundscheck=False, wraparound=False
"""The texts of an Arrow column, as bytes where they lie."""

from __future__ import annotations

import cython
import numpy as np
import pyarrow as pa


@cython.final
@cython.cclass
class Texts:
    """The bytes of an Arrow column of strings, or of none; a null is empty.

    Raise ValueError where its offsets lead out of its buffers.
    """

    def __init__(self, column: pa.StringArray | None) -> None:
        column = pa.array([], pa.string()) if column is None else column
        valid, offsets, data = column.buffers()
        # The buffers live as long as this.
        self._column = column
        self._first, size = column.offset, len(column)
        self._all_valid = valid is None or column.null_count == 0
        # Uncompiled, their items are Python's numbers, which do not overflow.
        self._offsets = np.frombuffer(offsets or bytes(4), np.int32).data
        self._bytes = np.frombuffer(data or b"\0", np.uint8).data
        self._valid = np.frombuffer(b"\0" if self._all_valid else valid, np.uint8).data
        used = np.asarray(self._offsets)[column.offset : column.offset + size + 1]
        rising = bool((used[1:] >= used[:size]).all())
        limit = data.size if data else 0
        if size and (len(used) <= size or not rising or used[0] < 0 or used.max() > limit):
            raise ValueError("a column of strings whose offsets lead out of it")
        if not self._all_valid and 8 * len(self._valid) < column.offset + size:
            raise ValueError("a column of strings whose marks of nulls end before it")

    def bytes(self) -> cython.p_const_uchar:
        """Return the bytes of all texts."""
        if cython.compiled:
            return cython.address(self._bytes[0])
        return bytes(self._bytes)

    def start(self, at) -> int:
        """Return where a row's text begins."""
        return self._offsets[at + self._first]

    def end(self, at) -> int:
        """Return where a row's text ends."""
        if self.is_valid(at):
            return self._offsets[at + self._first + 1]
        return self._offsets[at + self._first]

    def is_valid(self, at) -> bool:
        """Return whether a row has a text."""
        at += self._first
        return self._all_valid or (self._valid[at >> 3] >> (at & 7)) & 1 != 0
