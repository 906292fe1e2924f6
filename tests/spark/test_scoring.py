"""A scored DataFrame has its rows unchanged, and the same answers as gender_detection.scoring."""

import datetime
import decimal
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql.functions import col, expr, lit

from gender_detection import scoring
from gender_detection.config import Settings
from gender_detection.errors import ArtifactError, InvalidInput, ModelNotFound
from gender_detection.evidence import Evidence
from gender_detection.model import Model, artifact, store
from gender_detection.scoring.encoded_answers import answer_table
from gender_detection.spark import AnswerAccumulator, score
from gender_detection.spark import scoring as spark_scoring
from gender_detection.tables import find_columns
from tests.evidence_rows import by_country
from tests.spark.pipeline_fixtures import rows

PEOPLE = [
    (1, "Maria Rossi", "IT"),
    (2, "John Smith", None),
    (3, "Andrea Rossi", "IT"),
    (4, "Andrea Schmidt", "DE"),
    (5, "Kim", ""),
    (6, None, "IT"),
    (7, "J. R.", "US"),
    (8, "1234", None),
    (9, "Xqzv", None),
    (10, "x" * 1001, None),
    (11, "Frau Schmidt", "DE"),
]


@pytest.fixture(scope="module")
def people(spark):
    return spark.createDataFrame(PEOPLE, "id long, name string, country string").repartition(3)


@pytest.fixture
def scored(tiny_artifact):
    """Return a function that scores with the tiny model, and returns the rows by id."""

    def by_id(df, model=tiny_artifact, **options):
        return {row["id"]: row for row in rows(score(df, model, **options))}

    return by_id


def expected(model, table, **options):
    columns = find_columns(table.column_names)
    return {row["id"]: row for row in scoring.score(table, model, columns, **options).to_pylist()}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"country": "IT"},
        {"threshold": 0.99},
        {"female_share": 0.9},
        {"family_name_first": True},
    ],
    ids=str,
)
def test_answers_equal_those_of_score(scored, people, tiny_model, options):
    found = scored(people, **options)
    assert found == expected(tiny_model, people.toArrow(), **options)
    assert {row["reason"] for row in found.values()} >= {"empty", "initials", "bad_row"}
    assert found[1]["gender"] == "female"


def test_countries_may_have_any_spelling_and_unknown_ones_are_counted(spark, tiny_artifact):
    counter = AnswerAccumulator(spark.sparkContext)
    countries = ["Italy", "380", "Atlantis", None, "NA"]
    df = spark.createDataFrame([("Andrea", c) for c in countries], "name string, country string")
    found = rows(score(df, tiny_artifact, counter=counter))

    assert [row["basis"] for row in found][:2] == ["country"] * 2
    assert counter.countries.values == {"Atlantis": 1}
    assert counter.countries.namibia == 1


def test_countries_may_be_numbers(spark, tiny_artifact):
    df = spark.createDataFrame([("Andrea", 380)], "name string, country int")

    assert rows(score(df, tiny_artifact))[0]["basis"] == "country"


@pytest.mark.parametrize("threshold", [0.5, 0.6666, 0.8, 1.0])
def test_every_code_matches_its_answer_in_the_table(spark, threshold):
    table = answer_table(threshold)
    codes = spark.range(0, table.num_rows, 1, 1).select(col("id").cast("int").alias("code"))
    columns = spark_scoring.answer_columns(col("code"), table)
    named = [column.alias(name) for column, name in zip(columns, scoring.ANSWERS, strict=True)]
    assert codes.select(*named).toArrow().to_pydict() == table.to_pydict()


def test_other_columns_of_any_type_are_unchanged(scored, spark):
    df = spark.range(1).select(
        col("id"),
        lit("Maria").alias("First Name"),
        lit(decimal.Decimal("1.50")).alias("a.dotted `name`"),
        lit(datetime.date(2020, 2, 29)).alias("day"),
        expr("timestamp'1969-07-20 20:17:40.5'").alias("moment"),
        expr("timestamp_ntz'1969-07-20 20:17:40'").alias("local"),
        expr("array(1, null)").alias("list"),
        expr("map('k', struct(1.5D AS x))").alias("map"),
        expr("X'00ff'").alias("bytes"),
        expr("interval '1' day").alias("span"),
        expr("null").alias("nothing"),
        lit(True).alias("_answer"),
    )
    (before,) = rows(df)
    found = scored(df)[0]
    assert {name: found[name] for name in df.columns} == before
    assert list(found) == [*df.columns, *scoring.ANSWERS]
    assert found["gender"] == "female"


def test_columns_named_by_the_caller_are_read(scored, spark):
    df = spark.createDataFrame(
        [(1, "John", "Andrea", "IT", "DE")], "id long, name string, who string, c string, d string"
    )
    assert scored(df, name="who", country_column="c")[1]["gender"] == "male"
    assert scored(df, given_name="who", country_column="d")[1]["gender"] == "female"


