"""Estimates by spelling: the same for a key alone and in a batch, calibrated, never extreme."""

import math
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection import pattern as pattern_module
from gender_detection.features import NGrams, Spelling, ngram_indices
from gender_detection.features.odds import sigmoids
from gender_detection.model import Model
from gender_detection.pattern import PatternModel

NGRAMS = NGrams(1, 3, 10)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def random_pattern() -> PatternModel:
    weights = np.random.default_rng(7).normal(0, 1, 2**NGRAMS.bits).astype(np.float16)
    return PatternModel(NGRAMS, weights, bias=0.3)


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz", max_size=40), max_size=24))
def test_key_gets_exactly_the_same_answer_alone_and_in_a_batch(
    random_pattern: PatternModel, keys: list[str]
):
    together = random_pattern.p_female([*keys, *["maria"] * 6])
    alone = [random_pattern.p_female([key])[0] for key in keys]

    np.testing.assert_array_equal(together[: len(keys)], np.array(alone, np.float32))


def test_long_columns_are_answered_block_by_block(random_pattern, monkeypatch: pytest.MonkeyPatch):
    keys = ["maria", "", "john", "kim", "andrea", ""] * 20
    whole = random_pattern.p_female(keys)
    monkeypatch.setattr(pattern_module, "BLOCK", 50)

    np.testing.assert_array_equal(random_pattern.p_female(keys), whole)


def test_empty_key_has_no_probability(random_pattern: PatternModel):
    p_female = random_pattern.p_female(["", "maria", ""])

    assert np.isnan(p_female).tolist() == [True, False, True]
    assert p_female.dtype == np.float32


def test_score_is_the_bias_and_the_weights_of_the_ngrams(random_pattern: PatternModel):
    indices, offsets = ngram_indices(["eva"], NGRAMS)
    by_hand = 0.3 + sum(float(random_pattern.weights[at]) for at in indices)

    assert random_pattern.raw_scores(indices, offsets) == pytest.approx([by_hand])
    assert random_pattern.p_female(["eva"]) == pytest.approx([1 / (1 + np.exp(-by_hand))])


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz", max_size=40), max_size=8))
def test_sums_are_those_of_the_weights_at_the_indices_without_rounding(
    random_pattern: PatternModel, keys: list[str]
):
    indices, offsets = ngram_indices(keys, NGRAMS)
    rows = np.split(random_pattern.weights[indices].astype(np.float64), offsets[1:-1])

    sums = [math.fsum(row) for row in rows] if keys else []
    assert random_pattern.spelling.sums(keys).tolist() == sums
    assert random_pattern.raw_scores(indices, offsets).tolist() == [0.3 + one for one in sums]


def test_every_float16_is_summed_exactly():
    # Each index has the float16 of these bits, or 0 for those that are not finite.
    bits = np.arange(2**16, dtype=np.uint16)
    weights = np.where((bits >> 10) & 31 == 31, 0, bits).astype(np.uint16).view(np.float16)
    ngrams = NGrams(3, 3, 16, sounds=False)
    keys = [a + b + c for a in LETTERS for b in LETTERS for c in LETTERS]
    indices, offsets = ngram_indices(keys, ngrams)

    found = Spelling(weights, ngrams).sums(keys)

    expected = np.add.reduceat(weights[indices].astype(np.float64), offsets[:-1])
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("weights", [np.zeros(3, np.float16), np.zeros(2**10, np.float32)])
def test_too_few_weights_for_the_indices_are_refused(weights: np.ndarray):
    with pytest.raises(ValueError, match="weights"):
        Spelling(weights, NGRAMS)


def test_mapped_weights_are_not_copied(random_pattern: PatternModel, tmp_path: Path):
    np.save(tmp_path / "weights.npy", random_pattern.weights)
    mapped = replace(random_pattern, weights=np.load(tmp_path / "weights.npy", mmap_mode="r"))

    assert mapped.p_female(["maria"]) == random_pattern.p_female(["maria"])
    assert mapped.spelling.weights is mapped.weights


def test_model_that_has_answered_survives_a_copy_to_another_process(random_pattern: PatternModel):
    expected = random_pattern.p_female(["maria", "john"])

    copy = pickle.loads(pickle.dumps(random_pattern))

    assert copy.p_female(["maria", "john"]).tolist() == expected.tolist()


def test_calibration_scales_and_shifts_the_score(random_pattern: PatternModel):
    calibrated = replace(random_pattern, slope=0.5, intercept=-1.0)
    before, after = (model.p_female(["eva"])[0] for model in (random_pattern, calibrated))

    assert np.log(after / (1 - after)) == pytest.approx(
        0.5 * np.log(before / (1 - before)) - 1.0, abs=1e-4
    )


def test_pattern_model_learns_the_endings(tiny_model: Model):
    woman, man = tiny_model.pattern.p_female(["marianelda", "marianeldo"])

    assert woman > 0.9
    assert man < 0.1


def test_extreme_scores_stay_finite():
    scores = sigmoids(np.array([-1e6, -35.0, 0.0, 35.0, 1e6]))

    assert scores.tolist() == pytest.approx([0, 0, 0.5, 1, 1], abs=1e-15)


@pytest.mark.parametrize(
    "change",
    [
        {"weights": np.zeros(3, np.float16)},
        {"weights": np.zeros(2**10, np.float32)},
        {"weights": np.full(2**10, np.nan, np.float16)},
        {"bias": float("nan")},
        {"slope": float("inf")},
    ],
)
def test_values_without_a_valid_probability_are_refused(random_pattern: PatternModel, change: dict):
    with pytest.raises(ValueError, match="weights"):
        replace(random_pattern, **change)
