"""Evidence is found by key, and by key and country."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gender_detection.evidence import FEW_COUNTRIES, LEAST, ByCountry, Evidence, Table
from gender_detection.features import country_codes, hash_keys
from tests.evidence_rows import by_country


def table(hashes: np.ndarray, p_female: list[float], count: list[float] | None = None) -> Table:
    n = len(hashes)
    counts = np.array(count if count is not None else [10.0] * n)
    return Table.build(hashes, np.array(p_female), counts, np.full(n, 2))


# Sidney is known in one country more than FEW_COUNTRIES.
COUNTRIES = "AT AU BE BR CA CH FR GB NL".split()
ALL = [*COUNTRIES, *"DE DK ES FI IT JP KR MX NO PL PT RU SE TR US".split()]
MANY = [("sidney", country, 0.1 * at) for at, country in enumerate(COUNTRIES, 1)]


@pytest.fixture
def evidence() -> Evidence:
    keys = ["maria", "andrea", "john", "sidney"]
    world = table(hash_keys(keys), [0.99, 0.5, 0.01, 0.4], [100, 70, 50, 60])
    local = [("andrea", "IT", 0.02), ("andrea", "DE", 0.98), ("john", "US", 0.0), *MANY]
    return Evidence(world, by_country(world, local))


NOTHING = Table.build(np.zeros(0, np.uint64), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))


def test_evidence_is_in_the_order_of_the_keys(evidence: Evidence):
    found = evidence.find(["john", "nobody", "maria"])

    assert found.found.tolist() == [True, False, True]
    assert found.p_female.tolist() == pytest.approx([0.01, 0, 0.99])
    assert found.count.tolist() == [50, 0, 100]
    assert found.sources.tolist() == [2, 0, 2]


def test_evidence_depends_on_the_country(evidence: Evidence):
    found = evidence.find_in_country(["andrea", "andrea", "andrea", "maria"], "IT DE FR IT".split())

    assert found.found.tolist() == [True, True, False, False]
    assert found.p_female.tolist() == pytest.approx([0.02, 0.98, 0, 0])


def test_no_keys_give_no_evidence(evidence: Evidence):
    assert len(evidence.find([]).found) == 0
    assert len(evidence.find_in_country([], []).found) == 0


def test_empty_table_has_no_evidence():
    empty = Evidence(NOTHING, by_country(NOTHING, []))

    found = empty.find(["maria", ""])
    assert not found.found.any()
    assert found.p_female.shape == found.count.shape == found.sources.shape == (2,)
    in_country = empty.find_in_country(["maria", "x"], ["IT", "DE"])
    assert not in_country.found.any()
    assert in_country.p_female.shape == (2,)


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


def test_number_of_sources_is_capped():
    many = Table.build(
        np.array([1], np.uint64), np.array([0.5]), np.array([1.0]), np.array([70_000])
    )

    assert many.sources.tolist() == [65_535]


GOOD: dict[str, Any] = {
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
def test_arrays_that_would_give_wrong_evidence_are_refused(column: str, values: np.ndarray):
    Table(**GOOD)
    with pytest.raises(ValueError, match=r"\w"):
        Table(**{**GOOD, column: values})


def test_evidence_in_few_and_in_many_countries_is_found():
    keys = [f"name{letter}" for letter in "abcdefghijklmnopqrst"]
    world = table(hash_keys(keys), [0.5] * len(keys))
    rng = np.random.default_rng(2)
    known = {}
    # From none to 19 countries, of 24.
    for size, name in enumerate(keys):
        for country in rng.choice(list(ALL), size, replace=False).tolist():
            known[name, country] = float(np.float32(rng.random()))
    evidence = Evidence(world, by_country(world, [(*pair, p) for pair, p in known.items()]))
    pairs = [(name, country) for name in [*keys, "nobody", ""] for country in [*ALL, "XX", "it"]]

    found = evidence.find_in_country(*zip(*pairs, strict=True))

    assert found.found.tolist() == [pair in known for pair in pairs]
    assert found.p_female.tolist() == [known.get(pair, 0.0) for pair in pairs]
    assert len(evidence.by_country.matrix) == len(keys) - 1 - FEW_COUNTRIES


def test_arrays_have_the_layout_described(evidence: Evidence):
    world, local = evidence.world, evidence.by_country
    names = {hashed: name for name in ("maria", "andrea", "john", "sidney")
             for hashed in hash_keys([name]).tolist()}  # fmt: skip
    for position, name in enumerate(names[hashed] for hashed in world.hashes.tolist()):
        first, size = int(local.first[position]), int(local.sizes[position])
        if name == "sidney":
            assert (first, size) == (-1, 0)
        else:
            assert size == {"maria": 0, "andrea": 2, "john": 1}[name]
            numbers = local.pair_countries[first : first + size].tolist()
            assert numbers == sorted(numbers)
    (row,) = local.matrix.tolist()
    expected = dict(zip(local.numbers[country_codes(COUNTRIES)].tolist(), MANY, strict=True))
    there = [expected[number][2] if number in expected else -0.4 for number in range(len(row))]
    assert row == pytest.approx(there)
    assert local.numbers[country_codes(["XX", "IT"])].tolist() == [
        0,
        1 + local.countries.tolist().index(country_codes(["IT"])[0]),
    ]


def test_countries_are_sorted_by_number_of_keys_then_by_code():
    world = table(hash_keys(["anna", "otto"]), [0.9, 0.1])
    rows = [("anna", "US", 0.9), ("anna", "FR", 0.9), ("anna", "DE", 0.9), ("otto", "FR", 0.1)]

    for given in (rows, rows[::-1]):
        countries = by_country(world, given).countries
        assert countries.tolist() == country_codes(["FR", "DE", "US"]).tolist()


def test_rows_in_any_order_give_the_same_arrays(evidence: Evidence):
    local = [("sidney", country, p) for _, country, p in MANY[::-1]]
    local += [("john", "US", 0.0), ("andrea", "DE", 0.98), ("andrea", "IT", 0.02)]

    again = by_country(evidence.world, local)

    for name, array in vars(again).items():
        assert array.tobytes() == getattr(evidence.by_country, name).tobytes()
        assert array.dtype == getattr(evidence.by_country, name).dtype


def test_first_of_equal_keys_and_countries_is_kept():
    world = table(hash_keys(["anna"]), [0.9])

    twice = by_country(world, [("anna", "IT", 0.75), ("anna", "IT", 0.25)])

    assert twice.pair_p_female.tolist() == [0.75]


@pytest.mark.parametrize("countries", [1, FEW_COUNTRIES + 1])
def test_evidence_without_women_differs_from_no_evidence(countries: int):
    world = table(hash_keys(["otto"]), [0.0])
    evidence = Evidence(world, by_country(world, [("otto", c, 0.0) for c in ALL[:countries]]))

    found = evidence.find_in_country(["otto", "otto"], [ALL[0], "XX"])

    assert found.found.tolist() == [True, False]
    assert found.p_female.tolist() == [LEAST, 0.0]


def changed(array: np.ndarray, at: Any, value: float) -> np.ndarray:
    array = array.copy()
    array[at] = value
    return array


WRONG = {
    "countries twice": ("countries", lambda a: changed(a, 1, a[0])),
    "countries of another type": ("countries", lambda a: a.astype(np.int32)),
    "a country less": ("countries", lambda a: a[:-1]),
    "no countries": ("countries", lambda a: a[:0]),
    "countries without a shape": ("countries", lambda a: np.array(a[0])),
    "matrix of another type": ("matrix", lambda a: a.astype(np.float64)),
    "matrix of one dimension": ("matrix", lambda a: a[0]),
    "matrix turned": ("matrix", lambda a: np.ascontiguousarray(a.T)),
    "matrix by columns": ("matrix", lambda a: np.asfortranarray(np.concatenate([a, a]))),
    "matrix with steps": ("matrix", lambda a: np.repeat(a, 2, axis=1)[:, ::2]),
    "matrix of no rows": ("matrix", lambda a: a[:0]),
    "matrix of two rows": ("matrix", lambda a: np.concatenate([a, a])),
    "matrix not of numbers": ("matrix", lambda a: changed(a, (0, 1), np.nan)),
    "matrix above 1": ("matrix", lambda a: changed(a, (0, 1), 1.1)),
    "matrix below -1": ("matrix", lambda a: changed(a, (0, 0), -1.1)),
    "matrix with 0": ("matrix", lambda a: changed(a, (0, 1), 0)),
    "matrix with a country in column 0": ("matrix", lambda a: changed(a, (0, 0), 0.4)),
    "first of another type": ("first", lambda a: a.astype(np.int64)),
    "first of a key less": ("first", lambda a: a[:-1]),
    "first behind the pairs": ("first", lambda a: np.where(a < 0, a, a + 1).astype(np.int32)),
    "first before a row": ("first", lambda a: np.where(a < 0, a - 1, a).astype(np.int32)),
    "first without a row": ("first", lambda a: np.abs(a)),
    "first with a row for all": ("first", lambda a: np.full_like(a, -1)),
    "first at the ends of int32": ("first", lambda a: np.full_like(a, -(2**31))),
    "sizes of another type": ("sizes", lambda a: a.astype(np.int8)),
    "sizes that are too large": ("sizes", lambda a: a + np.uint8(1)),
    "sizes of another key": ("sizes", lambda a: np.roll(a, 1)),
    "sizes of a key less": ("sizes", lambda a: a[:-1]),
    "a pair with number 0": ("pair_countries", lambda a: changed(a, 0, 0)),
    "pairs above all numbers": ("pair_countries", lambda a: a + np.uint16(100)),
    "pairs of one country": ("pair_countries", lambda a: np.full_like(a, 1)),
    "pairs of another type": ("pair_countries", lambda a: a.astype(np.uint8)),
    "a pair less": ("pair_countries", lambda a: a[:-1]),
    "P(female) of a pair less": ("pair_p_female", lambda a: a[:-1]),
    "P(female) with 0": ("pair_p_female", lambda a: changed(a, 0, 0)),
    "P(female) below 0": ("pair_p_female", lambda a: -a),
    "P(female) above 1": ("pair_p_female", lambda a: a + np.float32(1)),
    "P(female) not a number": ("pair_p_female", lambda a: a * np.float32(np.nan)),
    "matrix with no evidence as 0": ("matrix", lambda a: np.where(a < 0, 0, a)),
    "P(female) of another type": ("pair_p_female", lambda a: a.astype(np.float64)),
}


@pytest.mark.parametrize("kind", WRONG)
def test_invalid_evidence_by_country_is_refused(evidence: Evidence, kind: str):
    name, wrong = WRONG[kind]
    arrays = dict(vars(evidence.by_country))
    Evidence(evidence.world, ByCountry(**arrays))

    with pytest.raises(ValueError, match=r"\w"):
        ByCountry(**{**arrays, name: wrong(arrays[name])})


def test_pairs_that_belong_to_no_key_are_refused(evidence: Evidence):
    local = evidence.by_country
    pairs = {name: getattr(local, name) for name in ("pair_countries", "pair_p_female")}

    with pytest.raises(ValueError, match="sizes"):
        replace(local, **{name: np.append(array, array[-1:]) for name, array in pairs.items()})


def test_pairs_beside_a_row_of_the_matrix_are_refused(evidence: Evidence):
    local = evidence.by_country
    position = int(np.flatnonzero(local.first < 0)[0])
    at = int(local.sizes[:position].sum())
    wrong = {
        "sizes": changed(local.sizes, position, 1),
        "first": np.where(local.first < at, local.first, local.first + 1).astype(np.int32),
        "pair_countries": np.insert(local.pair_countries, at, 1),
        "pair_p_female": np.insert(local.pair_p_female, at, 0.5),
    }
    wrong["first"][:position] = local.first[:position]

    with pytest.raises(ValueError, match="sizes"):
        replace(local, **wrong)


def test_evidence_by_country_of_another_world_is_refused(evidence: Evidence):
    world = evidence.world
    fewer = replace(world, **{column: getattr(world, column)[:-1] for column in GOOD})
    turned = replace(world, p_female=1 - world.p_female)

    for other in (fewer, turned):
        with pytest.raises(ValueError, match=r"first|matrix"):
            Evidence(other, evidence.by_country)
    matrix = changed(evidence.by_country.matrix, (0, 0), -0.3)
    with pytest.raises(ValueError, match="matrix"):
        Evidence(world, replace(evidence.by_country, matrix=matrix))
