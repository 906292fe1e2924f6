"""Metrics in memory that forked processes share.

Each worker and the parent have a row, all with the same Layout. The memory is anonymous and made
before the fork, so nothing is left behind however the processes end. A new worker takes the slot of
the one that it replaces and counts on in its row, so no counter decreases.
"""

import mmap
import struct
import threading
import zlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from .layout import Gauge, Layout

Cells = npt.NDArray[np.float64]

CELL_BYTES = 8
# The worker info of a row: a header with length and checksum, then the text.
INFO_BYTES = 4096
INFO_HEADER = struct.Struct("=II")


class MetricsRow:
    """The metrics of one process; safe for its threads."""

    def __init__(self, cells: "memoryview[float]") -> None:
        # Hot loops add to the cells directly, holding the lock.
        self.cells = cells
        self.lock = threading.Lock()

    def add(self, at: int, amount: float = 1.0) -> None:
        """Add to a cell."""
        with self.lock:
            self.cells[at] += amount

    def add_all(self, amounts: Mapping[int, float]) -> None:
        """Add an amount to each of several cells."""
        with self.lock:
            for at, amount in amounts.items():
                self.cells[at] += amount

    def observe(self, at: int, edges: Sequence[float], value: float) -> None:
        """Count a value in a histogram series; at is its first cell, edges are its upper edges."""
        with self.lock:
            self.cells[at + bisect_left(edges, value)] += 1.0
            self.cells[at + len(edges) + 1] += value

    def get(self, at: int) -> float:
        """Return a cell's value."""
        return float(self.cells[at])

    def set(self, at: int, value: float) -> None:
        """Set a cell's value."""
        self.cells[at] = value


class SharedMetrics:
    """Rows of metrics, each with a text (worker info)."""

    def __init__(self, layout: Layout, rows: int) -> None:
        self.layout = layout
        self.rows = rows
        # Anonymous memory, shared with forked processes.
        self._memory = mmap.mmap(-1, rows * layout.size * CELL_BYTES)
        self._infos = mmap.mmap(-1, rows * INFO_BYTES)
        self._cells = np.frombuffer(self._memory, np.float64).reshape(rows, layout.size)

    def row(self, number: int) -> MetricsRow:
        """Return a row; call it once per process."""
        width = self.layout.size * CELL_BYTES
        cells = memoryview(self._memory)[number * width : (number + 1) * width]
        return MetricsRow(cells.cast("d"))

    def totals(self) -> Cells:
        """Return the sums over all rows, float64 (layout.size,)."""
        totals: Cells = self._cells.sum(axis=0)
        return totals

    def copy(self, begin: int, end: int) -> Cells:
        """Return a copy of the rows from begin to before end, float64 (rows, layout.size)."""
        rows: Cells = self._cells[begin:end].copy()
        return rows

    def clear(self, number: int) -> None:
        """Clear what is valid only for a living process: the gauges of its row, and its info."""
        for family in self.layout.families:
            if isinstance(family, Gauge):
                self._cells[number, self.layout.cells_of(family)] = 0.0
        self.write_worker_info(number, b"")

    def write_worker_info(self, number: int, text: bytes) -> None:
        """Set the info of a row; raise ValueError if it is too long."""
        limit = INFO_BYTES - INFO_HEADER.size
        if len(text) > limit:
            raise ValueError(f"worker info of {len(text)} bytes: at most {limit} are allowed")
        start = number * INFO_BYTES
        header = INFO_HEADER.pack(len(text), zlib.crc32(text))
        self._infos[start : start + INFO_HEADER.size + len(text)] = header + text

    def read_worker_info(self, number: int) -> bytes:
        """Return the info of a row; empty if there is none, or while it is being written."""
        start = number * INFO_BYTES
        info = self._infos[start : start + INFO_BYTES]
        length, checksum = INFO_HEADER.unpack_from(info)
        text = info[INFO_HEADER.size : INFO_HEADER.size + length]
        return text if zlib.crc32(text) == checksum else b""
