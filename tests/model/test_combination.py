"""How evidence, prior and a known share of women are combined into one probability."""

from dataclasses import replace

import numpy as np
import pytest

from gender_detection.model import Model, Person
from gender_detection.training.assembling import shrink


def test_evidence_is_shrunk_towards_its_prior_by_the_strength():
    shares = shrink(np.array([3.0, 0.0]), np.array([1.0, 0.0]), np.array([0.2, 0.9]), 0.5)

    assert shares.tolist() == pytest.approx([3.1 / 4.5, 0.9])


def test_prior_matters_less_with_more_bearers():
    prior = np.array([0.5, 0.5, 0.5])
    few, more, many = shrink(np.array([1.0, 10, 100]), np.zeros(3), prior, 1.0)

    assert 0.5 < few < more < many < 1


def with_share(model: Model, p_female: float, share: float, base: float) -> float | None:
    """Return P(female), for a share of women, of a name that has this p_female without one."""
    likelier = max(p_female, 1 - p_female)
    parameters = replace(model.parameters, p_title=likelier, base_share=base)
    person = Person(name="Mrs Holm" if p_female == likelier else "Mr Holm")
    (found,) = replace(model, parameters=parameters).predict([person], female_share=share)
    return found.p_female


@pytest.mark.parametrize(
    ("p_female", "share", "base", "expected"),
    [
        (0.5, 0.75, 0.5, 0.75),  # even odds and three women to a man: three to one
        (0.2, 0.25, 0.5, 0.0769),  # one to four, and one to three against even: one to twelve
        (0.2, 0.3, 0.3, 0.2),  # a share equal to the base changes nothing
        (0.2, 0.5, 0.2, 0.5),
    ],
)
def test_share_of_women_multiplies_the_odds(
    tiny_model: Model, p_female: float, share: float, base: float, expected: float
):
    assert with_share(tiny_model, p_female, share, base) == expected


@pytest.mark.parametrize("share", [5e-324, 0.01, 1 - 2**-53])
@pytest.mark.parametrize(("certain", "expected"), [(0.0, 0.0001), (1.0, 0.9999)])
def test_certain_evidence_stays_certain(
    tiny_model: Model, certain: float, expected: float, share: float
):
    assert with_share(tiny_model, certain, share, 0.5) == expected


@pytest.mark.parametrize(
    ("p_female", "share", "base", "expected"),
    [
        (0.5, 5e-324, 0.5, 0.0001),
        (0.5, 1 - 2**-53, 0.5, 0.9999),
        (2**-53, 5e-324, 0.5, 0.0001),  # odds that are 0
        (0.9, 1 - 2**-53, 5e-324, 0.9999),  # infinite odds
    ],
)
def test_extreme_shares_give_a_probability(
    tiny_model: Model, p_female: float, share: float, base: float, expected: float
):
    assert with_share(tiny_model, p_female, share, base) == expected
