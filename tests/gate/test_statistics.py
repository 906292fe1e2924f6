"""The tests behind the gate: known values, and how often they are wrong."""

from math import sqrt

import numpy as np
import pytest
from scipy.stats import norm

from gender_detection.evaluation import wilson_interval
from gender_detection.gate.statistics import (
    p_of_calibration,
    p_of_loss,
    p_of_share,
    refused,
)


@pytest.mark.parametrize(("lost", "won", "n"), [(9, 2, 100), (30, 20, 1000), (1, 0, 5)])
def test_without_a_margin_it_is_the_test_of_mcnemar(lost: int, won: int, n: int):
    expected = norm.sf((lost - won) / sqrt(lost + won))

    assert p_of_loss(lost, won, n, 0.0) == pytest.approx(expected)


@pytest.mark.parametrize(("lost", "won"), [(0, 0), (3, 3), (2, 7)])
def test_model_that_is_no_worse_is_never_refused(lost: int, won: int):
    assert p_of_loss(lost, won, 100, 0.0) == 1
    assert p_of_loss(lost, won, 100, 0.05) == 1


def test_difference_of_just_what_is_allowed_is_refused_as_often_as_the_level_says():
    generator = np.random.default_rng(3)
    n, allowed, level = 500, 0.02, 0.05
    counts = generator.multinomial(n, [0.06, 0.04, 0.90], size=4000)

    rejected = [p_of_loss(int(lost), int(won), n, allowed) < level for lost, won, _ in counts]

    assert np.mean(rejected) == pytest.approx(level, abs=0.015)


def test_share_is_tested_as_its_interval_says():
    low, _ = wilson_interval(30, 200) or (0.0, 0.0)

    assert p_of_share(30, 200, low) == pytest.approx(0.025, rel=1e-4)
    assert p_of_share(30, 200, 0.15) == 1


def test_nothing_allowed_means_nothing():
    assert p_of_share(1, 1000, 0.0) == 0
    assert p_of_share(0, 1000, 0.0) == 1


def test_slices_are_refused_with_one_certainty_for_all():
    p_values = [0.2, 0.0001, 0.006, 0.004]

    # Holm at 0.01: 0.0001 < 0.0025; 0.004 is not below 0.0033, and ends it.
    assert refused(p_values, 0.99) == [False, True, False, False]
    assert refused([0.009], 0.99) == [True]
    assert refused([], 0.99) == []


def test_worse_calibration_is_found_and_chance_is_not():
    generator = np.random.default_rng(5)
    p_female = generator.uniform(0.01, 0.99, 3000)
    is_female = generator.random(3000) < p_female
    overconfident = np.where(p_female > 0.5, 0.99, 0.01)

    assert p_of_calibration(overconfident, p_female, is_female, 0.01) < 0.01
    assert p_of_calibration(p_female, overconfident, is_female, 0.01) == 1
    assert p_of_calibration(p_female, p_female, is_female, 0.01) == 1
    assert p_of_calibration(overconfident, None, is_female, 0.15) < 0.01
