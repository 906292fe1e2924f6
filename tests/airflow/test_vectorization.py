import math

import pytest

from gender_detection.features import NGrams, ngram_indices
from tests.spark.pipeline_fixtures import load_script, rows

EVIDENCE = "key string, country string, female double, male double, split string"
KEYS = [
    ("maria", None, 9.0, 1.0, "train"),
    ("maria", "IT", 9.0, 0.0, "train"),
    ("kim", None, 0.05, 0.15, "test"),
    ("john", None, 0.0, 9_999_999.0, "valid"),
    ("x" * 64, None, 1.0, 1.0, "train"),
]


@pytest.fixture(scope="module")
def vectors(spark):
    """The training rows of KEYS, by key and reason."""
    df = load_script("vectorization").transform(spark.createDataFrame(KEYS, EVIDENCE))
    return {(row["key"], row["reason"]): row for row in rows(df)}


def test_row_about_one_country_is_left_out_with_that_reason(vectors):
    assert ("maria", "about_one_country") in vectors
    assert [reason for _, reason in vectors].count(None) == 4


def test_indices_are_the_library_ngrams_and_only_training_rows_have_them(vectors):
    for (key, reason), row in vectors.items():
        expected, _ = ngram_indices(["" if reason else key], NGrams())
        assert row["indices"] == expected.tolist()


def test_weight_is_the_square_root_of_at_most_1000_bearers(vectors):
    weights = {key: vectors[key, None]["weight"] for key in ("maria", "kim", "john")}
    assert weights == pytest.approx(
        {"maria": math.sqrt(10), "kim": math.sqrt(0.2), "john": math.sqrt(1000)}
    )


def test_p_female_is_the_share_of_women_and_the_split_is_kept(vectors):
    found = {key: (row["p_female"], row["split"]) for (key, why), row in vectors.items() if not why}
    assert found == {
        "maria": (0.9, "train"),
        "kim": (pytest.approx(0.25), "test"),
        "john": (0.0, "valid"),
        "x" * 64: (0.5, "train"),
    }
