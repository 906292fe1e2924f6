# cython: language_level=3, boundscheck=False, wraparound=False
"""The strings of an Arrow column, read from its buffers without a copy."""

from __future__ import annotations

from typing import Any

import cython
import numpy as np
import pyarrow as pa


@cython.final
@cython.cclass
class StringBuffers:
    """The buffers of an Arrow column of strings; None is an empty column, and null an empty string.

    Raise ValueError where its offsets are outside its buffers.
    """

    def __init__(self, column: pa.StringArray | None) -> None:
        column = pa.array([], pa.string()) if column is None else column
        valid, offsets, data = column.buffers()
        # Keeps the buffers alive.
        self._column = column
        self._first, size = column.offset, len(column)
        self._all_valid = valid is None or column.null_count == 0
        # Uncompiled, items of .data are Python's numbers, which do not overflow.
        self._offsets = np.frombuffer(offsets or bytes(4), np.int32).data
        self._bytes = np.frombuffer(data or b"\0", np.uint8).data
        self._valid = np.frombuffer(b"\0" if self._all_valid else valid, np.uint8).data
        used = np.asarray(self._offsets)[column.offset : column.offset + size + 1]
        rising = bool((used[1:] >= used[:size]).all())
        limit = data.size if data else 0
        if size and (len(used) <= size or not rising or used[0] < 0 or used.max() > limit):
            raise ValueError("column of strings: an offset is outside its buffer")
        if not self._all_valid and 8 * len(self._valid) < column.offset + size:
            raise ValueError("column of strings: its validity bitmap is too short")

    def bytes(self) -> cython.p_const_uchar:
        """Return the UTF-8 of all strings."""
        if cython.compiled:
            return cython.address(self._bytes[0])
        return bytes(self._bytes)

    def start(self, at) -> int:
        """Return where a row's string begins in bytes()."""
        return self._offsets[at + self._first]

    def end(self, at) -> int:
        """Return where a row's string ends in bytes()."""
        if self.is_valid(at):
            return self._offsets[at + self._first + 1]
        return self._offsets[at + self._first]

    def is_valid(self, at) -> bool:
        """Return whether a row is not null."""
        at += self._first
        return self._all_valid or (self._valid[at >> 3] >> (at & 7)) & 1 != 0


def as_str(text: Any) -> str:
    """Return a text as str itself: an array of NumPy's holds a subclass of it."""
    return text if type(text) is str else str(text)
