"""Profiles of the sources in the dataset raw, and how far their single names moved, in Spark."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from .bearers import PARTS, exact_sum, stated_bearers
from .source_changes import WORLD, Cell, CellKey, CellMoves, NameMove

# Names of a cell that a list of changes shows.
SHOWN = 10
_CELL = ("source", "part", "country")
_TOTALS = (
    "source string, part string, country string, all_before double, all_now double, limit double"
)


class Compared(NamedTuple):
    """The figures of a cell before and now, and how far a single name may move."""

    before: Cell
    now: Cell
    limit: float


def profiles_of(df: DataFrame) -> dict[str, dict[str, Any]]:
    """Return source -> profile (source_changes) of raw statements, in one pass."""
    # Before the figures are derived, of all columns: nothing that changes is overlooked.
    marked = _with_bearers(df.withColumn("hash", F.xxhash64(*df.columns)))
    cells = marked.groupBy(*_CELL).agg(
        F.count(F.lit(1)).alias("rows"),
        F.bit_xor("hash").alias("hash"),
        *(exact_sum(column) for column in ("women", "men", "bearers")),
    )
    profiles: dict[str, dict[str, Any]] = {}
    hashes: dict[str, int] = {}
    for row in cells.sort(*_CELL).collect():
        profile = profiles.setdefault(row["source"], {"fingerprint": "", "cells": {}})
        figures = {name: row[name] / PARTS for name in ("women", "men", "bearers")}
        cell = {"rows": row["rows"], **figures}
        profile["cells"].setdefault(row["part"], {})[row["country"]] = cell
        hashes[row["source"]] = hashes.get(row["source"], 0) ^ row["hash"]
    for source, number in hashes.items():
        profiles[source]["fingerprint"] = f"{number & (2**64 - 1):016x}"
    return profiles


def moves_of(
    spark: SparkSession,
    before: DataFrame,
    now: DataFrame,
    cells: Mapping[CellKey, Compared],
) -> dict[CellKey, CellMoves]:
    """Return how far the names of cells moved from the raw statements before to those of now.

    Cells without bearers are left out.
    """
    totals = [
        (*key, cell.before["bearers"], cell.now["bearers"], cell.limit)
        for key, cell in cells.items()
        if cell.before["bearers"] and cell.now["bearers"]
    ]
    if not totals:
        return {}
    frame = F.broadcast(spark.createDataFrame(totals, _TOTALS))
    sources = {key.source for key in cells}
    old, new = (_by_name(df, sources, when) for df, when in ((before, "before"), (now, "now")))
    joined = old.join(new, [*_CELL, "name"], "full_outer").fillna(0).join(frame, [*_CELL])
    moved = joined.withColumn("moved", _moved()).filter("moved > 0").persist()
    result = _collected(moved)
    moved.unpersist()
    return result


def _with_bearers(df: DataFrame) -> DataFrame:
    """Add women, men and bearers to raw statements; a family name has bearers only."""
    total, share = stated_bearers()
    given = F.col("part") == "given"
    women, men = (F.when(given, total * part).otherwise(0.0) for part in (share, 1 - share))
    bearers = F.when(given, F.col("women") + F.col("men")).otherwise(F.col("n_bearers"))
    return (
        df.withColumn("country", F.coalesce(F.upper("country"), F.lit(WORLD)))
        .withColumns({"women": F.coalesce(women, F.lit(0.0)), "men": F.coalesce(men, F.lit(0.0))})
        .withColumn("bearers", bearers)
    )


def _by_name(df: DataFrame, sources: Collection[str], when: str) -> DataFrame:
    """Return the women, men and bearers of each name, in columns that end in when."""
    rows = _with_bearers(df.filter(F.col("source").isin(sorted(sources))))
    # A release that writes its names in capitals has the same names.
    rows = rows.withColumn("name", F.lower(F.trim(F.coalesce("name", F.lit("")))))
    return rows.groupBy(*_CELL, "name").agg(
        *((exact_sum(n) / PARTS).alias(f"{n}_{when}") for n in ("women", "men", "bearers"))
    )


def _moved() -> Column:
    def distance(column: str) -> Column:
        now, before = F.col(f"{column}_now"), F.col(f"{column}_before")
        return F.abs(now / F.col("all_now") - before / F.col("all_before"))

    people = F.when(F.col("part") == "given", distance("women") + distance("men"))
    return people.otherwise(distance("bearers")) / 2


def _collected(moved: DataFrame) -> dict[CellKey, CellMoves]:
    beyond = F.count(F.when(F.col("moved") > F.col("limit"), 1))
    sums = moved.groupBy(*_CELL).agg(
        F.round(F.sum("moved"), 6).alias("together"), beyond.alias("beyond")
    )
    order = Window.partitionBy(*_CELL).orderBy(F.desc("moved"), "name")
    largest = moved.withColumn("rank", F.row_number().over(order)).filter(F.col("rank") <= SHOWN)
    shown: dict[CellKey, list[NameMove]] = {}
    for row in largest.sort(*_CELL, "rank").collect():
        key = CellKey(*(row[column] for column in _CELL))
        shown.setdefault(key, []).append(_name_move(row.asDict()))
    return {
        key: CellMoves(row["together"], row["beyond"], shown[key])
        for row in sums.collect()
        for key in [CellKey(*(row[column] for column in _CELL))]
    }


def _name_move(row: Mapping[str, Any]) -> NameMove:
    return NameMove(**{name: row[name] for name in NameMove._fields})
