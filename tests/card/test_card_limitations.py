"""Failings are named with their why, and numbers decide which countries are."""

from typing import Any

import pytest

from gender_detection.card.limitations import limitations

NAMES = {"even": 0, "both": 50, "both_wrong": 20, "short": 100, "short_wrong": 10, "other": 100,
         "other_wrong": 2}  # fmt: skip


def text_of(**metrics: Any) -> str:
    return " ".join(limitations(metrics).split())


def unseen(country: str, n: int, wrong: int, **other: int) -> dict[str, Any]:
    halves = {"women": n // 2, "men": n - n // 2, "women_wrong": wrong, "men_wrong": 0}
    return {"by_country": [{"country": country, **halves, **NAMES, **other}]}


def known(country: str, entries: int, error: float) -> dict[str, Any]:
    return {"by_country": [{"country": country, "entries": entries, "error": error}]}


def test_limitations_without_figures_are_always_listed():
    text = text_of()

    for failing in ("Romanised East Asian", "Surnames taken for given", "Initials", "Time"):
        assert f"**{failing}" in text


@pytest.mark.parametrize(
    ("n", "wrong", "named"), [(200, 21, True), (200, 20, False), (199, 90, False)]
)
def test_country_is_listed_from_200_names_and_ten_percent(n: int, wrong: int, named: bool):
    assert ("**NL**" in text_of(unseen=unseen("NL", n, wrong))) == named


@pytest.mark.parametrize(
    ("entries", "error", "is_named"), [(200, 0.11, True), (200, 0.1, False), (199, 0.5, False)]
)
def test_country_is_listed_for_its_expected_error_of_known_names(
    entries: int, error: float, is_named: bool
):
    assert ("**KR**" in text_of(known=known("KR", entries, error))) == is_named


def test_country_is_listed_for_its_measured_error():
    row = {"country": "TH", "n": 300, "error": 0.237}

    assert "**TH**: 23.7 % of 300 people are wrong." in text_of(people={"by_country": [row]})


def test_people_without_a_country_are_not_listed_as_one():
    row = {"country": "", "n": 300, "error": 0.5}

    assert "50.0 %" not in text_of(people={"by_country": [row]})


def test_causes_are_given_by_language_and_kind_of_name():
    text = text_of(unseen=unseen("TR", 250, 30))

    assert "**TR**: 12.0 % of 250 names never seen are wrong." in text
    assert "no grammatical gender" in text
    assert "40.0 % of the 50 of women and men" in text
    assert "10.0 % of the 100 of 5 letters or fewer, 2.0 % of the 100 others" in text


def test_source_without_majorities_is_given_as_a_cause():
    even = "The source gives most of its names without a majority"

    assert even in text_of(unseen=unseen("CN", 250, 30, even=126))
    assert even not in text_of(unseen=unseen("CN", 250, 30, even=125))


def test_worst_country_is_first_and_equal_ones_are_together():
    rows = [
        {"country": country, "entries": 300, "error": error}
        for country, error in (("DE", 0.2), ("FI", 0.3), ("SE", 0.2))
    ]

    text = text_of(known={"by_country": rows})

    assert text.index("**FI**") < text.index("**DE SE**")
    assert text.count("The source counts these countries together.") == 1


def test_countries_with_little_or_no_evidence_are_counted():
    text = text_of(known=known("GE", 293, 0.01))

    assert "249 of 250 countries have none" in text
    assert "Evidence for fewer than 500 names: GE 293." in text


def test_share_of_names_of_women_and_men_is_reported():
    text = text_of(known={"by_country": [], "both": {"n": 200, "both": 30, "bearers": 0.091}})

    assert "30 of the 200 names with at least 50 people (15.0 %)" in text
    assert "9.1 % of all people" in text
