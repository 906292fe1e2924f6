"""What a run of the benchmark is told, and how its figures are told and judged."""

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
    """What was to be measured did not run; the message is the line for the user."""


@dataclass(frozen=True)
class Plan:
    """Where the model and the files made meanwhile are, and how much is done.

    A small run tries the code out on a thousandth of the rows: its figures say nothing.
    """

    model_dir: Path
    work: Path
    rounds: int = 5
    small: bool = False

    def rows(self, count: int) -> int:
        """Return how many rows there are in place of count."""
        return max(count // SMALL, LEAST_ROWS) if self.small else count

    def seconds(self, count: float) -> float:
        """Return how long a server is loaded in place of count seconds."""
        return min(count, 1.0) if self.small else count

    def few(self) -> int:
        """Return the rounds of what takes minutes."""
        return min(self.rounds, 3)


def say(message: str) -> None:
    """Say what is being done: all of it takes long."""
    print(f"  {message}", file=sys.stderr, flush=True)


def in_turn(rounds: int, *measures: Callable[[], T]) -> list[list[T]]:
    """Return what each measure found, round by round: A B C C B A A B C …

    Neighbours in time had the same machine, and none is always the first after a rest.
    """
    found: list[list[T]] = [[] for _ in measures]
    for turn in range(rounds):
        order = range(len(measures)) if turn % 2 == 0 else range(len(measures) - 1, -1, -1)
        for at in order:
            found[at].append(measures[at]())
    return found


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Return above / below, round by round; of unequal rounds, each with each."""
    if len(above) != len(below):
        return [a / b for a in above for b in below]
    return [a / b for a, b in zip(above, below, strict=True)]


def at_least(
    report: Report, what: str, values: Sequence[float], aim: float, unit: str = ""
) -> None:
    """Judge the median of values."""
    report.check(what, spread(values, unit), f">= {aim:g}{unit}", median(values) >= aim)


def at_most(report: Report, what: str, values: Sequence[float], aim: float, unit: str = "") -> None:
    """Judge the median of values."""
    report.check(what, spread(values, unit), f"<= {aim:g}{unit}", median(values) <= aim)


def rates(seconds: Sequence[float], rows: int) -> str:
    """Show rows a second: median, least and most."""
    each = [rows / took for took in seconds]
    return f"{median(each):,.0f} ({min(each):,.0f} to {max(each):,.0f})"
