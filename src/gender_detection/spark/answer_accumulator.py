"""Count the answers while a table is scored, so that no second pass over its rows is needed."""

from collections import Counter

import numpy as np
import pyarrow as pa
from pyspark import AccumulatorParam, SparkContext

from ..countries.report import CountryReport
from ..scoring import EncodedAnswers

# A gender, and the reason if it is unknown.
Kind = tuple[str, str | None]


class AnswerAccumulator:
    """Counts of answers, on the driver; they are complete when an action has ended.

    If the action writes or collects the rows, a task that is repeated counts once. Rows that go
    through a shuffle or a cache may be scored, and counted, more than once.
    """

    def __init__(self, context: SparkContext):
        """Start with no answers counted."""
        self._counts = context.accumulator(Counter[Kind](), _Sum())
        self._countries = context.accumulator(CountryReport(), _Reports())

    def add(self, answered: EncodedAnswers) -> None:
        """Count answers; called in a task, on an executor."""
        counts = np.bincount(answered.codes)
        codes = np.flatnonzero(counts)
        kinds = pa.table({"rows": counts[codes]})
        for name in ("gender", "reason"):
            kinds = kinds.append_column(name, answered.table[name].take(pa.array(codes)))
        summed = kinds.group_by(["gender", "reason"]).aggregate([("rows", "sum")])
        rows = zip(*(summed[name].to_pylist() for name in ("gender", "reason")), strict=True)
        self._counts.add(Counter(dict(zip(rows, summed["rows_sum"].to_pylist(), strict=True))))
        self._countries.add(answered.countries)

    @property
    def rows(self) -> int:
        """The number of rows scored."""
        return self._counts.value.total()

    @property
    def genders(self) -> Counter[str]:
        """Rows by gender, including unknown."""
        return self._by(0)

    @property
    def reasons(self) -> Counter[str]:
        """Rows of unknown gender, by reason."""
        return self._by(1)

    @property
    def countries(self) -> CountryReport:
        """How the countries were understood; NA is Namibia, because a missing value is null."""
        return self._countries.value

    def _by(self, part: int) -> Counter[str]:
        counts: Counter[str] = Counter()
        for kind, rows in self._counts.value.items():
            if (label := kind[part]) is not None:
                counts[label] += rows
        return counts


class _Sum(AccumulatorParam[Counter[Kind]]):
    def zero(self, value: Counter[Kind]) -> Counter[Kind]:
        return Counter()

    def addInPlace(self, value1: Counter[Kind], value2: Counter[Kind]) -> Counter[Kind]:  # noqa: N802
        value1.update(value2)
        return value1


class _Reports(AccumulatorParam[CountryReport]):
    def zero(self, value: CountryReport) -> CountryReport:
        return CountryReport()

    def addInPlace(self, value1: CountryReport, value2: CountryReport) -> CountryReport:  # noqa: N802
        value1.add(value2)
        return value1
