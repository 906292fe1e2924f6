"""How Spark runs the scoring: what goes to Python, and how often."""

import contextlib
import io

import pytest
from pyspark.sql.functions import col, expr, lit

from gender_detection import scoring
from gender_detection.spark import AnswerAccumulator, score
from gender_detection.tables import Columns
from tests.spark.pipeline_fixtures import rows

NAMES = ["Maria", "John", "Xqzv", None]


@pytest.fixture
def people(spark, tmp_path):
    """Rows in Parquet: alternating given names, in several batches."""
    made = spark.range(0, 20_000, 1, 2).select(
        col("id"),
        expr("array('Maria', 'John', 'Xqzv', null)[id % 4]").alias("name"),
        expr("array('IT', null)[id % 2]").alias("country"),
        expr("concat('note ', id)").alias("note"),
    )
    made.write.parquet(str(tmp_path / "people"))
    return spark.read.parquet(str(tmp_path / "people"))


def plan(df):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        df.explain("formatted")
    return output.getvalue()


def python_inputs(df):
    """Return the input columns of each step in Python."""
    lines = plan(df).splitlines()
    return [line for line in lines if "pythonUDF0" in line and line.startswith("Arguments")]


@pytest.mark.parametrize(
    "change",
    [
        lambda df: df,
        lambda df: df.filter("gender = 'female' or p_female > 0.3"),
        lambda df: df.select("id", "gender", "gender", "reason").filter("reason is not null"),
        lambda df: df.withColumn("likely", expr("probability > 0.9 and basis = 'name'")),
    ],
    ids=["all", "filtered", "selected", "derived"],
)
def test_each_row_is_answered_once_however_its_answers_are_used(
    spark, people, tiny_artifact, change
):
    counter = AnswerAccumulator(spark.sparkContext)
    changed = change(score(people, tiny_artifact, counter=counter))
    assert len(python_inputs(changed)) == 1
    rows(changed)
    assert counter.rows == 20_000


def test_only_names_and_country_go_to_python(people, tiny_artifact):
    (given,) = python_inputs(score(people, tiny_artifact))
    assert [given.count(name) for name in ("name#", "country#", "note#", "id#")] == [1, 1, 0, 0]


def test_answers_stay_with_their_rows_for_any_length_of_batches(
    people, tiny_artifact, tiny_model, monkeypatch
):
    expected = scoring.score(people.toArrow(), tiny_model, Columns("name", country="country"))
    monkeypatch.setattr("gender_detection.spark.scoring.MAX_ROWS", 7_000)
    found = score(people, tiny_artifact).toArrow()
    assert found.sort_by("id").equals(expected.sort_by("id").cast(found.schema))


def test_columns_that_python_cannot_read_are_kept(people, tiny_artifact):
    odd = people.filter("id < 4").withColumns(
        {"span": expr("make_interval(1, 2)"), "any": expr("parse_json(concat('[', id, ']'))")}
    )
    shown = score(odd, tiny_artifact).select(
        "id", "gender", col("span").cast("string"), expr("to_json(any)").alias("any")
    )
    found = {row["id"]: row for row in rows(shown)}
    assert {row["span"] for row in found.values()} == {"1 years 2 months"}
    assert all(row["any"] == f"[{id}]" for id, row in found.items())
    assert found[0]["gender"] == "female"


def test_tables_without_names_or_rows_are_answered(spark, tiny_artifact):
    nothing = spark.range(3).select("id", lit(None).alias("name"))
    assert {row["reason"] for row in rows(score(nothing, tiny_artifact))} == {"empty"}
    assert rows(score(nothing.filter("id < 0"), tiny_artifact)) == []
