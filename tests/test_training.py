"""Training learns from its rows, and evidence follows its formula."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from gender_detection import training
from gender_detection.errors import DatasetError
from gender_detection.features import NGrams, hash_keys, ngram_indices
from gender_detection.features.odds import sigmoids
from gender_detection.model import Model, Parameters
from gender_detection.pattern import PatternModel

NGRAMS = NGrams(1, 3, 10)
EVEN = PatternModel(NGRAMS, np.zeros(2**10, np.float16), bias=0.0)


def vectors(keys: list[str], p_female: list[float], weight: list[float]) -> training.Vectors:
    indices, offsets = ngram_indices(keys, NGRAMS)
    return training.Vectors(keys, np.array(p_female), np.array(weight), indices, offsets)


def transformed(rows: list[tuple[str, str | None, float, float, int]]) -> pa.Table:
    names = ("key", "country", "female", "male", "sources")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    columns["country"] = pa.array(columns["country"], pa.string())
    return pa.table(columns)


@pytest.fixture(scope="module")
def train(tiny_vectors: pa.Table) -> training.Vectors:
    return training.Vectors.of_split(tiny_vectors, "train")


def test_split_is_read_sorted_with_the_ngrams_of_each_key(tiny_vectors: pa.Table):
    shuffled = tiny_vectors.take(list(range(len(tiny_vectors)))[::-1])

    rows = training.Vectors.of_split(shuffled, "valid")

    assert rows.keys == sorted(rows.keys)
    by_key = {row["key"]: row for row in tiny_vectors.to_pylist()}
    assert {by_key[key]["split"] for key in rows.keys} == {"valid"}
    for at, key in enumerate(rows.keys):
        ngrams = rows.indices[rows.offsets[at] : rows.offsets[at + 1]]
        assert ngrams.tolist() == by_key[key]["indices"]
        assert rows.p_female[at] == by_key[key]["p_female"]


def test_bearers_are_the_square_of_the_weight():
    assert vectors(["a", "b"], [0, 1], [2.0, 10.0]).counts.tolist() == [4, 100]


def test_split_without_rows_is_refused(tiny_vectors: pa.Table):
    with pytest.raises(DatasetError, match="split nothing"):
        training.Vectors.of_split(tiny_vectors, "nothing")


def test_pattern_learns_the_endings_of_its_rows(train: training.Vectors):
    keys = ["bella", "bello", "mila", "milo", "rosa", "roso"]
    shares = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]

    pattern = training.fit_pattern(vectors(keys, shares, [10.0] * 6), NGRAMS, l2=1.0)

    woman, man = pattern.p_female(["zunda", "zundo"])
    assert woman > 0.7
    assert man < 0.3


def test_loss_falls_with_every_iteration(train: training.Vectors):
    reported: list[tuple[int, float]] = []

    training.fit_pattern(
        train, NGrams(1, 4, 12), iterations=8, progress=lambda *step: reported.append(step)
    )

    steps, losses = zip(*reported, strict=True)
    assert steps == tuple(range(1, len(reported) + 1))
    assert len(reported) <= 8
    assert list(losses) == sorted(losses, reverse=True)
    assert losses[-1] < 0.5 * np.log(2)


def test_same_rows_give_the_same_weights(train: training.Vectors):
    first, second = (training.fit_pattern(train, NGrams(1, 4, 12), iterations=5) for _ in "ab")

    assert (first.weights == second.weights).all()
    assert first.bias == second.bias


def test_rows_with_more_weight_count_more():
    rows = vectors(["lee", "lee"], [1.0, 0.0], [9.0, 1.0])

    assert training.fit_pattern(rows, NGRAMS, l2=0.01).p_female(["lee"])[0] == pytest.approx(
        0.9, abs=0.01
    )


@pytest.mark.parametrize("scale", [0.2, 5.0])
def test_calibration_repairs_a_model_of_the_wrong_scale(scale: float):
    rng = np.random.default_rng(3)
    right = PatternModel(NGRAMS, rng.normal(0, 0.5, 2**10).astype(np.float16), bias=0.1)
    keys = ["".join(rng.choice(list("abcdefgh"), 6)) for _ in range(20_000)]
    truth = right.p_female(keys).astype(float)
    wrong = replace(right, weights=right.weights * np.float16(scale), bias=right.bias * scale + 1)
    mostly_women = rng.random(len(keys)) < truth

    shares = np.where(mostly_women, 0.8, 0.1).tolist()
    repaired = training.calibrate(wrong, vectors(keys, shares, [5.0] * len(keys)))

    assert np.abs(wrong.p_female(keys) - truth).max() > 0.1
    np.testing.assert_allclose(repaired.p_female(keys), truth, atol=0.03)
    assert repaired.slope == pytest.approx(1 / scale, rel=0.05)


def test_calibration_leaves_out_keys_with_few_bearers_or_split_evenly():
    shares = [1.0] * 9 + [0.0, 0.0, 0.5]
    rows = vectors(["aaa"] * 12, shares, [10.0] * 10 + [1.0, 10.0])

    calibrated = training.calibrate(EVEN, rows, min_count=5)

    assert calibrated.p_female(["aaa"])[0] == pytest.approx(0.9, abs=0.01)


def test_calibration_uses_rare_keys_where_there_are_no_others():
    rows = vectors(["aaa"] * 5, [1.0, 1.0, 1.0, 1.0, 0.0], [1.0] * 5)

    assert training.calibrate(EVEN, rows).p_female(["aaa"])[0] == pytest.approx(0.8, abs=0.01)


def test_evidence_is_shrunk_to_the_spelling_and_by_country_to_the_worldwide_share():
    table = transformed(
        [
            ("kim", None, 3, 1, 2),
            ("andrea", None, 10, 6, 4),
            ("andrea", "IT", 0, 2, 1),
            ("maria", None, 60_000, 0, 4),
            ("maria", "IT", 20_000, 0, 1),
            ("andrea", "DE", 1, 0, 2),
            ("maria", "DE", 30_000, 0, 1),
        ]
    )
    parameters = Parameters(strength=0.5, strength_country=1.0)

    evidence = training.build_evidence(table, EVEN, parameters)

    kim, andrea = (3 + 0.5 * 0.5) / 4.5, (10 + 0.5 * 0.5) / 16.5
    world = evidence.find(["kim", "andrea"])
    assert world.p_female.tolist() == pytest.approx([kim, andrea])
    assert world.count.tolist() == [4, 16]
    assert world.sources.tolist() == [2, 4]
    local = evidence.find_in_country(["andrea", "andrea", "kim"], ["IT", "DE", "IT"])
    assert local.found.tolist() == [True, True, False]
    # In Italy 20,002 people are counted: two thirds of 30,000. In Germany two sources agree.
    in_italy, in_germany = 20_002 / 30_000, 1 / 2
    assert local.p_female[0] == pytest.approx(in_italy * andrea / (2 + in_italy))
    assert local.p_female[1] == pytest.approx((1 + in_germany * andrea) / (1 + in_germany))


def test_world_counts_at_least_a_quarter_of_a_bearer_in_a_country_with_few():
    table = transformed([("andrea", None, 10, 6, 4), ("andrea", "IT", 0, 2, 1)])

    evidence = training.build_evidence(table, EVEN, Parameters(strength_country=2.0))

    world = (10 + 0.5 * 0.5) / 16.5
    (in_italy,) = evidence.find_in_country(["andrea"], ["IT"]).p_female
    assert in_italy == pytest.approx(0.5 * world / 2.5)


def test_spelling_is_the_prior_of_a_rare_name():
    sure = replace(EVEN, bias=2.0)
    evidence = training.build_evidence(transformed([("kim", None, 0, 1, 1)]), sure, Parameters())

    prior = float(sigmoids(np.array([2.0]))[0])
    assert evidence.find(["kim"]).p_female[0] == pytest.approx(0.5 * prior / 1.5)


def test_prior_of_a_key_in_another_script_is_even():
    sure = replace(EVEN, bias=2.0)
    evidence = training.build_evidence(transformed([("莉子", None, 3, 0, 1)]), sure, Parameters())

    assert evidence.find(["莉子"]).p_female[0] == pytest.approx((3 + 0.5 * 0.5) / 3.5)


def test_order_of_rows_makes_no_difference(tiny_transformed: pa.Table, tiny_model: Model):
    backwards = tiny_transformed.take(list(range(len(tiny_transformed)))[::-1])

    evidence = training.build_evidence(backwards, tiny_model.pattern, tiny_model.parameters)

    arrays = replace(tiny_model, evidence=evidence).arrays()
    for name, array in tiny_model.arrays().items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].tobytes() == array.tobytes()


def test_evidence_without_countries_is_worldwide_only():
    evidence = training.build_evidence(transformed([("kim", None, 1, 1, 1)]), EVEN, Parameters())

    assert evidence.world.hashes.tolist() == hash_keys(["kim"]).tolist()
    assert len(evidence.by_country.countries) == len(evidence.by_country.pair_p_female) == 0


def test_evaluation_pairs_leave_out_rare_and_even_keys():
    rows = vectors(["anna", "rare", "even", "otto"], [0.9, 1.0, 0.5, 0.2], [10, 1, 10, 10])

    p_female, is_female = training.evaluation_pairs(replace(EVEN, bias=1.0), rows, min_count=50)

    assert p_female.tolist() == pytest.approx([1 / (1 + np.exp(-1))] * 2)
    assert is_female.tolist() == [True, False]
