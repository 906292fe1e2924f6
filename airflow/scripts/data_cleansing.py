"""Stage clean: the statements that can be believed, each under its key.

A row is source, name (NFC), key, country, year, female, male, sources. female and male are
effective counts: what the statement counts, or, where it counts nobody, what it is worth. sources
is how many primary sources the statement pools. Every other statement is counted under a reason.
"""

import sys
import unicodedata
from collections.abc import Iterator

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from gender_detection.config import Settings
from gender_detection.countries import ISO_ALPHA_2
from gender_detection.names import statement_key
from gender_detection.spark.quality import Gate
from gender_detection.spark.session import run_job
from gender_detection.spark.stages import publish_stage, sift, stage_dataset

# A source that lists a name without counting its bearers: one bearer for each of its own sources,
# or, where it names none, half of the rarest class that a frequency dictionary tells apart.
UNCOUNTED = 0.2

GATE = Gate(
    stage="clean",
    columns={
        "source": ("string", False),
        "name": ("string", False),
        "key": ("string", False),
        "country": ("string", True),
        "year": ("short", True),
        "female": ("double", False),
        "male": ("double", False),
        "sources": ("int", False),
    },
    rules={
        "key_is_letters": ("key", "key RLIKE '^[a-z]{2,64}$'"),
        "country_is_iso": ("country", "country IS NULL OR country RLIKE '^[A-Z]{2}$'"),
        "female_not_negative": ("female", "female >= 0"),
        "male_not_negative": ("male", "male >= 0"),
        "somebody_bears_it": ("female", "female + male > 0"),
        "year_is_plausible": ("year", "year IS NULL OR year BETWEEN 1500 AND 2100"),
    },
    floor=0.9,
)


def transform(df: DataFrame) -> DataFrame:
    """Return raw statements with key, effective counts, and a reason where not to be believed."""
    keyed = df.mapInArrow(_add_keys, f"{_ddl(df)}, key string, key_reason string")
    # Official lists state one sex a line and are silent on the other.
    n_female, n_male = (F.coalesce(column, F.lit(0.0)) for column in ("n_female", "n_male"))
    counted = n_female + n_male
    worth = F.greatest(counted, F.coalesce("n_sources", F.lit(0)).cast("double"))
    total = F.when(worth > 0, worth).otherwise(UNCOUNTED)
    share = F.when(counted > 0, n_female / counted).otherwise(F.col("p_female"))
    # Rounded so that sums do not depend on the order of adding, see data_transformation.
    female, male = F.round(total * share, 4), F.round(total * (1 - share), 4)
    return keyed.select(
        "source",
        "name",
        "key",
        F.upper("country").alias("country"),
        "year",
        female.alias("female"),
        male.alias("male"),
        F.greatest(F.coalesce("n_sources", F.lit(1)), F.lit(1)).cast("int").alias("sources"),
        _reason(female + male).alias("reason"),
    )


def _reason(evidence: Column) -> Column:
    known = F.upper("country").isin(sorted(ISO_ALPHA_2))
    return (
        F.when(F.col("key_reason").isNotNull(), F.col("key_reason"))
        .when(F.col("country").isNotNull() & ~known, "unknown_country")
        # Silent, or about a share of a bearer that rounding makes nobody.
        .when(evidence.isNull() | (evidence == 0), "no_evidence")
        .when((F.col("year") < 1500) | (F.col("year") > 2100), "implausible_year")
    )


def _ddl(df: DataFrame) -> str:
    return ", ".join(f"{field.name} {field.dataType.simpleString()}" for field in df.schema)


def _add_keys(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        # Not Arrow's utf8_normalize: in pyarrow 25, what it calls NFC is decomposed.
        names = [unicodedata.normalize("NFC", name or "") for name in batch["name"].to_pylist()]
        keyed = [statement_key(name) for name in names]
        keys = pa.array([key for key, _ in keyed], pa.string())
        reasons = pa.array([reason for _, reason in keyed], pa.string())
        at = batch.schema.get_field_index("name")
        batch = batch.set_column(at, "name", pa.array(names, pa.string()))
        columns = [*batch.columns, keys, reasons]
        yield pa.RecordBatch.from_arrays(columns, [*batch.schema.names, "key", "key_reason"])


def cleanse(spark: SparkSession, settings: Settings) -> None:
    """Read the raw statements and publish the believable ones."""
    raw = stage_dataset(spark, settings, "raw").current()
    statements = stage_dataset(spark, settings, "raw").read(raw)
    kept, counts = sift(transform(statements), GATE, "source")
    facts = {"input": {"raw": raw.name}, **counts}
    publish_stage(spark, settings, "clean", kept, facts, by="key")


def main() -> int:
    """Run the job with the settings of the environment; return its exit code."""
    return run_job("cleansing", lambda spark: cleanse(spark, Settings.from_env()))


if __name__ == "__main__":
    sys.exit(main())
