"""Missing values are not names, and names that look like missing values stay names."""

import pytest

from gender_detection.missing import is_missing
from gender_detection.names import parse, parse_parts, statement_key

MISSING = [
    "nan", "NaN", "<NA>", "NaT", "nan nan", "NaN NaN", "#N/A", "#REF!", "#NAME?", "#VALUE!",
    "#DIV/0!", "#NV", "#BEZUG!", "#¿NOMBRE?", "(null)", "undefined", "None", "null", "NULL",
    "n/a", "N/A",    " nan ", "", "  ", "None None", "undefined undefined", "\\N",
]  # fmt: skip
NAMES = ["Nan", "Nan Smith", "Li Na", "Na Li", "Nat", "NAN", "nan smith", "Anna Null", "#Maria"]


@pytest.mark.parametrize("text", MISSING)
def test_missing_value_is_an_empty_name(text):
    assert is_missing(text)
    assert (parse(text).reason, parse(text).keys) == ("empty", ())
    assert parse_parts(text, None).reason == "empty"
    assert parse_parts(text, text) == parse_parts("", "")


@pytest.mark.parametrize("text", NAMES)
def test_name_that_looks_like_a_missing_value_stays_a_name(text):
    assert not is_missing(text)
    assert parse(text).keys


def test_null_is_a_family_name():
    assert parse_parts("Anna", "Null").family == "Null"
    assert parse("Anna Null").family == "Null"


@pytest.mark.parametrize("part", ["nan", "NaN", "<NA>", "NaT", "None", "undefined"])
def test_missing_part_of_a_joined_name_is_left_out(part):
    assert parse(f"{part} Smith") == parse_parts("", "Smith")
    assert parse(f"Anna {part}").given == ("Anna",)
    assert parse(f"Anna {part}").family is None
    assert parse_parts("Anna", part).family is None


def test_missing_word_in_a_source_of_names_is_a_name_in_lower_case():
    assert statement_key("nan") == ("nan", None)
