"""Stage raw: every statement of every enabled source, unchanged.

A row is one statement: source, name, country, year, n_female, n_male, p_female, n_sources, part,
n_bearers; null where the source gives no value. part is given or family; a statement on a family
name has n_bearers only. The manifest counts every line of every source. A source that changed more
than a rule allows since the last run stops the job (data_watch); --accept-data-changes=LIST lets
the changes of this list pass, as the setting does. Its empty value counts as not given.
"""

import argparse
import dataclasses
import functools
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from gender_detection.config import Settings
from gender_detection.errors import SourceError
from gender_detection.jobs import say
from gender_detection.sources import (
    RAW_SCHEMA,
    PackageSource,
    SourceEntry,
    chosen,
    is_permissive,
    load_catalogue,
    read,
)
from gender_detection.spark.data_rules import load_rules
from gender_detection.spark.data_watch import Watch
from gender_detection.spark.datasets import Version
from gender_detection.spark.profiles import profiles_of
from gender_detection.spark.quality import Gate
from gender_detection.spark.session import run_job
from gender_detection.spark.stages import drop_rejected, publish_stage, stage_dataset

# The user's files first and downloads last: a mistake in a file is reported within seconds.
READ_FIRST = ("file", "package", "http")

# The floor is low, because the user may set a small SAMPLE.
GATE = Gate(
    stage="raw",
    columns={
        "source": ("string", False),
        "name": ("string", True),
        "country": ("string", True),
        "year": ("smallint", True),
        "n_female": ("double", True),
        "n_male": ("double", True),
        "p_female": ("double", True),
        "n_sources": ("int", True),
        "part": ("string", False),
        "n_bearers": ("double", True),
    },
    rules={
        "n_female_not_negative": ("n_female", "n_female IS NULL OR n_female >= 0"),
        "n_male_not_negative": ("n_male", "n_male IS NULL OR n_male >= 0"),
        "p_female_in_0_1": ("p_female", "p_female IS NULL OR p_female BETWEEN 0 AND 1"),
        "n_sources_not_negative": ("n_sources", "n_sources IS NULL OR n_sources >= 0"),
        "n_bearers_not_negative": ("n_bearers", "n_bearers IS NULL OR n_bearers >= 0"),
        "part_is_known": ("part", "part IN ('given', 'family')"),
        # Given names have a gender, family names have bearers, never both.
        "has_a_figure": (
            "p_female",
            "part = 'family' OR coalesce(p_female, n_female, n_male) IS NOT NULL",
        ),
        "bearers_of_family_names": (
            "n_bearers",
            "(part = 'family') = (n_bearers IS NOT NULL)",
        ),
        "family_names_have_no_gender": (
            "part",
            "part = 'given' OR coalesce(p_female, n_female, n_male) IS NULL",
        ),
    },
    floor=0.001,
)


def transform(df: DataFrame, share: float) -> DataFrame:
    """Set the reason outside_sample, except for a share of the names that a hash selects."""
    inside = (F.crc32(F.coalesce("name", F.lit(""))) % 10_000) < round(share * 10_000)
    return df.withColumn("reason", F.when(~inside, "outside_sample"))


def read_source(entry: SourceEntry, cache_dir: Path, target: Path) -> dict[str, Any]:
    """Write a source's statements to a Parquet file, and return its entry in the manifest."""
    say(f"reading {entry.name} ({entry.licence})")
    reading = read(entry, cache_dir, _print_progress)
    # Batch by batch: a source may be larger than the driver's memory.
    with pq.ParquetWriter(target, RAW_SCHEMA) as writer:
        for batch in reading.statements:
            writer.write_batch(batch)
    say(f"{entry.name}: {reading.lines_in:,} lines, {reading.statements_out:,} statements")
    for reason, first in reading.first_faults.items():
        say(
            f"{entry.name}: lines rejected as {reason}: {reading.rejects[reason]:,}; "
            f"the first is {first}"
        )
    return {
        "title": entry.title,
        "licence": entry.licence,
        "permissive": is_permissive(entry.licence),
        "citation": entry.citation,
        "homepage": entry.homepage,
        "note": entry.note,
        "kind": entry.kind,
        "weight": entry.weight,
        "release": entry.version if isinstance(entry, PackageSource) else None,
        "sha256": reading.checksum,
        "etag": reading.etag,
        "last_modified": reading.last_modified,
        "lines_in": reading.lines_in,
        "lines_stating": reading.lines_stating,
        "lines_rejected": reading.rejects,
        "statements": reading.statements_out,
    }


def _print_progress(source: str, received: int, total: int | None) -> None:
    of_total = f" of {total / 1e6:.0f}" if total else ""
    say(f"{source}: {received / 1e6:.0f}{of_total} MB")


def acquire(spark: SparkSession, settings: Settings) -> list[Version]:
    """Read the enabled sources, publish their statements, and return the version."""
    # A mistake in the rules, too, is reported within seconds.
    rules = load_rules(Path(settings.data_rules) if settings.data_rules else None)
    choice = chosen(settings.sources)
    catalogue = load_catalogue(choice.own, choice.permissive)
    entries = [entry for entry in catalogue.values() if entry.enabled]
    if not entries:
        raise SourceError("all sources are disabled: set enabled = true for one in the catalogue")
    with tempfile.TemporaryDirectory() as folder:
        files = {entry.name: Path(folder) / f"{entry.name}.parquet" for entry in entries}
        facts_by_source = {
            entry.name: read_source(entry, Path(settings.cache_dir), files[entry.name])
            for entry in sorted(entries, key=lambda entry: READ_FIRST.index(entry.kind))
        }
        # In the catalogue's order, which does not depend on the order of reading.
        sources = {name: facts_by_source[name] for name in files}
        dataset = stage_dataset(spark, settings, "raw")
        statements = dataset.stage_files(list(files.values()))
    kept, counts = drop_rejected(transform(statements, settings.sample), GATE, "source")
    facts = {
        "choice": choice.name,
        "sample": settings.sample,
        "sources": sources,
        "profiles": profiles_of(kept),
        **counts,
    }
    notes = Watch(spark, dataset, rules).check(kept, facts, accepted=settings.accept_data_changes)
    return [publish_stage(spark, settings, "raw", kept, facts, by="name", notes=notes)]


def read_settings(arguments: Sequence[str] | None) -> Settings:
    """Return the settings of the environment with the options over them."""
    parser = argparse.ArgumentParser("data_acquisition.py")
    parser.add_argument("--accept-data-changes", default="", metavar="LIST")
    accepted = parser.parse_args(arguments).accept_data_changes.strip()
    settings = Settings.from_env()
    return dataclasses.replace(settings, accept_data_changes=accepted) if accepted else settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job with the settings of the environment; return its exit code."""
    return run_job("data_acquisition", acquire, functools.partial(read_settings, arguments))


if __name__ == "__main__":
    sys.exit(main())