def test_taken_names_are_prefixed(scored, people):
    found = scored(people.withColumn("Gender", lit("?")))[1]
    assert (found["Gender"], found["predicted_gender"]) == ("?", "female")


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"name": "id"}, {}, "the column 'name' holds bigint instead of text: cast it"),
        ({"gender": "1", "predicted_gender": "1"}, {}, "'predicted_gender'"),
        ({}, {"threshold": 0.2}, "threshold 0.2: give one from 0.5 to 1"),
        ({}, {"female_share": 1.5}, "female_share 1.5: give a share between 0 and 1"),
        ({}, {"name": "nom"}, "no column 'nom'"),
    ],
    ids=str,
)
def test_invalid_arguments_are_refused_before_any_row_is_read(
    people, tiny_artifact, change, options, message
):
    changed = {name: expr(value) for name, value in change.items()}
    with pytest.raises(InvalidInput, match=message):
        score(people.withColumns(changed), tiny_artifact, **options)


def test_table_without_names_is_refused(people, tiny_artifact):
    with pytest.raises(InvalidInput, match="no column holds names"):
        score(people.drop("name"), tiny_artifact)


def test_missing_and_damaged_models_have_their_own_errors(people, tiny_artifact, tmp_path):
    with pytest.raises(ModelNotFound, match="no model at"):
        score(people, tmp_path)
    damaged = shutil.copytree(tiny_artifact, tmp_path / "damaged")
    with (damaged / "pattern_weights.npy").open("r+b") as file:
        file.seek(200)
        file.write(b"\1\2\3")
    with pytest.raises(ArtifactError, match="missing or damaged"):
        score(people, damaged)


def test_published_model_is_found_also_by_default(
    scored, people, tiny_artifact, tmp_path, monkeypatch
):
    store.publish(tmp_path / "model", tiny_artifact, "1")
    monkeypatch.setenv("GENDER_DETECTION_HOME", str(tmp_path))
    by_default = scored(people, None, settings=Settings.from_env())
    assert scored(people) == scored(people, tmp_path / "model") == by_default


def test_served_model_must_be_the_pinned_one(people, tiny_artifact, monkeypatch):
    monkeypatch.setenv("GENDER_DETECTION_MODEL_URI", str(tiny_artifact))
    monkeypatch.setenv("GENDER_DETECTION_MODEL_SHA256", artifact.digest(tiny_artifact))
    score(people, settings=Settings.from_env())
    monkeypatch.setenv("GENDER_DETECTION_MODEL_SHA256", "0" * 64)
    with pytest.raises(ArtifactError, match="MODEL_SHA256"):
        score(people, settings=Settings.from_env())


def test_neither_model_nor_settings_is_refused(people):
    with pytest.raises(InvalidInput, match="pass the folder of an artifact as model"):
        score(people)


def test_each_model_is_sent_once_and_two_do_not_interfere(
    spark, scored, people, tiny_artifact, tiny_model, tmp_path
):
    other = tmp_path / "other"
    world = tiny_model.evidence.world
    flipped = replace(world, p_female=1 - world.p_female)
    replace(tiny_model, evidence=Evidence(flipped, by_country(flipped, []))).save(other)
    assert Model.load(other).version == "unregistered"
    first, second = scored(people), scored(people, other)
    sent = len(spark.sparkContext.listArchives)
    assert (first[2]["gender"], second[2]["gender"]) == ("male", "female")
    assert scored(people) == first
    assert len(spark.sparkContext.listArchives) == sent


@pytest.mark.parametrize("several", [True, False])
def test_small_batches_are_merged(several):
    column = [pa.array(["Maria"] * size) for size in (2, 2, 2, 1)]
    batches = [(one, one) if several else one for one in column]
    names = ["given", "family"] if several else ["given"]
    tables = list(spark_scoring._merge_batches(iter(batches), names, 5))
    assert [len(table) for table in tables] == [6, 1]
    assert {tuple(table.column_names) for table in tables} == {tuple(names)}


def test_batches_of_long_names_have_fewer_rows(monkeypatch):
    monkeypatch.setattr(spark_scoring, "MAX_BYTES", 100)
    batches = [pa.array(["x" * 60])] * 3
    assert [len(t) for t in spark_scoring._merge_batches(batches, ["name"], 500_000)] == [2, 1]


def test_answers_are_counted(spark, scored, people):
    counter = AnswerAccumulator(spark.sparkContext)
    found = scored(people, counter=counter).values()
    assert counter.rows == len(PEOPLE)
    for counts, column in ((counter.genders, "gender"), (counter.reasons, "reason")):
        values = [row[column] for row in found if row[column] is not None]
        assert counts == {value: values.count(value) for value in values}


def test_library_alone_does_not_import_pyspark():
    code = "import sys, gender_detection.scoring as s; sys.exit('pyspark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path("/")).returncode == 0


@pytest.mark.parametrize("by_setting", [False, True])
def test_own_corrections_are_used_on_the_executors(people, scored, tmp_path, by_setting):
    own = tmp_path / "own.csv"
    own.write_text("name,country,gender\nMaria,IT,male\nAndrea Schmidt,,unknown\n")
    settings = replace(Settings(), corrections=str(own))
    options = {"settings": settings} if by_setting else {"corrections": own}
    answered = scored(people, **options)

    assert [answered[1][name] for name in ("gender", "basis")] == ["male", "correction"]
    assert [answered[4][name] for name in ("gender", "reason")] == ["unknown", "ambiguous"]
    assert answered[3]["basis"] == "country"


def test_corrections_that_are_not_clear_are_refused_on_the_driver(people, tiny_artifact, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("name,gender\nMaria,maybe\n")

    with pytest.raises(InvalidInput, match="row 2: the gender is not understood"):
        score(people, tiny_artifact, corrections=own)
