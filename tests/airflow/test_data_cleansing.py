import pytest

from gender_detection.errors import QualityError
from tests.spark.pipeline_fixtures import load_script, rows

RAW = (
    "source string, name string, country string, year short, "
    "n_female double, n_male double, p_female double, n_sources int, part string, n_bearers double"
)
MARIA = ("s", "Maria", "IT", 1950, 9.0, 1.0, 0.9, 3, "given", None)
ROSSI = ("s", "Rossi", "IT", None, None, None, None, None, "family", 7.0)


@pytest.fixture(scope="module")
def cleansing():
    return load_script("data_cleansing")


@pytest.fixture(scope="module")
def cleanse(spark, cleansing):
    """Return a function from statements about given names (RAW's columns as far as n_sources,
    trailing ones null) and families (name, country, bearers) to rows by name."""

    def cleansed(*statements, families=(), weights=None):
        padded = [(*given, *[None] * (8 - len(given)), "given", None) for given in statements]
        padded += [("s", n, c, *[None] * 5, "family", bearers) for n, c, bearers in families]
        df = cleansing.transform(spark.createDataFrame(padded, RAW), weights or {})
        return {row["name"]: row for row in rows(df)}

    return cleansed


def test_each_invalid_statement_has_its_reason(cleanse):
    found = cleanse(
        ("s", "Maria", "IT", 1950, 9.0, 1.0),
        ("s", "", None, None, 1.0),
        ("s", "{{name|Ana}}", None, None, 1.0),
        ("s", "J.", None, None, 1.0),
        ("s", "Mrs", None, None, 1.0),
        ("s", "4711", None, None, 1.0),
        ("s", "Nora", "QQ", None, 1.0),
        ("s", "Olga"),
        ("s", "Karl", "DE", 1400, 0.0, 1.0),
        ("s", "Kurt", "DE", 2101, 0.0, 1.0),
    )
    assert {name: row["reason"] for name, row in found.items()} == {
        "Maria": None,
        "": "empty",
        "{{name|Ana}}": "markup",
        "J.": "initials",
        "Mrs": "title",
        "4711": "not_a_name",
        "Nora": "unknown_country",
        "Olga": "no_evidence",
        "Karl": "implausible_year",
        "Kurt": "implausible_year",
    }


def test_counts_are_kept_as_in_the_source(cleanse):
    maria = cleanse(("s", "Maria", "it", 1950, 9.0, 1.0, 0.9, 3))["Maria"]
    assert maria == {
        "source": "s",
        "name": "Maria",
        "key": "maria",
        "country": "IT",
        "year": 1950,
        "female": 9.0,
        "male": 1.0,
        "sources": 3,
        "part": "given",
        "bearers": 10.0,
        "reason": None,
    }


@pytest.mark.parametrize(
    ("statement", "female", "male"),
    [
        pytest.param((7.0,), 7.0, 0.0, id="official list of women"),
        pytest.param((None, 7.0), 0.0, 7.0, id="official list of men"),
        pytest.param((0.0, 0.0, 0.75, 4), 3.0, 1.0, id="uncounted, by four sources"),
        pytest.param((None, None, 0.75), 0.15, 0.05, id="uncounted, by a dictionary"),
        pytest.param((1.0, 1.0, 0.5, 6), 3.0, 3.0, id="more sources than bearers"),
    ],
)
def test_statement_is_weighted_by_its_bearers_or_its_sources(cleanse, statement, female, male):
    row = cleanse(("s", "Kim", None, None, *statement))["Kim"]
    assert (row["female"], row["male"], row["reason"]) == (female, male, None)


def test_statement_with_almost_no_bearers_is_no_evidence(cleanse):
    found = cleanse(("s", "Kim", "KR", None, 0.00004), ("s", "Min", "KR", None, 0.0001))
    assert {name: row["reason"] for name, row in found.items()} == {
        "Kim": "no_evidence",
        "Min": None,
    }


