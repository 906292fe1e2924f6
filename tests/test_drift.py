"""The bins of names, and the divergence of one mix of names from another."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gender_detection import drift
from gender_detection.errors import InvalidInput
from gender_detection.model import Baseline, Model, Person, Prediction
from gender_detection.names import script

PEOPLE = [
    Person(name="Maria Rossi", country="IT"),
    Person(name="Иван", country="ru"),
    Person(given_name="Mary Ann", family_name="Smith"),
    Person(name="Frau Schmidt", country="ZZ"),
    Person(name="J. R.", country="not a code"),
    Person(name="Marianelda"),
    Person(name="12345"),
    Person(name=""),
    Person(),
    Person(name="Kim"),
    Person(name="田中花子"),
    Person(name="Wolfeschlegelsteinhausenbergerdorff"),
]
SIZES = st.shared(st.integers(1, 300), key="bins")
COUNTS = arrays(np.float64, SIZES, elements=st.integers(0, 10**6).map(float)).filter(np.any)


@given(COUNTS, COUNTS)
def test_divergence_is_bounded_and_symmetric(p: np.ndarray, q: np.ndarray):
    assert 0 <= drift.divergence(p, q) <= 1
    assert drift.divergence(p, q) == pytest.approx(drift.divergence(q, p), abs=1e-12)


@given(COUNTS, st.floats(1e-6, 1e6))
def test_divergence_of_equal_shares_is_zero_however_many_were_counted(p: np.ndarray, times: float):
    assert drift.divergence(p, p) == 0
    assert drift.divergence(p, p * times) == pytest.approx(0, abs=1e-12)


@given(COUNTS, COUNTS)
def test_divergence_of_mixes_with_nothing_in_common_is_one(p: np.ndarray, q: np.ndarray):
    nothing = np.zeros(len(p))

    assert drift.divergence(
        np.concatenate([p, nothing]), np.concatenate([nothing, q])
    ) == pytest.approx(1)


@given(COUNTS, COUNTS)
def test_divergence_is_zero_only_for_equal_shares(p: np.ndarray, q: np.ndarray):
    apart = np.abs(p / p.sum() - q / q.sum()).sum()

    # Pinsker's inequality, for each half of the divergence.
    assert drift.divergence(p, q) >= apart**2 / (8 * math.log(2)) - 1e-12


@given(COUNTS, COUNTS, st.randoms())
def test_order_of_the_bins_does_not_matter(p: np.ndarray, q: np.ndarray, random):
    order = list(range(len(p)))
    random.shuffle(order)

    assert drift.divergence(p[order], q[order]) == pytest.approx(drift.divergence(p, q), abs=1e-12)


def test_divergence_of_a_fair_and_a_certain_coin_is_as_computed_by_hand():
    # m = (3/4, 1/4): half of log2(4/3), and half of the mean of log2(2/3) and log2(2).
    by_hand = math.log2(4 / 3) / 2 + (math.log2(2 / 3) + 1) / 4

    assert drift.divergence([1, 0], [0.5, 0.5]) == pytest.approx(by_hand)
    assert by_hand == pytest.approx(0.3113, abs=1e-4)


# Shares like those of the training mix of the full data (docs/decisions/0018-drift.md).
COUNTRY_HEAD = [0.65, 0.16, 0.04, 0.04, 0.022, 0.019, 0.011, 0.011, 0.01, 0.006, 0.006, 0.005]


def real_shares(feature: str) -> np.ndarray:
    """Return the training mix for countries; for others equal shares, which vary most."""
    bins = len(drift.FEATURES[feature])
    if feature != "country":
        return np.full(bins, 1 / bins)
    rest = (1 - sum(COUNTRY_HEAD)) / (bins - len(COUNTRY_HEAD))
    return np.array([*COUNTRY_HEAD, *[rest] * (bins - len(COUNTRY_HEAD))])


@pytest.mark.parametrize("names", [200, 500, 1000, 5000])
@pytest.mark.parametrize("feature", drift.FEATURES)
def test_chance_alone_stays_far_below_the_threshold(feature: str, names: int):
    shares = real_shares(feature)

    windows = np.random.default_rng(0).multinomial(names, shares, size=2000)
    apart = [drift.divergence(shares, window) for window in windows]

    # One window in 2000 is one per week, with windows of five minutes.
    assert max(apart) < 0.08


@pytest.mark.parametrize("feature", [name for name in drift.FEATURES if name != "country"])
def test_chance_alone_gives_the_theoretical_average(feature: str):
    shares = real_shares(feature)
    windows = np.random.default_rng(0).multinomial(1000, shares, size=2000)

    mean = np.mean([drift.divergence(shares, window) for window in windows])

    # 8 n ln 2 times the divergence is nearly chi-squared with (bins - 1) degrees of freedom.
    assert mean == pytest.approx((len(shares) - 1) / (8 * 1000 * math.log(2)), rel=0.1)


def label_of(feature: str, prediction: Prediction) -> str:
    """Return the label of a prediction's bin, computed in the simplest way."""

    def binned(value: float, edges: tuple[float, ...]) -> str:
        return next((str(edge) for edge in edges if value <= edge), "more")

    if feature == "script":
        return script(prediction.name or "")
    if feature == "length":
        given = (prediction.given_name or "").replace(" ", "")
        return binned(len(given), drift.LETTER_EDGES) if given else "none"
    if feature == "country":
        country = prediction.country or "none"
        return country if country in drift.COUNTRIES else "other"
    if feature == "basis":
        return prediction.basis or "none"
    if feature == "probability":
        sure = prediction.probability
        return "none" if sure is None else binned(sure, drift.PROBABILITY_EDGES)
    return "unknown" if prediction.gender == "unknown" else "answered"


