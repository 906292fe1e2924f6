"""Score a table of people: append five columns to its rows.

    spark-submit airflow/scripts/batch_prediction.py --input people.parquet --output answered

It reads and writes Parquet, CSV, JSON lines or ORC on any file system that Spark supports. The
output appears when it is complete; an existing one is kept unless --overwrite=true. An option with
an empty value counts as not given, so that Airflow can pass all options.
"""

import argparse
import functools
import sys
from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession

from gender_detection.config import Settings
from gender_detection.jobs import say
from gender_detection.spark import AnswerAccumulator, score
from gender_detection.spark.datasets import Version
from gender_detection.spark.session import run_job
from gender_detection.spark.user_tables import FORMATS, check_free, publish_table, read_table

COLUMNS_AND_COUNTRY = ("name", "given_name", "family_name", "country_column", "country")
SHARES = ("threshold", "female_share")


def transform(
    df: DataFrame,
    options: argparse.Namespace,
    settings: Settings,
    counter: AnswerAccumulator | None = None,
) -> DataFrame:
    """Return the table with its answers; counter counts them when they are written."""
    given = {name: getattr(options, name) for name in (*COLUMNS_AND_COUNTRY, *SHARES)}
    return score(
        df,
        options.model,
        **given,
        corrections=options.corrections,
        counter=counter,
        settings=settings,
    )


def summary_line(counter: AnswerAccumulator) -> str:
    """Return the summary of a run."""
    unknown = counter.genders["unknown"]
    answered = counter.rows - unknown
    line = f"{counter.rows:,} rows, {answered:,} answered"
    if answered:
        line += f" ({counter.genders['female'] / answered:.1%} female)"
    reasons = ", ".join(f"{rows:,} {reason}" for reason, rows in counter.reasons.most_common())
    return f"{line}, {unknown:,} unknown" + (f" ({reasons})" if reasons else "")


def predict(spark: SparkSession, settings: Settings, options: argparse.Namespace) -> list[Version]:
    """Read the table, score it and publish the output; return no dataset version."""
    check_free(spark, options.output, overwrite=options.overwrite)
    people = read_table(spark, options.input, options.input_format, dict(options.read_option))
    counter = AnswerAccumulator(spark.sparkContext)
    answered = transform(people, options, settings, counter)
    say(f"scoring {options.input}")
    publish_table(
        answered,
        options.output,
        options.output_format or options.input_format,
        options=dict(options.write_option),
        overwrite=options.overwrite,
    )
    say(summary_line(counter))
    for sentence in counter.countries.sentences():
        say(f"warning: {sentence}")
    say(f"{options.output} is complete")
    return []


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options; exit with one line if they are wrong."""
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser("batch_prediction.py", description=summary)
    add = functools.partial(parser.add_argument, type=_or_none, metavar="TEXT")
    add("--input", required=True, help="file or folder to read: any URI that Spark supports")
    add("--output", required=True, help="folder to create: any URI that Spark supports")
    add("--input-format", default="parquet", help=f"one of {', '.join(FORMATS)}; default: parquet")
    add("--output-format", help="one of the same; default: the format of the input")
    add("--model", help="folder of an artifact; default: the model that the API serves")
    add("--corrections", help="table of your own corrections; default: that of the settings")
    for option in COLUMNS_AND_COUNTRY:
        text = "country of the rows without one" if option == "country" else "column to read"
        add(f"--{option.replace('_', '-')}", help=text)
    for option in SHARES:
        add(f"--{option.replace('_', '-')}", type=_share, metavar="SHARE", help="number up to 1")
    overwrite = "true: replace an existing output"
    add("--overwrite", type=_switch, default=False, metavar="BOOL", help=overwrite)
    for option in ("--read-option", "--write-option"):
        text = "option for Spark, can be repeated"
        add(option, type=_pair, action="append", default=[], metavar="KEY=VALUE", help=text)
    options = parser.parse_args(arguments)
    for option in ("input", "output"):
        if getattr(options, option) is None:
            parser.error(f"--{option} is empty: give a file or folder")
    for option in ("input_format", "output_format"):
        if getattr(options, option) not in (None, *FORMATS):
            given = getattr(options, option)
            parser.error(
                f"--{option.replace('_', '-')}={given} is unknown: give one of {', '.join(FORMATS)}"
            )
    options.input_format = options.input_format or "parquet"
    return options


def _or_none(text: str) -> str | None:
    return text.strip() or None


def _share(text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number: give one up to 1") from None


def _switch(text: str) -> bool:
    known = {"true": True, "false": False, "": False}
    if text.strip().lower() not in known:
        raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false: give one of these")
    return known[text.strip().lower()]


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise argparse.ArgumentTypeError(f"{text!r} has no key or no '=': give KEY=VALUE")
    return key, value


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job with the settings of the environment; return its exit code."""
    options = read_arguments(arguments)
    job = functools.partial(predict, options=options)
    return run_job("batch_prediction", job, Settings.from_env)


if __name__ == "__main__":
    sys.exit(main())
