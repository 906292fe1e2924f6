"""Who may wait for a worker, and who is sent away at once.

A queue that is long enough for a burst is too long for an overload: everybody would wait for all of
it. So a lane has two lengths: a long one, as many as can be answered in the time that a burst may
take, and, from its first refusal until a calm second has passed, a short one, with which those who
are let in hardly wait (after Maurer, Fail at Scale, ACM Queue 13(8), 2015, who shortens the time
allowed in a queue likewise).
"""

import time
from collections.abc import Callable

CALM_SECONDS = 1.0
RETRY_SECONDS = 1  # for those sent away
# How much the latest request counts in the mean time that one takes.
LATEST = 0.1


class AdmissionQueue:
    """Requests in hand, running or waiting, one of which runs at a time."""

    def __init__(
        self,
        most: int,
        few: int,
        burst_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Let in most at once, fewer where they take longer than burst_seconds together; under
        overload few."""
        self.most = most
        self.few = min(few, most)
        self.in_hand = 0
        self._burst_seconds = burst_seconds
        self._mean_seconds = 0.0
        self._clock = clock
        self._refused_at = -CALM_SECONDS

    def admits(self) -> bool:
        """Return whether one more may come in, which the caller then adds to in_hand."""
        if not self.in_hand:
            return True
        now = self._clock()
        overloaded = now - self._refused_at < CALM_SECONDS
        if self.in_hand < (self.few if overloaded else self._long()):
            return True
        self._refused_at = now
        return False

    def took(self, seconds: float) -> None:
        """Learn how long one took to answer, without its wait."""
        self._mean_seconds += LATEST * (seconds - self._mean_seconds)

    def _long(self) -> int:
        if self.most * self._mean_seconds <= self._burst_seconds:
            return self.most
        return max(self.few, int(self._burst_seconds / self._mean_seconds))