def test_counts_equal_a_simple_count_by_label(tiny_model: Model):
    predictions = tiny_model.predict(PEOPLE * 3)

    counts = drift.count(predictions)

    assert list(counts) == list(drift.FEATURES)
    for feature, bins in drift.FEATURES.items():
        expected = Counter(label_of(feature, prediction) for prediction in predictions)
        assert set(expected) <= set(bins)
        assert dict(zip(bins, counts[feature], strict=True)) == {
            name: expected[name] for name in bins
        }


def test_test_people_cover_many_bins(tiny_model: Model):
    counts = drift.count(tiny_model.predict(PEOPLE))

    filled = {feature: np.count_nonzero(values) for feature, values in counts.items()}
    assert filled["script"] == 4
    assert filled["length"] >= 5
    # An unknown country, such as ZZ, counts as none.
    assert filled["country"] == 3
    assert filled["basis"] >= 4
    assert filled["probability"] >= 3
    assert filled["unknown"] == 2


def test_counts_of_no_predictions_are_zero_in_every_bin():
    counts = drift.count([])

    assert {feature: values.tolist() for feature, values in counts.items()} == {
        feature: [0.0] * len(bins) for feature, bins in drift.FEATURES.items()
    }


@pytest.mark.parametrize(
    ("probability", "edge"),
    [(0.5, "0.55"), (0.55, "0.55"), (0.5501, "0.6"), (0.99, "0.99"), (0.9901, "1.0"), (1, "1.0")],
)
def test_edge_belongs_to_the_lower_bin(tiny_model: Model, probability: float, edge: str):
    (prediction,) = tiny_model.predict([Person(name="Maria")])
    changed = {name: getattr(prediction, name) for name in prediction.__struct_fields__}

    at = drift.bins_of(Prediction(**{**changed, "probability": probability}))[4]

    assert drift.FEATURES["probability"][at] == edge


def test_edges_ascend_and_bins_are_distinct():
    for edges in (drift.LETTER_EDGES, drift.PROBABILITY_EDGES):
        assert all(low < high for low, high in pairwise(edges))
    for bins in drift.FEATURES.values():
        assert len(set(bins)) == len(bins)


def test_baseline_has_the_shares_of_the_people_in_any_number_of_batches(
    tiny_model: Model, monkeypatch: pytest.MonkeyPatch
):
    whole = drift.baseline(tiny_model, PEOPLE, "evaluation")
    monkeypatch.setattr(drift, "BATCH", 5)

    assert drift.baseline(tiny_model, iter(PEOPLE), "evaluation") == whole
    assert (whole.source, whole.names) == ("evaluation", len(PEOPLE))
    assert all(sum(shares) == pytest.approx(1) for shares in whole.shares.values())
    assert set(drift.distances(whole, drift.count(tiny_model.predict(PEOPLE))).values()) == {0.0}


def test_baseline_of_no_people_is_refused(tiny_model: Model):
    with pytest.raises(InvalidInput, match="there are none"):
        drift.baseline(tiny_model, [], "training")


def test_distances_leave_out_features_that_cannot_be_compared(tiny_model: Model):
    baseline = drift.baseline(tiny_model, PEOPLE, "training")
    counts = drift.count(tiny_model.predict(PEOPLE))
    shares = {name: values for name, values in baseline.shares.items() if name != "script"}
    # As in an artifact of a version with other edges.
    other = Baseline("training", 12, {**shares, "length": [0.5, 0.5], "shoe size": [1.0]})

    compared = drift.distances(other, {**counts, "basis": np.zeros(len(drift.BASES))})

    assert set(compared) == {"country", "probability", "unknown"}


def test_baseline_of_the_evaluation_is_preferred_to_that_of_training():
    training, evaluation = (Baseline(s, 1, {}) for s in ("training", "evaluation"))

    assert drift.compared_with({"training": training}) is training
    assert drift.compared_with({"training": training, "evaluation": evaluation}) is evaluation
    assert drift.compared_with({}) is None


def test_window_of_other_names_shows_in_the_features_that_differ(tiny_model: Model):
    known = [Person(name=name, country="IT") for name in ("Maria", "Anna", "Mario", "Peter")]
    baseline = drift.baseline(tiny_model, known * 50, "training")

    apart = drift.distances(baseline, drift.count(tiny_model.predict([Person(name="xq")] * 200)))

    assert apart["script"] == 0
    assert apart["country"] == apart["unknown"] == apart["length"] == 1
