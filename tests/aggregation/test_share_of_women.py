"""The interval of a share of women holds the true one as often as it says, in simulated groups."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from gender_detection.aggregation import shares_of_women
from gender_detection.aggregation.shares import LEVELS, levels_of
from tests.aggregation.simulation import HARD, PLAIN, coverage, draw, estimates

PEOPLE = st.lists(st.floats(0.0001, 0.9999), min_size=1, max_size=50)


@pytest.mark.parametrize("names", [PLAIN, HARD], ids=["plain", "hard"])
@pytest.mark.parametrize(
    ("share", "people"),
    [(0.02, 500), (0.1, 50), (0.1, 200), (0.3, 20), (0.3, 200), (0.5, 20), (0.5, 500), (0.8, 50)],
)
def test_interval_holds_the_true_share_in_95_of_100_groups(names, share, people):
    rng = np.random.default_rng(people)

    assert 0.93 <= coverage(rng, names, share, people) <= 0.97


@pytest.mark.parametrize("names", [PLAIN, HARD], ids=["plain", "hard"])
@pytest.mark.parametrize("people", [20, 50])
def test_interval_is_conservative_where_few_women_are_expected(names, people):
    # A count of none, one or two allows of no finer interval.
    assert 0.95 <= coverage(np.random.default_rng(1), names, 0.02, people) <= 0.99


@pytest.mark.parametrize("groups_share", [0.1, 0.3, 0.5])
def test_share_is_not_biased_towards_the_calibration_population(groups_share):
    p_female = draw(np.random.default_rng(5), HARD, groups_share, (1000, 200))

    middle = estimates(p_female)[:, 1]

    assert abs(middle.mean() - groups_share) < 0.003
    leaning = abs(p_female.mean() - groups_share)
    assert leaning > 0.05 or groups_share == 0.5


def test_uncertain_names_widen_the_interval():
    rng = np.random.default_rng(3)
    plain, hard = (estimates(draw(rng, names, 0.4, (200, 200))) for names in (PLAIN, HARD))

    assert np.mean(hard[:, 2] - hard[:, 0]) > 1.25 * np.mean(plain[:, 2] - plain[:, 0])


@pytest.mark.parametrize("people", [1, 7, 30, 500, 100_000])
def test_certain_names_give_the_binomial_interval_of_jeffreys(people):
    women = np.unique(np.linspace(0, people, 6).astype(int))
    counts = np.zeros((len(women), LEVELS), int)
    counts[:, -1], counts[:, 0] = women, people - women

    found = shares_of_women(counts, 0.5)

    quantiles = np.array([[0.025, 0.5, 0.975]])
    expected = beta.ppf(quantiles, women[:, None] + 0.5, people - women[:, None] + 0.5)
    expected[0, 0], expected[-1, -1] = 0, 1  # nobody, or everybody, may be a woman
    assert found == pytest.approx(expected, abs=5e-4)


@given(PEOPLE)
def test_bounds_enclose_the_share(p_female):
    ((low, middle, high),) = estimates(np.array([p_female]))

    assert 0 <= low < middle < high <= 1


@given(PEOPLE)
def test_swapping_women_and_men_mirrors_the_interval(p_female):
    (one,) = estimates(np.array([p_female]))
    (other,) = estimates(1 - np.array([p_female]))

    assert one == pytest.approx(1 - other[::-1], abs=1e-4)


@given(PEOPLE, st.randoms(use_true_random=False))
def test_order_of_people_does_not_matter(p_female, random):
    mixed = random.sample(p_female, len(p_female))

    assert (estimates(np.array([p_female])) == estimates(np.array([mixed]))).all()


def test_uninformative_names_give_the_widest_interval():
    ((low, middle, high),) = estimates(np.full((1, 1000), 0.5))

    assert middle == pytest.approx(0.5)
    assert (low, high) == pytest.approx((0.0015, 0.9985), abs=5e-4)


def test_empty_group_has_no_share_and_does_not_affect_others():
    counts = np.zeros((3, LEVELS), int)
    counts[[0, 2], -1] = 10

    found = shares_of_women(counts, 0.5)

    assert np.isnan(found[1]).all()
    assert (found[0] == found[2]).all()


def test_base_share_of_the_calibration_is_taken_into_account():
    # Where a fifth of all are women, a third of all names belong to women in 50 of 100 cases
    # and the others in 5: five sixths of the women have such a name, and five of 24 men.
    people, share = 10**6, 0.6
    first = round(people * (share * 5 / 6 + (1 - share) * 5 / 24))
    counts = np.zeros((1, LEVELS), int)
    counts[0, levels_of(np.array([0.5, 0.05]))] = first, people - first

    assert shares_of_women(counts, 0.2)[0, 1] == pytest.approx(share, abs=0.005)
    assert shares_of_women(counts, 0.5)[0, 1] < share - 0.1


def test_many_groups_give_the_same_estimates_as_each_alone(monkeypatch):
    p_female = draw(np.random.default_rng(8), PLAIN, 0.4, (300, 40))
    together = estimates(p_female)
    monkeypatch.setattr("gender_detection.aggregation.shares.CELLS_AT_ONCE", 1)

    assert estimates(p_female) == pytest.approx(together, abs=1e-12)


@pytest.mark.parametrize("people", [10**6, 10**9])
def test_interval_of_a_very_large_group_is_narrow_enough(people):
    counts = np.zeros((1, LEVELS), int)
    counts[0, [0, -1]] = people * 7 // 10, people * 3 // 10

    ((low, middle, high),) = shares_of_women(counts, 0.5)

    assert middle == pytest.approx(0.3, abs=1e-4)
    assert high - low == pytest.approx(2 * 1.96 * (0.21 / people) ** 0.5, rel=0.02)


@given(st.floats(0.0001, 0.9999))
def test_level_of_a_probability_is_close_to_it(p_female):
    level = levels_of(np.array([p_female]))[0]
    at = np.sin(level / (LEVELS - 1) * np.pi / 2) ** 2

    assert abs(at - p_female) <= 0.0016
