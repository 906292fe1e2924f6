"""Numbers that processes count in memory that they share.

A row for each worker and one for their parent, all of one Layout. Made before the parent forks, in
memory without a file, so nothing is left behind however the processes end. A worker's slot is
taken over by the one that replaces it, which goes on counting where the dead one stopped: no
counter goes backwards, and no series is left of who is gone.
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
# What a process says of itself in words: its length and checksum come first.
NOTE_BYTES = 4096
NOTE_HEAD = struct.Struct("=II")


class MetricsRow:
    """The numbers of one process; its threads may count at once."""

    def __init__(self, cells: "memoryview[float]") -> None:
        # Where every step counts, add to the cells yourself, holding the lock.
        self.cells = cells
        self.lock = threading.Lock()

    def add(self, at: int, amount: float = 1.0) -> None:
        """Add to a cell."""
        with self.lock:
            self.cells[at] += amount

    def add_all(self, amounts: Mapping[int, float]) -> None:
        """Add to several cells what goes with each."""
        with self.lock:
            for at, amount in amounts.items():
                self.cells[at] += amount

    def observe(self, at: int, edges: Sequence[float], value: float) -> None:
        """Count a value in the series of a histogram of these edges that begins at a cell."""
        with self.lock:
            self.cells[at + bisect_left(edges, value)] += 1.0
            self.cells[at + len(edges) + 1] += value

    def get(self, at: int) -> float:
        """Return a cell's value."""
        return float(self.cells[at])

    def set(self, at: int, value: float) -> None:
        """Let a cell have the value."""
        self.cells[at] = value


class SharedMetrics:
    """Rows of numbers, and a note beside each."""

    def __init__(self, layout: Layout, rows: int) -> None:
        self.layout = layout
        self.rows = rows
        # Shared with processes that are forked from this one.
        self._memory = mmap.mmap(-1, rows * layout.size * CELL_BYTES)
        self._notes = mmap.mmap(-1, rows * NOTE_BYTES)
        self._cells = np.frombuffer(self._memory, np.float64).reshape(rows, layout.size)

    def row(self, number: int) -> MetricsRow:
        """Return a row to count in; one MetricsRow of it for each process."""
        width = self.layout.size * CELL_BYTES
        cells = memoryview(self._memory)[number * width : (number + 1) * width]
        return MetricsRow(cells.cast("d"))

    def totals(self) -> Cells:
        """Return the sums over all rows, float64 (layout.size,)."""
        totals: Cells = self._cells.sum(axis=0)
        return totals

    def clear(self, number: int) -> None:
        """Forget what holds for a living process alone: the gauges of its row, and its note."""
        for family in self.layout.families:
            if isinstance(family, Gauge):
                self._cells[number, self.layout.cells_of(family)] = 0.0
        self.write_worker_info(number, b"")

    def write_worker_info(self, number: int, text: bytes) -> None:
        """Let a row's note be the text; raise ValueError where there is no room for it."""
        if len(text) > NOTE_BYTES - NOTE_HEAD.size:
            raise ValueError(f"a note of {len(text)} bytes: {NOTE_BYTES} are the most")
        start = number * NOTE_BYTES
        head = NOTE_HEAD.pack(len(text), zlib.crc32(text))
        self._notes[start : start + NOTE_HEAD.size + len(text)] = head + text

    def read_worker_info(self, number: int) -> bytes:
        """Return a row's note; empty where there is none, or while it is being written."""
        start = number * NOTE_BYTES
        note = self._notes[start : start + NOTE_BYTES]
        length, checksum = NOTE_HEAD.unpack_from(note)
        text = note[NOTE_HEAD.size : NOTE_HEAD.size + length]
        return text if zlib.crc32(text) == checksum else b""
