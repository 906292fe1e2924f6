"""Scores a table of people: its rows as they came, and five columns appended.

    spark-submit airflow/scripts/batch_prediction.py --input people.parquet --output answered

reads and writes Parquet, CSV, JSON lines or ORC on any file system that Spark reads. The output is
seen when it is whole; one that is there is kept unless --overwrite=true. An option that is empty
is as good as none, so that Airflow can pass all of them on.
"""

import argparse
import functools
import sys
from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession

from gender_detection.config import Settings
from gender_detection.spark import ReadStats, score
from gender_detection.spark.datasets import Version
from gender_detection.spark.session import run_job, say
from gender_detection.spark.user_tables import FORMATS, check_free, publish_table, read_table

NAMED = ("name", "given_name", "family_name", "country_column", "country")
SHARES = ("threshold", "female_share")


def transform(
    df: DataFrame, options: argparse.Namespace, tally: ReadStats | None = None
) -> DataFrame:
    """Return the table with its answers, which tally counts when they are written."""
    asked = {name: getattr(options, name) for name in (*NAMED, *SHARES)}
    return score(df, options.model, **asked, tally=tally)


def told(tally: ReadStats) -> str:
    """Return the closing summary of a run."""
    unknown = tally.genders["unknown"]
    answered = tally.rows - unknown
    line = f"{tally.rows:,} rows, {answered:,} answered"
    if answered:
        line += f" ({tally.genders['female'] / answered:.1%} female)"
    reasons = ", ".join(f"{rows:,} {reason}" for reason, rows in tally.reasons.most_common())
    return f"{line}, {unknown:,} unknown" + (f" ({reasons})" if reasons else "")


def predict(spark: SparkSession, settings: Settings, options: argparse.Namespace) -> list[Version]:
    """Read the table, score it and publish it; it is no dataset of the pipeline's."""
    check_free(spark, options.output, overwrite=options.overwrite)
    people = read_table(spark, options.input, options.input_format, dict(options.read_option))
    tally = ReadStats(spark.sparkContext)
    answered = transform(people, options, tally)
    say(f"scoring {options.input}")
    publish_table(
        answered,
        options.output,
        options.output_format or options.input_format,
        options=dict(options.write_option),
        overwrite=options.overwrite,
    )
    say(told(tally))
    for said in tally.countries.sentences():
        say(f"warning: {said}")
    say(f"{options.output} is whole")
    return []


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options given; exit with a line on what is wrong with them."""
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser("batch_prediction.py", description=summary)
    add = functools.partial(parser.add_argument, type=_or_none, metavar="TEXT")
    add("--input", required=True, help="file or folder, any URI that Spark reads")
    add("--output", required=True, help="folder to make")
    add("--input-format", default="parquet", help=f"one of {', '.join(FORMATS)}")
    add("--output-format", help="likewise; by default that of the input")
    add("--model", help="folder of an artifact; by default the model that is served")
    for option in NAMED:
        what = "of rows that name none" if option == "country" else "column to read"
        add(f"--{option.replace('_', '-')}", help=what)
    for option in SHARES:
        add(f"--{option.replace('_', '-')}", type=_share, metavar="SHARE", help="a number up to 1")
    add("--overwrite", type=_switch, default=False, metavar="BOOL", help="replace the output")
    for option in ("--read-option", "--write-option"):
        add(option, type=_pair, action="append", default=[], metavar="KEY=VALUE", help="of Spark's")
    options = parser.parse_args(arguments)
    for option in ("input", "output"):
        if getattr(options, option) is None:
            parser.error(f"--{option} is empty: name a file or folder")
    for option in ("input_format", "output_format"):
        if getattr(options, option) not in (None, *FORMATS):
            parser.error(f"--{option.replace('_', '-')}: give one of {', '.join(FORMATS)}")
    options.input_format = options.input_format or "parquet"
    return options


def _or_none(text: str) -> str | None:
    return text.strip() or None


def _share(text: str) -> float | None:
    return float(text) if text.strip() else None


def _switch(text: str) -> bool:
    known = {"true": True, "false": False, "": False}
    if text.strip().lower() not in known:
        raise argparse.ArgumentTypeError(f"{text!r}: give true or false")
    return known[text.strip().lower()]


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise argparse.ArgumentTypeError(f"{text!r}: give KEY=VALUE")
    return key, value


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job with the settings of the environment; return its exit code."""
    options = read_arguments(arguments)
    job = functools.partial(predict, options=options)
    return run_job("batch_prediction", job, Settings.from_env)


if __name__ == "__main__":
    sys.exit(main())
