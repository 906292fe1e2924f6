"""Failings are named with their why, and numbers decide which countries are."""

from typing import Any

import pytest

from gender_detection.card.limitations import limitations

NAMES = {"even": 0, "both": 50, "both_wrong": 20, "short": 100, "short_wrong": 10, "other": 100,
         "other_wrong": 2}  # fmt: skip


def told(**metrics: Any) -> str:
    return " ".join(limitations(metrics).split())


def unseen(country: str, n: int, wrong: int, **other: int) -> dict[str, Any]:
    halves = {"women": n // 2, "men": n - n // 2, "women_wrong": wrong, "men_wrong": 0}
    return {"by_country": [{"country": country, **halves, **NAMES, **other}]}


def known(country: str, entries: int, error: float) -> dict[str, Any]:
    return {"by_country": [{"country": country, "entries": entries, "error": error}]}


def test_what_no_number_shows_is_named_always():
    said = told()

    for failing in ("Romanised East Asian", "Surnames taken for given", "Initials", "Time"):
        assert f"**{failing}" in said


@pytest.mark.parametrize(
    ("n", "wrong", "named"), [(200, 21, True), (200, 20, False), (199, 90, False)]
)
def test_country_is_named_from_200_names_and_ten_percent_on(n: int, wrong: int, named: bool):
    assert ("**NL**" in told(unseen=unseen("NL", n, wrong))) == named


@pytest.mark.parametrize(
    ("entries", "error", "is_named"), [(200, 0.11, True), (200, 0.1, False), (199, 0.5, False)]
)
def test_country_is_named_for_what_is_expected_of_known_names(
    entries: int, error: float, is_named: bool
):
    assert ("**KR**" in told(known=known("KR", entries, error))) == is_named


def test_country_is_named_for_what_was_measured_on_people():
    row = {"country": "TH", "n": 300, "error": 0.237}

    assert "**TH**: 23.7 % of 300 people are wrong." in told(people={"by_country": [row]})


def test_people_without_a_country_are_no_country():
    row = {"country": "", "n": 300, "error": 0.5}

    assert "50.0 %" not in told(people={"by_country": [row]})


def test_why_is_given_by_language_and_by_the_kinds_of_names_that_are_wrong():
    said = told(unseen=unseen("TR", 250, 30))

    assert "**TR**: 12.0 % of 250 names never seen are wrong." in said
    assert "no grammatical gender" in said
    assert "40.0 % of the 50 of women and men" in said
    assert "10.0 % of the 100 of 5 letters or fewer, 2.0 % of the 100 others" in said


def test_source_that_calls_names_even_is_a_why():
    even = "The source gives most of its names without a majority"

    assert even in told(unseen=unseen("CN", 250, 30, even=126))
    assert even not in told(unseen=unseen("CN", 250, 30, even=125))


def test_worst_country_comes_first_and_equal_ones_come_together():
    rows = [
        {"country": country, "entries": 300, "error": error}
        for country, error in (("DE", 0.2), ("FI", 0.3), ("SE", 0.2))
    ]

    said = told(known={"by_country": rows})

    assert said.index("**FI**") < said.index("**DE SE**")
    assert said.count("The source counts these countries together.") == 1


def test_countries_with_little_or_no_evidence_are_counted():
    said = told(known=known("GE", 293, 0.01))

    assert "249 of 250 countries have none" in said
    assert "Evidence for fewer than 500 names: GE 293." in said


def test_share_of_names_of_women_and_men_is_reported():
    said = told(known={"by_country": [], "both": {"n": 200, "both": 30, "bearers": 0.091}})

    assert "30 of the 200 names with at least 50 people (15.0 %)" in said
    assert "9.1 % of all people" in said
