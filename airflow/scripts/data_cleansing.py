"""Stage clean: the credible statements, each with its key.

A row is source, name (NFC), key, country, year, female, male, sources, part, bearers. female and
male are effective counts: the counts of the statement, or an estimate if it has none, times the
weight of the source in the catalogue. sources is the number of primary sources that the statement
pools. bearers is female + male. For a family name (part), the key is made from all its words,
bearers is the count of the source, and female and male are 0. The manifest counts the other
statements by reason.
"""

import sys
import unicodedata
from collections.abc import Iterator, Mapping

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from gender_detection.config import Settings
from gender_detection.countries import ISO_ALPHA_2
from gender_detection.names import family_key, statement_key
from gender_detection.spark.bearers import stated_bearers
from gender_detection.spark.datasets import Version
from gender_detection.spark.quality import Gate
from gender_detection.spark.session import run_job
from gender_detection.spark.stages import count_by, drop_rejected, publish_stage, stage_dataset

GATE = Gate(
    stage="clean",
    columns={
        "source": ("string", False),
        "name": ("string", False),
        "key": ("string", False),
        "country": ("string", True),
        "year": ("smallint", True),
        "female": ("double", False),
        "male": ("double", False),
        "sources": ("int", False),
        "part": ("string", False),
        "bearers": ("double", False),
    },
    rules={
        "key_is_letters": ("key", "key RLIKE '^([a-z]{2,64}|[^\\\\x00-\\\\x7f]{1,64})$'"),
        "country_is_iso": ("country", "country IS NULL OR country RLIKE '^[A-Z]{2}$'"),
        "female_not_negative": ("female", "female >= 0"),
        "male_not_negative": ("male", "male >= 0"),
        "part_is_known": ("part", "part IN ('given', 'family')"),
        "has_bearers": ("bearers", "bearers > 0"),
        "bearers_are_women_and_men": ("bearers", "part = 'family' OR bearers = female + male"),
        "family_names_have_no_gender": ("female", "part = 'given' OR female + male = 0"),
        "family_names_have_a_country": ("country", "part = 'given' OR country IS NOT NULL"),
        "year_is_plausible": ("year", "year IS NULL OR year BETWEEN 1500 AND 2100"),
    },
    floor=0.9,
)


def transform(df: DataFrame, weights: Mapping[str, float]) -> DataFrame:
    """Return raw statements with keys and effective counts, and a reason for those to reject.

    weights has the sources whose weight is not 1.
    """
    keyed = df.mapInArrow(_add_keys, f"{_ddl(df)}, key string, key_reason string")
    total, share = stated_bearers()
    total = total * _weight(weights)
    is_family = F.col("part") == "family"
    # Rounded so that sums do not depend on the order of adding, see data_transformation.
    female, male = (
        F.when(is_family, 0.0).otherwise(F.round(total * part, 4)) for part in (share, 1 - share)
    )
    # Not weighted: the weights correct overlaps between sources of gender.
    bearers = F.when(is_family, F.round("n_bearers", 4)).otherwise(female + male)
    return keyed.select(
        "source",
        "name",
        "key",
        F.upper("country").alias("country"),
        "year",
        female.alias("female"),
        male.alias("male"),
        F.greatest(F.coalesce("n_sources", F.lit(1)), F.lit(1)).cast("int").alias("sources"),
        "part",
        bearers.alias("bearers"),
        _reason(bearers).alias("reason"),
    )


def _weight(weights: Mapping[str, float]) -> Column:
    weight = F.lit(1.0)
    for source, worth in sorted(weights.items()):
        weight = F.when(F.col("source") == source, worth).otherwise(weight)
    return weight


def _reason(bearers: Column) -> Column:
    known = F.upper("country").isin(sorted(ISO_ALPHA_2))
    return (
        F.when(F.col("key_reason").isNotNull(), F.col("key_reason"))
        .when(F.col("country").isNotNull() & ~known, "unknown_country")
        # A statement on a family name says only in which country it occurs.
        .when((F.col("part") == "family") & F.col("country").isNull(), "no_country")
        # No figure, or a fraction of a bearer that is rounded to 0.
        .when(bearers.isNull() | (bearers == 0), "no_evidence")
        .when((F.col("year") < 1500) | (F.col("year") > 2100), "implausible_year")
    )


def _ddl(df: DataFrame) -> str:
    return ", ".join(f"{field.name} {field.dataType.simpleString()}" for field in df.schema)


def _add_keys(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        # Not Arrow's utf8_normalize: its NFC is decomposed in pyarrow 25.
        names = [unicodedata.normalize("NFC", name or "") for name in batch["name"].to_pylist()]
        # A name repeats for each country and gender, in one batch because the rows are sorted.
        pairs = list(zip(names, batch["part"].to_pylist(), strict=True))
        key_of = {
            (name, part): family_key(name) if part == "family" else statement_key(name)
            for name, part in set(pairs)
        }
        keyed = [key_of[pair] for pair in pairs]
        keys = pa.array([key for key, _ in keyed], pa.string())
        reasons = pa.array([reason for _, reason in keyed], pa.string())
        index = batch.schema.get_field_index("name")
        batch = batch.set_column(index, "name", pa.array(names, pa.string()))
        columns = [*batch.columns, keys, reasons]
        yield pa.RecordBatch.from_arrays(columns, [*batch.schema.names, "key", "key_reason"])


def cleanse(spark: SparkSession, settings: Settings) -> list[Version]:
    """Read the raw statements, publish the credible ones, and return the version."""
    raw = stage_dataset(spark, settings, "raw").current()
    statements = stage_dataset(spark, settings, "raw").read(raw)
    sources = raw.manifest["sources"].items()
    weights = {name: facts["weight"] for name, facts in sources if facts["weight"] != 1}
    kept, counts = drop_rejected(transform(statements, weights), GATE, "source")
    facts = {
        "input": {"raw": raw.name},
        "weights": weights,
        **counts,
        "parts": count_by(kept, "part"),
    }
    return [publish_stage(spark, settings, "clean", kept, facts, by="key")]


def main() -> int:
    """Run the job with the settings of the environment; return its exit code."""
    return run_job("data_cleansing", cleanse, Settings.from_env)


if __name__ == "__main__":
    sys.exit(main())
