"""What is measured on names, and what is expected from evidence, worked out by hand."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from gender_detection import evaluation, training
from gender_detection.evaluation import held_out
from gender_detection.evidence import Evidence, Table
from gender_detection.features import hash_keys
from gender_detection.model import Model
from gender_detection.pattern import PatternModel
from tests.evidence_rows import by_country

Rows = list[tuple[str, str | None, float, float]]


class Spelling:
    """Stands for a pattern model: sure that -a is a woman's ending, and that no other is."""

    def p_female(self, keys: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.array([0.91 if key.endswith("a") else 0.18 for key in keys], np.float32)


SPELLING = cast(PatternModel, Spelling())


def dataset(rows: Rows, split: str = "test", **columns: list[object]) -> pa.Table:
    key, country, female, male = map(list, zip(*rows, strict=True))
    table = {
        "key": key,
        "country": pa.array(country, pa.string()),
        "female": pa.array(female, pa.float64()),
        "male": pa.array(male, pa.float64()),
        "script": ["latin"] * len(rows),
        "length": [len(k) for k in key],
        "tokens": [1] * len(rows),
        "split": [split] * len(rows),
    }
    return pa.table({**table, **columns})


def slices(found: dict[str, Any], kind: str) -> dict[object, tuple[int, int]]:
    return {row["of"]: (row["n"], row["wrong"]) for row in found["slices"] if row["kind"] == kind}


WORLD: Rows = [
    ("anna", None, 100, 0),  # right
    ("iris", None, 90, 10),  # a woman's name taken for a man's
    ("luca", None, 5, 95),  # a man's name taken for a woman's
    ("otto", None, 0, 100),  # right
    ("maximilian", None, 0, 60),  # right
]


def test_held_out_names_are_evaluated_by_spelling_and_counted_by_kind():
    found = held_out.unseen(SPELLING, dataset(WORLD, tokens=[1, 1, 1, 1, 2]), 0.85)

    assert slices(found, "gender") == {"women's names": (2, 1), "men's names": (3, 1)}
    assert slices(found, "words") == {"one word": (4, 2), "several words": (1, 0)}
    assert slices(found, "letters") == {
        "up to 4 letters": (4, 2),
        "5 or 6 letters": (0, 0),
        "7 to 9 letters": (0, 0),
        "10 letters or more": (1, 0),
    }
    assert slices(found, "script") == {"latin": (5, 2)}


def test_trained_rare_and_even_names_are_not_evaluated():
    more: Rows = [("rara", None, 49, 0), ("nora", None, 50, 0), ("kim", None, 50, 50)]
    learnt = dataset([("maria", None, 900, 0)], split="train")

    found = held_out.unseen(SPELLING, pa.concat_tables([dataset(WORLD + more), learnt]), 0.85)

    assert slices(found, "script") == {"latin": (6, 2)}  # with nora


def test_threshold_of_the_model_is_among_those_tried():
    found = held_out.unseen(SPELLING, dataset(WORLD), 0.85)

    at = {row["threshold"]: (row["answered"], row["wrong"]) for row in found["thresholds"]}
    assert set(at) == {*held_out.THRESHOLDS, 0.85}
    assert at[0.5] == (1.0, 0.4)
    assert at[0.85] == (0.4, 0.5)  # anna and luca, at 0.91
    assert at[0.95] == (0.0, None)


def test_reliability_has_the_bins_that_names_fall_into():
    found = held_out.unseen(SPELLING, dataset(WORLD), 0.85)

    assert [(row["from"], row["to"], row["n"]) for row in found["reliability"]] == [
        (0.8, 0.85, 3),
        (0.9, 0.95, 2),
    ]
    assert [row["said"] for row in found["reliability"]] == pytest.approx([0.82, 0.91])
    assert [row["right"] for row in found["reliability"]] == pytest.approx([2 / 3, 0.5], abs=1e-4)


def test_majority_in_the_country_decides_or_worldwide_if_even():
    rows: Rows = [
        ("andrea", None, 900, 100),
        ("andrea", "IT", 0, 3),  # a man's name there, taken for a woman's
        ("andrea", "CN", 2, 2),  # even there, a woman's in the world: right
        ("joan", None, 50, 50),
        ("joan", "CN", 1, 1),  # even everywhere: left out
        ("wei", None, 30, 70),
        ("wei", "CN", 5, 4),  # taken for a man's
    ]

    china, italy = held_out.in_countries(SPELLING, dataset(rows))

    assert china == {
        "country": "CN", "even": 1, "women": 2, "women_wrong": 1, "men": 0, "men_wrong": 0,
        "both": 1, "both_wrong": 1, "short": 1, "short_wrong": 1, "other": 1, "other_wrong": 0,
    }  # fmt: skip
    assert (italy["country"], italy["even"]) == ("IT", 0)
    assert (italy["women"], italy["men"], italy["men_wrong"]) == (0, 1, 1)


def test_countries_are_evaluated_only_on_held_out_names():
    learnt = dataset([("anna", None, 9, 0), ("anna", "IT", 9, 0)], split="train")

    assert held_out.in_countries(SPELLING, learnt) == []


def evidence(rows: list[tuple[str, str | None, float]]) -> Evidence:
    keys, _, p_world = zip(*[row for row in rows if row[1] is None], strict=True)
    ones = np.ones(len(keys), int)
    world = Table.build(hash_keys(keys), np.array(p_world), ones.astype(float), ones)
    return Evidence(world, by_country(world, [(key, code, p) for key, code, p in rows if code]))


KNOWN = [
    ("kim", None, 0.75), ("otto", None, 0.0), ("even", None, 0.5),
    ("kim", "KR", 0.25), ("otto", "DE", 0.25),
]  # fmt: skip
COUNTED: Rows = [
    ("kim", None, 60, 40), ("otto", None, 0, 300), ("even", None, 0.5, 0.5),
    ("kim", "KR", 7, 1), ("otto", "DE", 0, 2),
]  # fmt: skip


def test_error_of_known_names_is_the_share_of_bearers_of_the_rarer_gender():
    found = held_out.known(evidence(KNOWN), dataset(COUNTED), 0.7)

    # By evidence kim has 75 women of 100 bearers: the 25 men are taken for women. Of even's one
    # bearer one half is wrong, and as often a woman as a man.
    world = found["world"]
    assert world["entries"] == 3
    assert world["error"] == pytest.approx(25.5 / 401, abs=1e-5)
    assert world["women_error"] == pytest.approx(0.25 / 75.5, abs=1e-5)
    assert world["men_error"] == pytest.approx(25.25 / 325.5, abs=1e-5)
    # even is not answered.
    assert world["answered"] == pytest.approx(400 / 401, abs=1e-5)
    assert world["answered_error"] == pytest.approx(25 / 400, abs=1e-5)


def test_known_names_of_a_country_are_evaluated_by_its_evidence():
    germany, korea = held_out.known(evidence(KNOWN), dataset(COUNTED), 0.8)["by_country"]

    assert (germany["country"], germany["error"], germany["women_error"]) == ("DE", 0.25, 1.0)
    assert (korea["country"], korea["error"], korea["men_error"]) == ("KR", 0.25, 0.0)
    assert (korea["answered"], korea["answered_error"]) == (0.0, None)


def test_known_names_have_the_same_thresholds_as_unseen_ones():
    found = held_out.known(evidence(KNOWN), dataset(COUNTED), 0.72)

    assert [row["threshold"] for row in found["thresholds"]] == sorted({*held_out.THRESHOLDS, 0.72})
    at = next(row for row in found["thresholds"] if row["threshold"] == 0.72)
    assert (at["answered"], at["wrong"]) == (
        found["world"]["answered"],
        found["world"]["answered_error"],
    )


def test_names_used_by_women_and_men_are_counted_among_common_names():
    assert held_out.known(evidence(KNOWN), dataset(COUNTED), 0.8)["both"] == {
        "n": 2, "both": 1, "bearers": 0.25,
    }  # fmt: skip


def test_figures_agree_with_the_whole_evaluation(
    tiny_model: Model, tiny_transformed: pa.Table, tiny_vectors: pa.Table
):
    found = held_out.unseen(tiny_model.pattern, tiny_transformed, 0.8)

    rows = training.Vectors.of_split(tiny_vectors, "test")
    pairs = training.evaluation_pairs(tiny_model.pattern, rows, min_count=held_out.MIN_COUNT)
    figures = evaluation.metrics(*pairs, 0.8)
    n = sum(count for count, _ in slices(found, "gender").values())
    wrong = sum(wrong for _, wrong in slices(found, "gender").values())
    assert n == figures["n"] > 0
    assert wrong / n == pytest.approx(figures["forced"]["errorCoded"])


def test_order_of_rows_makes_no_difference(tiny_model: Model, tiny_transformed: pa.Table):
    backwards = tiny_transformed.take(list(range(len(tiny_transformed)))[::-1])

    for figures in (
        lambda table: held_out.unseen(tiny_model.pattern, table, 0.8),
        lambda table: held_out.known(tiny_model.evidence, table, 0.8),
    ):
        assert figures(backwards) == figures(tiny_transformed)
