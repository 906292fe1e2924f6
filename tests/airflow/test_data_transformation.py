import random
from decimal import Decimal

import pytest

from gender_detection.errors import QualityError
from gender_detection.features import split_of
from tests.spark.pipeline_fixtures import load_script, rows

CLEAN = (
    "source string, name string, key string, country string, year short, "
    "female double, male double, sources int, part string, bearers double"
)
GIVEN = [
    ("official", "Andrea", "andrea", "IT", 1990, 1.0, 99.0, 1),
    ("official", "Andrea", "andrea", "IT", 1991, 3.0, 97.0, 1),
    ("official", "ANDREA", "andrea", "DE", 1990, 50.0, 0.0, 1),
    ("pooled", "Andréa", "andrea", None, None, 500.5, 100.25, 12),
    ("pooled", "Anna Maria", "annamaria", None, None, 4.0, 0.0, 2),
    ("official", "Anna-Maria", "annamaria", "DE", 1990, 9.0, 0.0, 1),
    ("pooled", "Ольга", "olga", "RU", None, 8.0, 0.0, 1),
]
FAMILIES = [
    ("official", "Rossi", "rossi", "IT", 2.5),
    ("pooled", "ROSSI", "rossi", "IT", 4.25),
    ("pooled", "Rossi", "rossi", "CH", 1.0),
    ("pooled", "Andrea", "andrea", "IT", 3.0),
]


def given(*statements):
    """Return rows of CLEAN about given names."""
    return [(*row, "given", row[5] + row[6]) for row in statements]


STATEMENTS = given(*GIVEN) + [
    (source, name, key, country, None, 0.0, 0.0, 1, "family", bearers)
    for source, name, key, country, bearers in FAMILIES
]


@pytest.fixture(scope="module")
def transformation():
    return load_script("data_transformation")


@pytest.fixture(scope="module")
def evidence(spark, transformation):
    """The evidence of STATEMENTS, by key and country."""
    df = transformation.transform(spark.createDataFrame(STATEMENTS, CLEAN).repartition(2))
    return {(row["key"], row["country"]): row for row in rows(df)}


def test_there_is_a_row_for_each_key_in_the_world_and_in_each_country(evidence):
    assert set(evidence) == {
        ("andrea", None),
        ("andrea", "IT"),
        ("andrea", "DE"),
        ("annamaria", None),
        ("annamaria", "DE"),
        ("olga", None),
        ("olga", "RU"),
    }


def test_statement_about_a_country_counts_there_and_in_the_world(evidence):
    found = {
        country: (evidence["andrea", country]["female"], evidence["andrea", country]["male"])
        for country in ("IT", "DE", None)
    }
    assert found == {"IT": (4.0, 196.0), "DE": (50.0, 0.0), None: (554.5, 296.25)}


def test_repeated_statements_of_a_source_count_as_one_source(evidence):
    assert evidence["andrea", "IT"]["sources"] == 1
    assert evidence["andrea", None]["sources"] == 13  # 12 pooled, and the official one


def test_most_common_spelling_gives_script_and_tokens(evidence):
    assert evidence["annamaria", None]["tokens"] == 2
    assert evidence["olga", None]["script"] == "cyrillic"
    assert evidence["andrea", "DE"]["script"] == "latin"


def test_tokens_come_from_the_most_common_spelling(spark, transformation):
    statements = [
        ("s", "Annamaria", "annamaria", None, None, 5.0, 0.0, 1),
        ("s", "Anna Maria", "annamaria", None, None, 4.0, 0.0, 1),
    ]
    (row,) = rows(transformation.transform(spark.createDataFrame(given(*statements), CLEAN)))
    assert row["tokens"] == 1


def test_length_and_split_come_from_the_key(evidence):
    for (key, _), row in evidence.items():
        assert row["length"] == len(key)
        assert row["split"] == split_of(key)


def test_sums_do_not_depend_on_the_order_of_adding(spark, transformation):
    counts = [0.1, 0.2, 1e9, 3333.3333, 1e9] * 100
    exact = float(sum(Decimal(str(count)) for count in counts))
    sums = []
    for seed in range(2):
        random.Random(seed).shuffle(counts)
        statements = [("s", "Kim", "kim", None, None, c, 0.0, 1) for c in counts]
        df = spark.createDataFrame(given(*statements), CLEAN).repartition(3 + seed)
        sums += [row["female"] for row in transformation.transform(df).collect()]
    assert sums[0] == sums[1] == pytest.approx(exact, rel=1e-15)


def test_gate_refuses_a_duplicate_key(spark, transformation):
    df = transformation.transform(spark.createDataFrame(STATEMENTS, CLEAN))
    assert transformation.GATE.check(df, rows_in=7) == 7
    again = df.union(df.filter("key = 'olga' AND country IS NULL"))
    with pytest.raises(QualityError, match="rule unique on column key: 1 rows break it"):
        transformation.GATE.check(again, rows_in=7)


def test_family_names_are_no_evidence_of_gender(evidence):
    assert not {key for key, _ in evidence} & {"rossi"}


@pytest.fixture(scope="module")
def origins(spark, transformation):
    return transformation.count_origins(spark.createDataFrame(STATEMENTS, CLEAN).repartition(2))


def test_origins_are_the_bearers_of_family_names_by_country(origins):
    assert origins.columns == ["key", "country", "bearers"]
    assert {(row["key"], row["country"]): row["bearers"] for row in rows(origins)} == {
        ("rossi", "IT"): 6.75,
        ("rossi", "CH"): 1.0,
        ("andrea", "IT"): 3.0,
    }


def test_gate_of_origins_refuses_a_duplicate_family_name(transformation, origins):
    gate = transformation.ORIGINS_GATE
    assert gate.check(origins, rows_in=4) == 3
    with pytest.raises(QualityError, match="stage origins: rule unique on column key: 3 rows"):
        gate.check(origins.union(origins), rows_in=4)
