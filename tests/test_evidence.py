"""Evidence is found by key, and by key and country, and by nothing else."""

import numpy as np
import pytest

from gender_detection.evidence import Evidence, Table
from gender_detection.features import hash_keys, hash_with_country


def table(hashes: np.ndarray, p_female: list[float], count: list[float] | None = None) -> Table:
    n = len(hashes)
    counts = np.array(count if count is not None else [10.0] * n)
    return Table.build(hashes, np.array(p_female), counts, np.full(n, 2))


@pytest.fixture
def evidence() -> Evidence:
    pairs = hash_with_country(hash_keys(["andrea", "andrea"]), ["IT", "DE"])
    return Evidence(
        table(hash_keys(["maria", "andrea", "john"]), [0.99, 0.5, 0.01], [100, 70, 50]),
        table(pairs, [0.02, 0.98], [40, 30]),
    )


NOTHING = Table.build(np.zeros(0, np.uint64), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))


def test_known_keys_are_found_in_the_order_asked(evidence: Evidence):
    found = evidence.find(["john", "nobody", "maria"])

    assert found.found.tolist() == [True, False, True]
    assert found.p_female.tolist() == pytest.approx([0.01, 0, 0.99])
    assert found.count.tolist() == [50, 0, 100]
    assert found.sources.tolist() == [2, 0, 2]


def test_country_pairs_are_told_apart(evidence: Evidence):
    found = evidence.find_in_country(["andrea", "andrea", "andrea", "maria"], "IT DE FR IT".split())

    assert found.found.tolist() == [True, True, False, False]
    assert found.p_female.tolist() == pytest.approx([0.02, 0.98, 0, 0])
    assert found.count.tolist() == [40, 30, 0, 0]


def test_asking_for_nothing_finds_nothing(evidence: Evidence):
    assert len(evidence.find([]).found) == 0
    assert len(evidence.find_in_country([], []).found) == 0


def test_empty_table_knows_nobody():
    empty = Evidence(NOTHING, NOTHING)

    for found in (empty.find(["maria", ""]), empty.find_in_country(["maria", "x"], ["IT", "DE"])):
        assert not found.found.any()
        assert found.p_female.shape == found.count.shape == found.sources.shape == (2,)


def test_hash_above_all_others_is_not_found():
    highest = table(np.array([1, 5], np.uint64), [0.1, 0.9])

    assert highest.find(np.array([2**64 - 1, 0, 5], np.uint64)).found.tolist() == [
        False,
        False,
        True,
    ]


def test_first_of_equal_hashes_is_kept():
    doubled = table(np.array([7, 3, 7], np.uint64), [0.9, 0.5, 0.1], [1, 2, 3])

    assert doubled.hashes.tolist() == [3, 7]
    assert doubled.find(np.array([7], np.uint64)).p_female.tolist() == pytest.approx([0.9])
    assert doubled.find(np.array([7], np.uint64)).count.tolist() == [1]


def test_sources_beyond_what_their_column_holds_are_cut():
    many = Table.build(
        np.array([1], np.uint64), np.array([0.5]), np.array([1.0]), np.array([70_000])
    )

    assert many.sources.tolist() == [65_535]


GOOD = {
    "hashes": np.array([1, 2], np.uint64),
    "p_female": np.array([0.1, 0.9], np.float32),
    "count": np.array([1, 2], np.float32),
    "sources": np.array([1, 1], np.uint16),
}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("hashes", np.array([2, 1], np.uint64)),
        ("hashes", np.array([1, 1], np.uint64)),
        ("hashes", np.array([1, 2], np.int64)),
        ("hashes", np.array([[1, 2]], np.uint64)),
        ("p_female", np.array([0.1, 0.9])),
        ("p_female", np.array([0.1, 1.5], np.float32)),
        ("p_female", np.array([0.1, np.nan], np.float32)),
        ("count", np.array([1, np.inf], np.float32)),
        ("count", np.array([-1, 2], np.float32)),
        ("count", np.array([1, 2, 3], np.float32)),
        ("sources", np.array([1], np.uint16)),
    ],
)
def test_arrays_that_would_answer_wrongly_are_refused(column: str, values: np.ndarray):
    Table(**GOOD)
    with pytest.raises(ValueError, match=r"\w"):
        Table(**{**GOOD, column: values})


@pytest.mark.parametrize("times", [1, 100])  # few are looked up one by one, many as a column
def test_rows_are_what_find_finds(evidence: Evidence, times: int):
    asked = ["john", "nobody", "maria", ""] * times
    found = evidence.find(asked)

    assert evidence.rows(asked) == [
        (p, count, sources) if known else None
        for known, p, count, sources in zip(
            found.found.tolist(),
            found.p_female.tolist(),
            found.count.tolist(),
            found.sources.tolist(),
            strict=True,
        )
    ]
    assert [row is not None for row in evidence.rows(asked)] == [True, False, True, False] * times


@pytest.mark.parametrize("times", [1, 100])
def test_shares_in_countries_are_told_apart(evidence: Evidence, times: int):
    pairs = [("andrea", "IT"), ("andrea", "FR"), ("andrea", "DE"), ("maria", "IT")] * times

    assert evidence.p_female_in_country(pairs) == pytest.approx([0.02, None, 0.98, None] * times)


def test_empty_table_has_no_rows():
    empty = Evidence(NOTHING, NOTHING)

    for times in (1, 100):
        assert empty.rows(["maria"] * times) == [None] * times
        assert empty.p_female_in_country([("maria", "IT")] * times) == [None] * times
    assert empty.rows([]) == empty.p_female_in_country([]) == []


def test_hash_above_all_others_has_no_row():
    highest = table(np.array([1, 5], np.uint64), [0.1, 0.9])

    assert [highest.row(hashed) is None for hashed in (0, 1, 4, 5, 2**64 - 1)] == [
        True, False, True, False, True,
    ]  # fmt: skip
