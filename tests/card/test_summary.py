"""The summary of a version has its headline figures, and says which were not measured."""

from datetime import date
from typing import Any

import pytest

from gender_detection import card
from tests.html_pages import Page


def shown(manifest: dict[str, Any], **given: Any) -> str:
    """Return the words of the summary, with a space in place of each line or cell."""
    about = {"version": "7", "run": "5ca1ab1e", "day": date(2025, 1, 31), "sample": 1.0, **given}
    html = card.summary(manifest, **about)
    assert Page(html).fetched == []
    return " ".join(Page(html.replace("</", " </")).words.split())


@pytest.fixture
def judged(manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest with figures that are known here."""
    manifest["metrics"]["unseen"] |= {
        "n": 1000,
        "threshold": 0.8,
        "ece": 0.021,
        "forced": {"errorCoded": 0.1, "errorGenderBias": 0.0},
        "at_threshold": {"naCoded": 0.25, "errorCodedWithoutNA": 0.031},
        "slices": [
            {"kind": "letters", "of": "up to 4 letters", "n": 200, "wrong": 50},
            {"kind": "words", "of": "<one> word", "n": 900, "wrong": 90},
            {"kind": "words", "of": "few", "n": 99, "wrong": 99},
        ],
    }
    facts = {"women_error": 0.1, "men_error": 0.1, "answered_error": 0.05}
    rows = [("KR", 900, 0.2), ("CN", 500, 0.3), ("HK", 500, 0.3), ("VA", 199, 0.5)]
    manifest["metrics"]["known"] |= {
        "world": {"entries": 5000, "error": 0.012, "answered": 0.96, **facts},
        "by_country": [
            {"country": c, "entries": n, "error": e, "answered": 0.9, **facts} for c, n, e in rows
        ],
    }
    counted = {"women": 60, "men": 60, "women_wrong": 30, "men_wrong": 12}
    manifest["metrics"]["unseen"]["by_country"] = [
        {"country": "KR", **counted},
        {"country": "CN", **counted, "women": 1},
        {"country": "HK", **counted, "women": 1},
    ]
    return manifest


def test_summary_has_the_errors_the_calibration_and_the_coverage(judged: dict[str, Any]):
    judged["metrics"]["people"] |= {"n": 123, "forced": {"errorCoded": 0.05}}

    words = shown(judged)

    assert "Names never seen, measured 10.0 % wrong if every answer is forced (95 %" in words
    assert "interval 8.3 to 12.0 %): 1,000 held-out names" in words
    assert "Known names, expected 1.2 % wrong" in words
    assert "People, measured 5.0 % wrong or missing" in words
    assert "Calibration error 2.1 %" in words
    assert "Answered, known names 96.0 % of the people; 4.0 % are unknown" in words
    assert "names never seen, measured 10.0 75.0 25.0 3.1" in words


def test_summary_says_where_the_version_fails(judged: dict[str, Any]):
    words = shown(judged)

    assert "Hardest country: CN HK 30.0 %" in words
    assert "Countries , known names, expected: CN HK 30.0 %, KR 20.0 %" in words
    assert "never seen, measured: up to 4 letters 25.0 %, <one> word 10.0 %" in words


def test_summary_says_which_version_it_is_of(judged: dict[str, Any]):
    words = shown(judged)

    assert "model gender-detection, version 7" in words
    assert "data version tiny" in words
    assert "trained 2025-01-31" in words
    assert "run in MLflow 5ca1ab1e" in words
    assert "share of the names all of them" in words
    assert "first look" not in words


def test_summary_warns_of_a_sample(judged: dict[str, Any]):
    words = shown(judged, sample=0.02)

    assert words.startswith("A first look, not a model to use.")
    assert "share of the names a sample of 2.0 %" in words


def test_what_was_not_measured_is_said(manifest: dict[str, Any]):
    manifest["metrics"] = {}

    words = shown(manifest)

    assert "Names never seen, measured – not measured" in words
    assert "People, measured – not measured: no file" in words
    assert "Known" not in words


def test_hardest_countries_are_those_with_enough_names_and_the_largest_errors(
    judged: dict[str, Any],
):
    assert card.hardest(judged["metrics"]) == [
        {"country": "CN HK", "expected": 0.3, "n": 0, "wrong": 0},
        {"country": "KR", "expected": 0.2, "n": 120, "wrong": 42},
    ]
    assert card.hardest(judged["metrics"], 1)[0]["country"] == "CN HK"
    assert card.hardest({}) == []
