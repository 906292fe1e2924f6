"""Which numbers are kept, and where: families of series with closed sets of labels.

Every series that there can ever be has its cell from the start, so their number is bounded by
construction, counting is an addition in an array, and the sum over processes is one of arrays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

OTHER = "other"
Labels = tuple[str, ...]


@dataclass(frozen=True)
class Family:
    """A metric: its name (a counter's without _total), help, and the values of each label.

    What is not among a label's values counts as OTHER, where that is one of them. A series is shown
    from its first count on, those of shown_at_once from the start: an increase from nothing to
    one is none to Prometheus.
    """

    name: str
    help: str
    labels: Mapping[str, Labels] = field(default_factory=dict)
    shown_at_once: tuple[Labels, ...] = ()

    @property
    def cells(self) -> int:
        """Cells that one series takes."""
        return 1

    def series(self) -> Iterator[Labels]:
        """Yield the labels of every series that there can be, in the order of their cells."""
        return product(*self.labels.values())

    def place(self, *values: str) -> int:
        """Return how many cells of the family come before those of a series; raise ValueError for
        a value that the label does not have."""
        place = 0
        for known, value in zip(self.labels.values(), values, strict=True):
            if value not in known:
                if OTHER not in known:
                    raise ValueError(f"{self.name}: a label has no value {value}, and no {OTHER}")
                value = OTHER
            place = place * len(known) + known.index(value)
        return place * self.cells


@dataclass(frozen=True)
class Counter(Family):
    """Only ever rises, also when the process that counted is gone."""


@dataclass(frozen=True)
class Gauge(Family):
    """Is what all living processes have together; a dead one's share goes with it."""


@dataclass(frozen=True)
class Histogram(Family):
    """Counts values by size: one cell for each upper edge (inclusive), one beyond, one for the sum
    of the values."""

    edges: tuple[float, ...] = ()

    @property
    def cells(self) -> int:
        """Cells that one series takes."""
        return len(self.edges) + 2


class Layout:
    """Where the series of some families are in an array of size cells."""

    def __init__(self, families: Sequence[Family]) -> None:
        self.families = tuple(families)
        self.start: dict[str, int] = {}
        self.size = 0
        # Worked out here, as every scrape asks for all of them.
        self._slices: dict[str, slice] = {}
        for family in self.families:
            self.start[family.name] = self.size
            self.size += len(list(family.series())) * family.cells
            self._slices[family.name] = slice(self.start[family.name], self.size)

    def at(self, family: Family, *values: str) -> int:
        """Return the first cell of a series; raise ValueError for a value that a label does not
        have."""
        return self.start[family.name] + family.place(*values)

    def cells_of(self, family: Family) -> slice:
        """Return where all cells of a family are."""
        return self._slices[family.name]

    def most_series(self) -> int:
        """Return how many series Prometheus can ever get to see: a histogram's cells are one each,
        and one more for its count."""
        return sum(
            len(list(family.series())) * (family.cells + isinstance(family, Histogram))
            for family in self.families
        )
