"""A progress line on the terminal for long commands."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

FIRST_AFTER = 1.0  # seconds: shorter work needs no line
EVERY = 0.2  # seconds
BAR = 20  # characters


def rows(number: float) -> str:
    """Return a number of rows as text."""
    return f"{number:,.0f} rows"


def megabytes(number: float) -> str:
    """Return a number of bytes as text."""
    return f"{number / 1e6:,.1f} MB"


class ProgressLine:
    """Shows progress in one line on stderr if that is a terminal; called with the amount done so
    far, by default of rows.

    share returns the share of the work that is done, None if it is not known. amount makes text of
    what is done, and of what is done in a second. Leaving the context clears the line, also when
    the work is interrupted.
    """

    def __init__(
        self,
        share: Callable[[], float | None],
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        amount: Callable[[float], str] = rows,
    ):
        self._share, self._amount = share, amount
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._start = clock()
        self._next = self._start + FIRST_AFTER
        self._width = 0

    def __enter__(self) -> "ProgressLine":
        """Start the clock."""
        return self

    def __exit__(self, *_: object) -> None:
        """Clear the line."""
        if self._width:
            self._show("")
            self._stream.write("\r")
            self._stream.flush()

    def __call__(self, done: int) -> None:
        """Show the amount done, the amount per second, and the time left."""
        now = self._clock()
        if now < self._next or not self._stream.isatty():
            return
        self._next = now + EVERY
        spent = now - self._start
        parts = [self._amount(done), f"{self._amount(done / spent)}/s"]
        if share := self._share():
            bar = "#" * round(share * BAR)
            parts[:0] = [f"[{bar:-<{BAR}}] {share:.0%}"]
            parts += [f"{_duration(spent * (1 - share) / share)} left"]
        self._show(", ".join(parts))

    def _show(self, text: str) -> None:
        self._stream.write("\r" + text.ljust(self._width))
        self._stream.flush()
        self._width = len(text)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
