import pytest
from pipeline_fixtures import load_script

from gender_detection.errors import QualityError

NAMES = [f"Name{number}" for number in range(2000)]


@pytest.fixture(scope="module")
def acquisition():
    return load_script("data_acquisition")


@pytest.fixture(scope="module")
def sampled(spark, acquisition):
    """Return a function from a share to the names that fall inside it."""
    df = spark.createDataFrame([(name,) for name in [*NAMES, None]], "name string").repartition(2)

    def inside(share):
        marked = acquisition.transform(df, share)
        assert marked.filter("reason IS NOT NULL AND reason <> 'outside_sample'").isEmpty()
        return {row["name"] for row in marked.filter("reason IS NULL").collect()}

    return inside


def test_whole_share_keeps_every_statement_even_one_without_a_name(sampled):
    assert sampled(1.0) == {*NAMES, None}


def test_sample_holds_its_share_and_the_smaller_sample(sampled):
    tenth, half = sampled(0.1), sampled(0.5)
    assert 140 < len(tenth) < 260
    assert 900 < len(half) < 1100
    assert tenth < half


RAW = {
    "source": "'s'",
    "name": "'Maria'",
    "country": "'IT'",
    "year": "1950S",
    "n_female": "9D",
    "n_male": "1D",
    "p_female": "0.9D",
    "n_sources": "3",
    "part": "'given'",
    "n_bearers": "CAST(NULL AS double)",
}
NOTHING = "CAST(NULL AS double)"
FAMILY = {
    "part": "'family'",
    "n_bearers": "9D",
    **dict.fromkeys(("n_female", "n_male", "p_female"), NOTHING),
}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"source": "CAST(NULL AS string)"}, "source_not_null on column source"),
        ({"n_female": "-9D"}, "n_female_not_negative on column n_female"),
        ({"n_male": "-1D"}, "n_male_not_negative on column n_male"),
        ({"p_female": "90D"}, "p_female_in_0_1 on column p_female"),
        ({"n_sources": "-1"}, "n_sources_not_negative on column n_sources"),
        (
            dict.fromkeys(("n_female", "n_male", "p_female"), NOTHING),
            "states_something on column p_female",
        ),
        ({"part": "'middle'"}, "part_is_known on column part"),
        ({"n_bearers": "9D"}, "bearers_of_family_names on column n_bearers"),
        ({**FAMILY, "n_bearers": "-9D"}, "n_bearers_not_negative on column n_bearers"),
        ({**FAMILY, "n_bearers": NOTHING}, "bearers_of_family_names on column n_bearers"),
        ({**FAMILY, "n_female": "9D"}, "family_names_have_no_gender on column part"),
    ],
)
def test_gate_names_the_rule_that_is_broken(spark, acquisition, changes, rule):
    def statement(columns):
        return spark.range(1).selectExpr(*(f"{v} AS {k}" for k, v in columns.items()))

    good = statement(RAW).union(statement({**RAW, **FAMILY}))
    assert acquisition.GATE.check(good, rows_in=2) == 2
    with pytest.raises(QualityError, match=f"stage raw: rule {rule}: 1 rows break it"):
        acquisition.GATE.check(good.union(statement({**RAW, **changes})), rows_in=3)
