"""What the spelling says: the same for a key alone and in a batch, calibrated, never extreme."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection import pattern as pattern_module
from gender_detection.features import NGrams, ngram_indices
from gender_detection.model import Model
from gender_detection.pattern import PatternModel, logit, sigmoid

NGRAMS = NGrams(1, 3, 10)


@pytest.fixture(scope="module")
def random_pattern() -> PatternModel:
    weights = np.random.default_rng(7).normal(0, 1, 2**NGRAMS.bits).astype(np.float16)
    return PatternModel(NGRAMS, weights, bias=0.3)


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz", max_size=40), max_size=24))
def test_key_is_answered_in_a_batch_as_alone_to_the_last_bit(
    random_pattern: PatternModel, keys: list[str]
):
    # Enough keys with these for operations on columns, which single keys go without.
    together = random_pattern.p_female([*keys, *["maria"] * pattern_module.FEW])
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


def test_calibration_scales_and_shifts_the_score(random_pattern: PatternModel):
    score = logit(float(random_pattern.p_female(["eva"])[0]))
    calibrated = replace(random_pattern, slope=0.5, intercept=-1.0)

    assert logit(float(calibrated.p_female(["eva"])[0])) == pytest.approx(
        0.5 * score - 1.0, abs=1e-4
    )


def test_pattern_model_has_learnt_the_endings(tiny_model: Model):
    woman, man = tiny_model.pattern.p_female(["marianelda", "marianeldo"])

    assert woman > 0.9
    assert man < 0.1


def test_extreme_scores_stay_finite():
    scores = sigmoid(np.array([-1e6, -35.0, 0.0, 35.0, 1e6]))

    assert scores.tolist() == pytest.approx([0, 0, 0.5, 1, 1], abs=1e-15)


def test_certainty_has_finite_log_odds():
    assert logit(0.0) == pytest.approx(-13.8155, abs=1e-3)
    assert logit(1.0) == pytest.approx(13.8155, abs=1e-3)
    assert logit(0.5) == 0


@given(st.floats(-13, 13))
def test_logit_undoes_sigmoid(score: float):
    assert logit(sigmoid(np.array([score]))) == pytest.approx([score], abs=1e-6)


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
def test_weights_that_give_no_probability_are_refused(random_pattern: PatternModel, change: dict):
    with pytest.raises(ValueError, match="weights"):
        replace(random_pattern, **change)
