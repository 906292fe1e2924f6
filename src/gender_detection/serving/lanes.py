"""Who may wait for a worker, and who is sent away at once.

A queue that is long enough for a burst is too long for an overload: everybody would wait for all of
it. So a lane has two lengths: the long one, and, from its first refusal until a calm second has
passed, a short one, with which those who are let in wait for one other request at most (after
Maurer, Fail at Scale, ACM Queue 13(8), 2015, who shortens the time allowed in a queue likewise).
"""

import time
from collections.abc import Callable

FEW = 2  # in hand under overload: one running, one ready to run, so that no time is lost
CALM_SECONDS = 1.0
RETRY_SECONDS = 1  # for those sent away


class Lane:
    """Requests in hand, running or waiting, one of which runs at a time."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.in_hand = 0
        self._clock = clock
        self._refused_at = -CALM_SECONDS

    def admits(self) -> bool:
        """Return whether one more may come in, which the caller then adds to in_hand."""
        if not self.in_hand:
            return True
        now = self._clock()
        overloaded = now - self._refused_at < CALM_SECONDS
        if self.in_hand < (min(FEW, self.most) if overloaded else self.most):
            return True
        self._refused_at = now
        return False
