"""The settings of a run of the benchmark, and how its figures are compared and checked."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.load_tests.report import Report, median, spread

SMALL = 1_000
LEAST_ROWS = 2_000
T = TypeVar("T")


class MeasurementFailed(Exception):
    """A measurement failed; the message is shown to the user."""


@dataclass(frozen=True)
class Plan:
    """The folders of the model and of temporary files, and the number of rounds.

    A small run tries the code on a thousandth of the rows: its figures are meaningless.
    """

    model_dir: Path
    work: Path
    rounds: int = 5
    small: bool = False

    def rows(self, count: int) -> int:
        """Return the number of rows for a full run of count rows."""
        return max(count // SMALL, LEAST_ROWS) if self.small else count

    def seconds(self, count: float) -> float:
        """Return the seconds of load for a full run of count seconds."""
        return min(count, 1.0) if self.small else count

    def few(self) -> int:
        """Return the number of rounds for measurements that take minutes."""
        return min(self.rounds, 3)


def progress(message: str) -> None:
    """Print the current step to standard error."""
    print(f"  {message}", file=sys.stderr, flush=True)


def in_turn(rounds: int, *measures: Callable[[], T]) -> list[list[T]]:
    """Return the results of each measure, run in the order A B C C B A A B C …

    Neighbours in time ran under the same conditions, and no measure is always first.
    """
    found: list[list[T]] = [[] for _ in measures]
    for turn in range(rounds):
        order = range(len(measures)) if turn % 2 == 0 else range(len(measures) - 1, -1, -1)
        for at in order:
            found[at].append(measures[at]())
    return found


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Return above / below by round, or for all pairs if the numbers of rounds differ."""
    if len(above) != len(below):
        return [a / b for a in above for b in below]
    return [a / b for a, b in zip(above, below, strict=True)]


def at_least(
    report: Report, what: str, values: Sequence[float], aim: float, unit: str = ""
) -> None:
    """Check that the median of values is at least the aim."""
    report.check(what, spread(values, unit), f">= {aim:g}{unit}", median(values) >= aim)


def at_most(report: Report, what: str, values: Sequence[float], aim: float, unit: str = "") -> None:
    """Check that the median of values is at most the aim."""
    report.check(what, spread(values, unit), f"<= {aim:g}{unit}", median(values) <= aim)


def rates(seconds: Sequence[float], rows: int) -> str:
    """Format rows a second: median, minimum and maximum."""
    each = [rows / took for took in seconds]
    return f"{median(each):,.0f} ({min(each):,.0f} to {max(each):,.0f})"
