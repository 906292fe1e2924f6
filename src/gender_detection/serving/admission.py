"""Admission control: which requests may wait for the worker, and which get a 503 at once.

A queue that is long enough for a burst is too long for an overload, when every request would wait
for all of it. So a queue has two limits. The normal one is as many requests as can be answered in
the time that a burst may take. A refusal puts the overload limit in force until CALM_SECONDS pass
without another one, so that admitted requests hardly wait (after Maurer, Fail at Scale, ACM Queue
13(8), 2015, who shortens the queue timeout under overload).
"""

import time
from collections.abc import Callable

CALM_SECONDS = 1.0
RETRY_SECONDS = 1  # the Retry-After of refused requests
# Weight of the latest request in the moving average of the time that one takes.
LATEST_WEIGHT = 0.1


class AdmissionQueue:
    """Counts the requests in progress, waiting or running, of which one runs at a time."""

    def __init__(
        self,
        limit: int,
        overload_limit: int,
        burst_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Admit up to limit requests, fewer if they take longer than burst_seconds together, and
        up to overload_limit under overload."""
        self.limit = limit
        self.overload_limit = min(overload_limit, limit)
        self.in_progress = 0
        self._burst_seconds = burst_seconds
        self._mean_seconds = 0.0
        self._clock = clock
        self._refused_at = -CALM_SECONDS

    def admits(self) -> bool:
        """Return whether one more request is admitted; the caller then counts it in in_progress."""
        if not self.in_progress:
            return True
        now = self._clock()
        overloaded = now - self._refused_at < CALM_SECONDS
        if self.in_progress < (self.overload_limit if overloaded else self._normal_limit()):
            return True
        self._refused_at = now
        return False

    def record_duration(self, seconds: float) -> None:
        """Record how long a request took to answer, without its wait."""
        self._mean_seconds += LATEST_WEIGHT * (seconds - self._mean_seconds)

    def _normal_limit(self) -> int:
        if self.limit * self._mean_seconds <= self._burst_seconds:
            return self.limit
        return max(self.overload_limit, int(self._burst_seconds / self._mean_seconds))
