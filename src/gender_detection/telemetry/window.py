"""Counts of the last seconds: the totals now, minus the totals when the window began."""

import mmap
import time
from collections.abc import Callable

import numpy as np

from .shared_metrics import CELL_BYTES, Cells, SharedMetrics

STEPS = 20


class Window:
    """A window of the last seconds over the totals of shared metrics.

    One process takes snapshots; processes forked from it later may read the counts. At first the
    window starts when the object is made.
    """

    def __init__(
        self, shared: SharedMetrics, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.seconds = seconds
        self._shared = shared
        self._clock = clock
        # One more than the steps of the window, so that the oldest is at its beginning.
        slots = STEPS + 1
        self._memory = mmap.mmap(-1, slots * (1 + shared.layout.size) * CELL_BYTES)
        table = np.frombuffer(self._memory, np.float64).reshape(slots, 1 + shared.layout.size)
        self._times, self._totals = table[:, 0], table[:, 1:]
        self._times[:] = -np.inf
        self._latest = -1
        self.take()

    def take(self) -> None:
        """Take a snapshot if the last one is a step old."""
        now = self._clock()
        if self._latest >= 0 and now - self._times[self._latest] < self.seconds / STEPS:
            return
        at = (self._latest + 1) % len(self._times)
        # Readers must not see the old time with the new totals.
        self._times[at] = -np.inf
        self._totals[at] = self._shared.totals()
        self._times[at] = now
        self._latest = at

    def counts(self) -> Cells:
        """Return what was added within the window, float64 (layout.size,)."""
        begin = self._clock() - self.seconds
        times = self._times.copy()
        # The oldest snapshot within the window, or the newest of all if snapshots have stopped.
        inside = np.flatnonzero(times >= begin)
        at = inside[times[inside].argmin()] if len(inside) else int(times.argmax())
        before = self._totals[at].copy()
        if self._times[at] != times[at]:
            # Overwritten meanwhile: now another one is the oldest.
            return self.counts()
        counts: Cells = self._shared.totals() - before
        return counts
