"""What was counted of late: totals now, less what they were when the window began."""

import mmap
import time
from collections.abc import Callable

import numpy as np

from .shared_metrics import CELL_BYTES, Cells, SharedMetrics

STEPS = 20


class Window:
    """Looks back so many seconds, from step to step, at the totals of a board.

    One process takes the snapshots, any that is forked from it later may read. Before a whole
    window has passed, it reaches back to the beginning.
    """

    def __init__(
        self, board: SharedMetrics, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.seconds = seconds
        self._board = board
        self._clock = clock
        # One more than fit into the window, so that the oldest reaches back to its beginning.
        slots = STEPS + 1
        self._memory = mmap.mmap(-1, slots * (1 + board.layout.size) * CELL_BYTES)
        table = np.frombuffer(self._memory, np.float64).reshape(slots, 1 + board.layout.size)
        self._times, self._totals = table[:, 0], table[:, 1:]
        self._times[:] = -np.inf
        self._latest = -1
        self.take()

    def take(self) -> None:
        """Take a snapshot, if it is time for one."""
        now = self._clock()
        if self._latest >= 0 and now - self._times[self._latest] < self.seconds / STEPS:
            return
        at = (self._latest + 1) % len(self._times)
        # Nobody may take the old time for that of the new totals.
        self._times[at] = -np.inf
        self._totals[at] = self._board.totals()
        self._times[at] = now
        self._latest = at

    def counts(self) -> Cells:
        """Return what was added within the window, float64 (layout.size,)."""
        begin = self._clock() - self.seconds
        times = self._times.copy()
        # The oldest within the window, or the newest where traffic stopped the snapshots.
        inside = np.flatnonzero(times >= begin)
        at = inside[times[inside].argmin()] if len(inside) else int(times.argmax())
        before = self._totals[at].copy()
        if self._times[at] != times[at]:
            # Written anew meanwhile: by now another one is the oldest.
            return self.counts()
        counts: Cells = self._board.totals() - before
        return counts
