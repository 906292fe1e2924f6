"""Stage transformed: the evidence of all sources on each key, worldwide and by country.

A row is key, country (null: worldwide), female, male, sources, script, length, tokens, split.
A statement about a country counts in that country and worldwide. Keys by consonants pool the keys
of Arabic countries once more (names.consonants).

The dataset origins is published first, from the same version of clean: the bearers of each family
name by country. A row is key, country, bearers.
"""

import sys
from collections.abc import Iterator

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from gender_detection.config import Settings
from gender_detection.features import split_of
from gender_detection.names import script
from gender_detection.names.consonants import ARABIC_COUNTRIES, of_latin
from gender_detection.spark.bearers import PARTS, exact_sum
from gender_detection.spark.datasets import Version
from gender_detection.spark.quality import Gate
from gender_detection.spark.session import run_job
from gender_detection.spark.stages import ORIGINS, publish_stage, stage_dataset

GATE = Gate(
    stage="transformed",
    columns={
        "key": ("string", False),
        "country": ("string", True),
        "female": ("double", False),
        "male": ("double", False),
        "sources": ("int", False),
        "script": ("string", False),
        "length": ("int", False),
        "tokens": ("int", False),
        "split": ("string", False),
    },
    rules={
        "has_bearers": ("female", "female >= 0 AND male >= 0 AND female + male > 0"),
        "has_sources": ("sources", "sources >= 1"),
        "length_is_the_key's": ("length", "length = length(key)"),
        "has_tokens": ("tokens", "tokens >= 1"),
        "split_is_known": ("split", "split IN ('train', 'valid', 'test')"),
    },
    unique=("key", "country"),
    floor=0.05,
)

ORIGINS_GATE = Gate(
    stage=ORIGINS,
    columns={
        "key": ("string", False),
        "country": ("string", False),
        "bearers": ("double", False),
    },
    rules={"has_bearers": ("bearers", "bearers > 0")},
    unique=("key", "country"),
    floor=0.05,
)


def transform(df: DataFrame) -> DataFrame:
    """Return the evidence by key, and by key and country, from clean statements on given names."""
    # Partitioned by key once, for all groupings below.
    df = df.filter("part = 'given'").repartition("key")
    everywhere = df.withColumn("country", F.lit(None).cast("string"))
    by_country = _pool(df.filter("country IS NOT NULL"))
    groups = _pool(everywhere).unionByName(by_country).unionByName(_by_consonants(by_country))
    named = groups.mapInArrow(_describe, "key string, country string, female double, male double, "
        "sources int, script string, length int, tokens int, split string")  # fmt: skip
    return named


def count_origins(df: DataFrame) -> DataFrame:
    """Return the bearers of each family name by country, from clean statements."""
    families = df.filter("part = 'family'").groupBy("key", "country").agg(exact_sum("bearers"))
    return families.withColumn("bearers", F.col("bearers") / PARTS)


def _by_consonants(df: DataFrame) -> DataFrame:
    """Return the evidence of Arabic countries by the consonants of keys in Latin letters, for names
    in Arabic letters, which nobody may have counted."""
    local = df.filter(
        F.col("country").isin(sorted(ARABIC_COUNTRIES)) & F.col("key").rlike("^[a-z]")
    )
    schema = ", ".join(f"{field.name} {field.dataType.simpleString()}" for field in df.schema)
    return (
        local.mapInArrow(_replace_by_consonants, schema)
        .filter("key <> ''")
        .groupBy("key")
        .agg(
            F.lit(None).cast("string").alias("country"),
            (exact_sum("female") / PARTS).alias("female"),
            (exact_sum("male") / PARTS).alias("male"),
            F.max("sources").alias("sources"),
            F.first("key").alias("name"),
        )
    )


def _replace_by_consonants(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        keys = pa.array([of_latin(key) for key in batch["key"].to_pylist()], pa.string())
        yield batch.set_column(batch.schema.get_field_index("key"), "key", keys)


def _pool(df: DataFrame) -> DataFrame:
    """Pool statements by key and country; several statements of a source count as one source."""
    by_source = df.groupBy("key", "country", "source").agg(
        exact_sum("female"),
        exact_sum("male"),
        F.max("sources").alias("sources"),
        # The most frequent spelling represents the key; if equal, the first in the alphabet.
        F.min(F.struct((-(F.col("female") + F.col("male"))).alias("rank"), "name")).alias("best"),
    )
    return by_source.groupBy("key", "country").agg(
        (F.sum("female") / PARTS).alias("female"),
        (F.sum("male") / PARTS).alias("male"),
        F.sum("sources").cast("int").alias("sources"),
        F.min("best")["name"].alias("name"),
    )


def _describe(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        keys, names = batch["key"].to_pylist(), batch["name"].to_pylist()
        yield pa.RecordBatch.from_pydict(
            {
                "key": batch["key"],
                "country": batch["country"],
                "female": batch["female"],
                "male": batch["male"],
                "sources": batch["sources"],
                "script": [script(name) for name in names],
                "length": pa.array([len(key) for key in keys], pa.int32()),
                "tokens": pa.array([_words(name) for name in names], pa.int32()),
                "split": [split_of(key) for key in keys],
            }
        )


def _words(name: str) -> int:
    return max(1, len(name.replace("-", " ").split()))


def pool_statements(spark: SparkSession, settings: Settings) -> list[Version]:
    """Read the clean statements, publish origins and evidence, and return these versions."""
    clean = stage_dataset(spark, settings, "clean").current()
    statements = stage_dataset(spark, settings, "clean").read(clean)
    origins = _publish_origins(spark, settings, clean, statements)
    df = transform(statements).persist()
    rows_in = clean.manifest["parts"].get("given", 0)
    about_a_country = statements.filter("part = 'given' AND country IS NOT NULL").count()
    rows_out = GATE.check(df, rows_in=rows_in)
    keys = df.filter("country IS NULL").count()
    facts = {
        "input": {"clean": clean.name},
        "rows_in": rows_in,
        "pooled": {
            "into_world": {"statements": rows_in, "keys": keys},
            "into_countries": {"statements": about_a_country, "keys": rows_out - keys},
        },
        "rejected": {},
        "rows_out": rows_out,
    }
    return [origins, publish_stage(spark, settings, "transformed", df, facts, by="key")]


def _publish_origins(
    spark: SparkSession, settings: Settings, clean: Version, statements: DataFrame
) -> Version:
    rows_in = clean.manifest["parts"].get("family", 0)
    df = count_origins(statements).persist()
    # Empty if the only source of family names is disabled, which is allowed.
    rows_out = ORIGINS_GATE.check(df, rows_in=rows_in) if rows_in else 0
    facts = {
        "input": {"clean": clean.name},
        "rows_in": rows_in,
        "pooled": {
            "statements": rows_in,
            "names": df.select("key").distinct().count(),
            "countries": df.select("country").distinct().count(),
        },
        "rejected": {},
        "rows_out": rows_out,
    }
    version = publish_stage(spark, settings, ORIGINS, df, facts, by="key")
    df.unpersist()
    return version


def main() -> int:
    """Run the job with the settings of the environment; return its exit code."""
    return run_job("data_transformation", pool_statements, Settings.from_env)


if __name__ == "__main__":
    sys.exit(main())