def test_decomposed_accent_is_composed_and_the_key_is_plain(cleanse):
    found = cleanse(("s", "Zoe\u0308", None, None, 1.0))
    assert found["Zo\u00eb"]["key"] == "zoe"


def test_family_name_has_bearers_in_a_country_and_no_gender(cleanse):
    found = cleanse(families=[("de la Cruz", "es", 70.0)])["de la Cruz"]
    assert found == {
        "source": "s",
        "name": "de la Cruz",
        "key": "delacruz",
        "country": "ES",
        "year": None,
        "female": 0.0,
        "male": 0.0,
        "sources": 1,
        "part": "family",
        "bearers": 70.0,
        "reason": None,
    }


def test_name_is_read_by_the_part_that_its_source_states(cleanse):
    # Two words of a given name may be two names; the words of a family name are one name.
    statements = [("s", "Dr", "DE", None, 1.0)]
    assert cleanse(*statements)["Dr"]["reason"] == "title"
    assert cleanse(*statements, families=[("Dr", "DE", 1.0)])["Dr"]["key"] == "dr"


def test_invalid_family_name_has_its_reason(cleanse):
    found = cleanse(
        families=[
            ("Kim", "KR", 1.0),
            ("Lee", None, 1.0),
            ("Park", "QQ", 1.0),
            ("Choi", "KR", 0.0),
            ("- ", "KR", 1.0),
            ("O", "KR", 1.0),
            ("Q42", "KR", 1.0),
            ("[[Oh]]", "KR", 1.0),
        ]
    )
    assert {name: row["reason"] for name, row in found.items()} == {
        "Kim": None,
        "Lee": "no_country",
        "Park": "unknown_country",
        "Choi": "no_evidence",
        "- ": "empty",
        "O": "initials",
        "Q42": "not_a_name",
        "[[Oh]]": "markup",
    }


def test_source_weight_applies_to_women_and_men(cleanse):
    statements = [("light", "Ada", None, None, 10.0, 5.0), ("s", "Bo", None, None, 10.0, 5.0)]
    found = cleanse(*statements, families=[("Ek", "SE", 10.0)], weights={"light": 0.2})
    assert (found["Ada"]["female"], found["Ada"]["male"], found["Ada"]["bearers"]) == (2, 1, 3)
    assert (found["Bo"]["female"], found["Bo"]["male"], found["Bo"]["bearers"]) == (10, 5, 15)
    heavy = cleanse(*statements, families=[("Ek", "SE", 10.0)], weights={"s": 3.0})
    assert heavy["Bo"]["bearers"] == 45
    assert heavy["Ek"]["bearers"] == 10


def test_gate_accepts_what_cleansing_keeps(spark, cleansing):
    raw = spark.createDataFrame([MARIA, ROSSI], RAW)
    assert cleansing.GATE.check(cleansing.transform(raw, {}).drop("reason"), rows_in=2) == 2


@pytest.mark.parametrize(
    ("rule", "column", "value"),
    [
        ("key_is_letters", "key", "'Mar1a'"),
        ("country_is_iso", "country", "'it'"),
        ("female_not_negative", "female", "-1D"),
        ("male_not_negative", "male", "-1D"),
        ("has_bearers", "bearers", "0D"),
        ("bearers_are_women_and_men", "bearers", "11D"),
        ("part_is_known", "part", "'middle'"),
        ("family_names_have_no_gender", "part", "'family'"),
        ("year_is_plausible", "year", "1066S"),
        ("name_not_null", "name", "CAST(NULL AS string)"),
    ],
)
def test_gate_names_the_broken_rule(spark, cleansing, rule, column, value):
    raw = spark.createDataFrame([MARIA], RAW)
    good = cleansing.transform(raw, {}).drop("reason")
    changed = {name: value if name == column else name for name in good.columns}
    bad = good.selectExpr(*(f"{value} AS {name}" for name, value in changed.items()))
    with pytest.raises(QualityError, match=rf"rule {rule} on column \w+: 1 rows break it"):
        cleansing.GATE.check(bad, rows_in=1)
