"""Data-quality gates between the stages, written with pandera.

A gate has a stage's schema, its rules and the minimum share of rows to keep. If it fails, it raises
QualityError with every broken rule and the number of rows that break it. A stage publishes after
its gate, so the last good version stays current.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DataType

from ..errors import QualityError


@dataclass(frozen=True)
class Gate:
    """The requirements on a stage's output.

    columns maps each column to its Spark type and whether it may be null; rules maps a rule's name
    to (column, SQL predicate that every row must satisfy); unique has the columns of a key; floor
    is the minimum share of input rows to keep.
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
        faults = self._schema_faults(df, counts)
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

    def _schema_faults(self, df: DataFrame, counts: dict[str, int]) -> list[str]:
        """Return a message for each rule that pandera finds broken."""
        # Imported here: it imports Spark Connect, which, if packages are missing, ends
        # `python -c` with exit code 0 and no output (pyspark 4.3).
        import pandera.pyspark as pa

        checks: dict[str, list[pa.Check]] = {name: [] for name in self.columns}
        for column in self._never_null():
            name = _not_null(column)
            checks[column].append(pa.Check(_counted(counts, name), name=name, error=name))
        for name, (column, _) in self.rules.items():
            checks[column].append(pa.Check(_counted(counts, name), name=name, error=name))
        if self.unique:
            check = pa.Check(_counted(counts, "unique"), name="unique", error="unique")
            checks[self.unique[0]].append(check)
        columns = {
            # Nulls are counted as rules: pandera would scan once per column for them.
            name: pa.Column(DataType.fromDDL(kind), checks=checks[name], nullable=True)  # type: ignore[arg-type]
            for name, (kind, _) in self.columns.items()
        }
        report = pa.DataFrameSchema(columns, strict=True).validate(df).pandera.errors
        return [_message(error, counts) for error in _flatten(report)]

    def _never_null(self) -> list[str]:
        return [name for name, (_, nullable) in self.columns.items() if not nullable]


def _not_null(column: str) -> str:
    return f"{column}_not_null"


def _counted(counts: Mapping[str, int], rule: str) -> Any:
    # The rows are already counted, in one pass: pandera's own checks would scan once per rule.
    return lambda column: counts[rule] == 0


def _flatten(report: Any) -> list[dict[str, Any]]:
    groups = [kind for level in report.values() for kind in level.values()]
    return [error for group in groups for error in group]


def _message(error: dict[str, Any], counts: Mapping[str, int]) -> str:
    rule = str(error["check"])
    if rule in counts:
        return f"rule {rule} on column {error['column']}: {counts[rule]} rows break it"
    return f"rule {rule} on column {error['column']}: {error['error']}"
