"""The result of a measurement: a table with a figure, its aim and the verdict on each line."""

import math
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A figure; passed is None if it has no aim."""

    what: str
    figure: str
    aim: str = ""
    passed: bool | None = None


class Report:
    """Collects the figures of one measurement."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.lines: list[Line] = []

    def add(self, what: str, figure: object) -> None:
        """Add a figure without an aim."""
        self.lines.append(Line(what, str(figure)))

    def check(self, what: str, figure: object, aim: str, passed: bool) -> None:
        """Add a figure with an aim."""
        self.lines.append(Line(what, str(figure), aim, bool(passed)))

    def missed(self) -> list[str]:
        """Return the names of the figures that missed their aims."""
        return [line.what for line in self.lines if line.passed is False]

    def show(self) -> int:
        """Print the table; return the exit code, 1 if a figure missed its aim."""
        verdicts = {True: "PASS", False: "MISS", None: ""}
        rows = [(x.what, x.figure, x.aim, verdicts[x.passed]) for x in self.lines]
        widths = [max(len(row[at]) for row in rows) for at in range(3)]
        print(f"\n{self.title}\n{'-' * len(self.title)}")
        print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            print("  ".join([*cells, row[3]]).rstrip())
        sys.stdout.flush()
        return 1 if self.missed() else 0


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values do not exceed.

    NaN if there are no values.
    """
    if not values:
        return math.nan
    return sorted(values)[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the median, NaN if there are no values."""
    return statistics.median(values) if values else math.nan


def ms(seconds: float) -> str:
    """Format a time in milliseconds."""
    return f"{seconds * 1000:.2f} ms"


def spread(values: Sequence[float], unit: str = "") -> str:
    """Format the median of several rounds with their minimum and maximum."""
    return f"{median(values):,.2f}{unit} ({min(values):,.2f} to {max(values):,.2f})"
