"""Shared by the four stages of the pipeline: the place of their datasets, and publishing."""

import importlib.metadata
from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from ..config import Settings
from ..jobs import say
from ..names import NORMALISATION_VERSION
from .datasets import Dataset, Version
from .quality import Gate

STAGES = ("raw", "clean", "transformed", "vectors")
# The second dataset of the transformation job; no stage reads it.
ORIGINS = "origins"

# Files per version: one for a few hundred thousand rows, so that a cluster can use its cores and a
# laptop has few files.
SHARDS = 4


def stage_dataset(spark: SparkSession, settings: Settings, stage: str) -> Dataset:
    """Return the dataset of a stage."""
    return Dataset(spark, f"{settings.data_uri}/{stage}")


def count_by(df: DataFrame, *columns: str) -> dict[str, Any]:
    """Return row counts by the values of columns, as nested dictionaries, one level per column."""
    counts: dict[str, Any] = {}
    for row in df.groupBy(*columns).count().sort(*columns).collect():
        level = counts
        for value in row[:-2]:
            level = level.setdefault(value, {})
        level[row[-2]] = row[-1]
    return counts


def drop_rejected(df: DataFrame, gate: Gate, *by: str) -> tuple[DataFrame, dict[str, Any]]:
    """Return the rows of df whose reason is null, and the counts for the manifest.

    The other rows are rejected; they are counted by the columns by, then by reason. Raise
    QualityError if the rows kept do not pass the gate.
    """
    df = df.persist()
    rows_in = df.count()
    kept = df.filter("reason IS NULL").drop("reason")
    rejected = count_by(df.filter("reason IS NOT NULL"), *by, "reason")
    rows_out = gate.check(kept, rows_in=rows_in)
    return kept, {"rows_in": rows_in, "rejected": rejected, "rows_out": rows_out}


def publish_stage(
    spark: SparkSession,
    settings: Settings,
    stage: str,
    df: DataFrame,
    facts: Mapping[str, Any],
    *,
    by: str,
    notes: Mapping[str, Any] | None = None,
) -> Version:
    """Publish a stage's rows, hashed by column by, with their manifest, and print a line.

    notes are for the manifest, and not for the version's name (Dataset.publish).
    """
    code = {
        "package": importlib.metadata.version("gender-detection"),
        "normalisation": NORMALISATION_VERSION,
    }
    manifest = {"stage": stage, "code": code, **facts}
    dataset = stage_dataset(spark, settings, stage)
    version = dataset.publish(df, manifest, by=by, shards=SHARDS, notes=notes)
    rows_in, rows_out = facts["rows_in"], facts["rows_out"]
    # The time of a version that was made before is that of its first run.
    first = version.manifest.get("published_at", "before times were recorded")
    say(f"{stage}: {rows_in:,} rows in, {rows_out:,} out, version {version.name} of {first}")
    return version
