"""The layout of metrics in an array: metric families with closed sets of label values.

Every possible series has its cells from the start. So their number is bounded, counting is an
addition in an array, and the sum over processes is a sum of arrays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

OTHER = "other"
Labels = tuple[str, ...]


@dataclass(frozen=True)
class Family:
    """A metric family: its name (a counter's without _total), help, and the values of each label.

    Raise ValueError if a label has a value twice, which would make two series of the same labels.
    An unknown value of a label counts as OTHER if the label has that value. A series is shown from
    its first count on, those of shown_at_once from the start: Prometheus sees no increase if the
    first value of a series is 1.
    """

    name: str
    help: str
    labels: Mapping[str, Labels] = field(default_factory=dict)
    shown_at_once: tuple[Labels, ...] = ()

    def __post_init__(self) -> None:
        for label, values in self.labels.items():
            if len(set(values)) < len(values):
                raise ValueError(f"{self.name}: label {label} has a value twice")

    @property
    def type(self) -> str:
        """The type of the metric: counter, gauge or histogram."""
        return self.__class__.__name__.lower()

    @property
    def cells(self) -> int:
        """The number of cells of one series."""
        return 1

    def series(self) -> Iterator[Labels]:
        """Yield the label values of every possible series, in the order of the cells."""
        return product(*self.labels.values())

    def offset(self, *values: str) -> int:
        """Return the index of a series' first cell within the family; raise ValueError for an
        unknown value of a label."""
        index = 0
        for known, value in zip(self.labels.values(), values, strict=True):
            if value not in known:
                if OTHER not in known:
                    raise ValueError(f"{self.name}: unknown label value {value}, and no {OTHER}")
                value = OTHER
            index = index * len(known) + known.index(value)
        return index * self.cells


@dataclass(frozen=True)
class Counter(Family):
    """Never decreases; keeps the counts of processes that have ended."""


@dataclass(frozen=True)
class Gauge(Family):
    """The sum over living processes."""


@dataclass(frozen=True)
class Histogram(Family):
    """Counts values in bins: a cell per upper edge (inclusive), a cell above the last edge, and a
    cell for the sum of the values."""

    edges: tuple[float, ...] = ()

    @property
    def cells(self) -> int:
        """The number of cells of one series."""
        return len(self.edges) + 2


class Layout:
    """The positions of metric families in an array of size cells."""

    def __init__(self, families: Sequence[Family]) -> None:
        self.families = tuple(families)
        self.start: dict[str, int] = {}
        self.size = 0
        # Computed once, as every scrape needs all of them.
        self._slices: dict[str, slice] = {}
        for family in self.families:
            self.start[family.name] = self.size
            self.size += len(list(family.series())) * family.cells
            self._slices[family.name] = slice(self.start[family.name], self.size)

    def at(self, family: Family, *values: str) -> int:
        """Return the index of a series' first cell; raise ValueError for an unknown label value."""
        return self.start[family.name] + family.offset(*values)

    def cells_of(self, family: Family) -> slice:
        """Return the slice of a family's cells."""
        return self._slices[family.name]

    def most_series(self) -> int:
        """Return the maximum number of series in Prometheus: one per cell, and one for the count of
        each histogram series."""
        return sum(
            len(list(family.series())) * (family.cells + isinstance(family, Histogram))
            for family in self.families
        )
