"""A training run is named for its data and day, and its note says what came of it."""

from datetime import date
from typing import Any

import pytest

from gender_detection import card


def words(text: str) -> str:
    return " ".join(text.split())


def test_run_is_named_for_its_data_and_day():
    manifest = {"data_version": "5015d32db8cd7888"}

    assert card.run_name(manifest, date(2025, 1, 31)) == "data 5015d32d, 2025-01-31"


def test_note_states_model_data_and_further_reading(manifest: dict[str, Any]):
    note = words(card.run_note(manifest, "study.html"))

    assert note.startswith(
        "Trains *gender-detection* from version `tiny` of the dataset *vectors*: "
        "2,400 names of lexicon, registry."
    )
    assert "`study.html`, in the folder of the models" in note
    assert "`card.md`" in note
    assert "first look" not in note


def test_note_has_the_headline_figures(manifest: dict[str, Any]):
    manifest["metrics"]["unseen"] |= {
        "n": 1000,
        "threshold": 0.8,
        "forced": {"errorCoded": 0.1, "errorGenderBias": 0.0},
        "at_threshold": {"naCoded": 0.25, "errorCodedWithoutNA": 0.031},
    }
    manifest["metrics"]["known"]["world"] |= {"error": 0.012}
    manifest["metrics"]["people"] |= {"n": 123, "forced": {"errorCoded": 0.05}}

    note = words(card.run_note(manifest, "study.html"))

    assert "- **Names never seen** (1,000): 10.0 % wrong if every answer is forced." in note
    assert "At the threshold 0.8, 75.0 % are answered, and 3.1 % of these are wrong." in note
    assert "- **Known names**, expected from the evidence: 1.2 % wrong" in note
    assert "- **Labelled people** (123): 5.0 % wrong" in note


@pytest.mark.parametrize(
    ("missing", "word"), [("unseen", "never seen"), ("known", "Known"), ("people", "Labelled")]
)
def test_figure_that_was_not_measured_is_left_out(
    manifest: dict[str, Any], missing: str, word: str
):
    assert word in card.run_note(manifest, "study.html")
    del manifest["metrics"][missing]

    assert word not in card.run_note(manifest, "study.html")


def test_note_says_if_a_model_is_unevaluated_or_from_a_sample(manifest: dict[str, Any]):
    manifest["metrics"] = {}
    manifest["data"]["outside_sample"] = 7

    note = card.run_note(manifest, "study.html")

    assert "It was not evaluated." in note
    assert "**A first look**" in note
