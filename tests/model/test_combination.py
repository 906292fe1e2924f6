"""How evidence, prior and a known share of women make one probability."""

import numpy as np
import pytest

from gender_detection.model.combination import shift_prior, shrink


def test_evidence_is_drawn_towards_its_prior_by_the_strength():
    shares = shrink(np.array([3.0, 0.0]), np.array([1.0, 0.0]), np.array([0.2, 0.9]), 0.5)

    assert shares.tolist() == pytest.approx([3.1 / 4.5, 0.9])


def test_more_bearers_leave_less_to_the_prior():
    prior = np.array([0.5, 0.5, 0.5])
    few, more, many = shrink(np.array([1.0, 10, 100]), np.zeros(3), prior, 1.0)

    assert 0.5 < few < more < many < 1


def test_share_of_women_moves_the_odds_by_its_own():
    # Even odds and three women to a man: three to one.
    assert shift_prior(0.5, 0.75, 0.5) == pytest.approx(0.75)
    # One to four, and one to three against even: one to twelve.
    assert shift_prior(0.2, 0.25, 0.5) == pytest.approx(1 / 13)
    # Against a base of its own size nothing moves.
    assert shift_prior(0.2, 0.3, 0.3) == pytest.approx(0.2)


@pytest.mark.parametrize("certain", [0.0, 1.0])
def test_certainty_stays_certain(certain: float):
    assert shift_prior(certain, 0.01, 0.5) == certain


@pytest.mark.parametrize("share", [5e-324, 1 - 2**-53])
@pytest.mark.parametrize("p_female", [5e-324, 0.5, 1 - 2**-53])
def test_extreme_shares_give_a_probability(p_female: float, share: float):
    assert 0 <= shift_prior(p_female, share, 0.5) <= 1
