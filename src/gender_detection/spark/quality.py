"""Data-quality gates between the stages.

A gate has a stage's schema, its rules and the minimum share of rows to keep. If it fails, it raises
QualityError with every broken rule and the number of rows that break it. A stage publishes after
its gate, so the last good version stays current.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..errors import QualityError


@dataclass(frozen=True)
class Gate:
    """The requirements on a stage's output.

    columns maps each column to its Spark type, as in DataFrame.dtypes, and whether it may be null;
    rules maps a rule's name to (column, SQL predicate that every row must satisfy); unique has the
    columns of a key; floor is the minimum share of input rows to keep.
    """

    stage: str
    columns: Mapping[str, tuple[str, bool]]
    rules: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unique: tuple[str, ...] = ()
    floor: float = 0.0

    def check(self, df: DataFrame, *, rows_in: int) -> int:
        """Return the number of rows of df; raise QualityError if a requirement is not met."""
        if missing := [name for name in self.columns if name not in df.columns]:
            # A missing column cannot be counted.
            raise self._error([f"rule schema: column {name} is missing" for name in missing])
        counts = self._count(df)
        faults = self._faults(df, counts)
        rows = counts["rows"]
        kept = rows / rows_in if rows_in else 0.0
        if rows == 0 or kept < self.floor:
            faults.append(
                f"rule rows_kept: {rows} of {rows_in} rows were kept, "
                f"at least {self.floor:.0%} are required"
            )
        if faults:
            raise self._error(faults)
        return rows

    def _error(self, faults: list[str]) -> QualityError:
        return QualityError(
            f"quality gate of stage {self.stage}: {'; '.join(faults)}. Nothing was published, "
            "and the last good version stays current: check the sources in the manifest of the "
            "stage before"
        )

    def _count(self, df: DataFrame) -> dict[str, int]:
        """Count the rows, those that break each rule, and repeated keys, in one pass."""
        measures = [F.count(F.lit(1)).alias("rows")]
        for column in self._never_null():
            measures.append(F.count(F.when(F.col(column).isNull(), 1)).alias(_not_null(column)))
        for name, (_, predicate) in self.rules.items():
            broken = F.when(F.expr(predicate), None).otherwise(F.lit(1))
            measures.append(F.count(broken).alias(name))
        counts = df.agg(*measures).first()
        assert counts is not None  # noqa: S101 - an aggregate has one row
        result = counts.asDict()
        if self.unique:
            distinct = df.select(*self.unique).distinct().count()
            result["unique"] = result["rows"] - distinct
        return result

    def _faults(self, df: DataFrame, counts: Mapping[str, int]) -> list[str]:
        """Return a message for each column of another type, and each rule that rows break."""
        absent = ("absent", True)
        faults = [
            f"rule schema on column {name}: it is {kind}, and must be {expected}"
            for name, kind in df.dtypes
            if kind != (expected := self.columns.get(name, absent)[0])
        ]
        checked = [(_not_null(column), column) for column in self._never_null()]
        checked += [(name, column) for name, (column, _) in self.rules.items()]
        checked += [("unique", column) for column in self.unique[:1]]
        return faults + [
            f"rule {rule} on column {column}: {counts[rule]} rows break it"
            for rule, column in checked
            if counts[rule]
        ]

    def _never_null(self) -> list[str]:
        return [name for name, (_, nullable) in self.columns.items() if not nullable]


def _not_null(column: str) -> str:
    return f"{column}_not_null"
