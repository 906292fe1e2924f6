"""Stage vectors: the training data.

A row is key, p_female, weight, indices (hashed n-grams), split. Rows about single countries are
left out: the pattern model learns how a spelling is gendered worldwide. So are keys in other
scripts than Latin.
"""

import sys
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from gender_detection.config import Settings
from gender_detection.features import FEATURES_VERSION, NGrams, ngram_indices
from gender_detection.spark.datasets import Version
from gender_detection.spark.quality import Gate
from gender_detection.spark.session import run_job
from gender_detection.spark.stages import count_by, drop_rejected, publish_stage, stage_dataset

NGRAMS = NGrams()

GATE = Gate(
    stage="vectors",
    columns={
        "key": ("string", False),
        "p_female": ("double", False),
        "weight": ("double", False),
        "indices": ("array<int>", False),
        "split": ("string", False),
    },
    rules={
        "p_female_in_0_1": ("p_female", "p_female BETWEEN 0 AND 1"),
        "weight_positive": ("weight", "weight > 0"),
        "has_ngrams": ("indices", "size(indices) > 0"),
        "indices_in_range": (
            "indices",
            f"array_min(indices) >= 0 AND array_max(indices) < {2**NGRAMS.bits}",
        ),
        "split_is_known": ("split", "split IN ('train', 'valid', 'test')"),
    },
    unique=("key",),
    floor=0.3,
)


def transform(df: DataFrame) -> DataFrame:
    """Return training rows from evidence, with a reason for the rows to reject."""
    count = F.col("female") + F.col("male")
    rows = df.select(
        "key",
        (F.col("female") / count).alias("p_female"),
        # The square root is between one vote per name and one per bearer; it was the best of four
        # weights (docs/decisions/0006-pattern-model.md).
        F.sqrt(F.least(count, F.lit(1000.0))).alias("weight"),
        "split",
        F.when(F.col("country").isNotNull(), "about_one_country")
        .when(~F.col("key").rlike("^[a-z]+$"), "in_another_script")
        .alias("reason"),
    )
    schema = "key string, p_female double, weight double, split string, reason string"
    return rows.mapInArrow(_add_indices, f"{schema}, indices array<int>")


def _add_indices(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        # Rejected rows are counted and dropped, so they need no indices.
        kept = pc.if_else(pc.is_null(batch["reason"]), batch["key"], "")
        indices, offsets = ngram_indices(kept.to_pylist(), NGRAMS)
        lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(indices))
        names = [*batch.schema.names, "indices"]
        yield pa.RecordBatch.from_arrays([*batch.columns, lists], names)


def vectorise(spark: SparkSession, settings: Settings) -> list[Version]:
    """Read the evidence, publish the training rows, and return the version."""
    transformed = stage_dataset(spark, settings, "transformed").current()
    evidence = stage_dataset(spark, settings, "transformed").read(transformed)
    rows = transform(evidence).select(*GATE.columns, "reason")
    kept, counts = drop_rejected(rows, GATE)
    facts = {
        "input": {"transformed": transformed.name},
        **counts,
        "splits": count_by(kept, "split"),
        "features": {"version": FEATURES_VERSION, **vars(NGRAMS)},
    }
    return [publish_stage(spark, settings, "vectors", kept, facts, by="key")]


def main() -> int:
    """Run the job with the settings of the environment; return its exit code."""
    return run_job("vectorization", vectorise, Settings.from_env)


if __name__ == "__main__":
    sys.exit(main())
