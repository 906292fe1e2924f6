"""Errors of a model without labelled people: on held-out names, and expected from its evidence.

Two kinds of figures, which docs/decisions/0009-model-card.md tells apart:

unseen  measured on names: keys of the split test, answered by their spelling alone
known   expected, not measured: the error that remains if name and country are known and the
        evidence is right

Counts are integers, shares are rounded to DIGITS. Tables are lists of flat dictionaries.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .. import evaluation
from ..evidence import Evidence
from ..pattern import PatternModel

DIGITS = 5
# Worldwide, only keys with so many people are used that their majority is not chance.
MIN_COUNT = 50.0
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
# Women and men have a name if the rarer gender has more than this share of its people.
BOTH = 0.1
# Names of at most this many letters are short.
SHORT = 5
LENGTHS = {
    "up to 4 letters": (1, 4),
    "5 or 6 letters": (5, 6),
    "7 to 9 letters": (7, 9),
    "10 letters or more": (10, math.inf),
}

Row = dict[str, Any]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def unseen(
    pattern: PatternModel,
    transformed: pa.Table,
    threshold: float,
    *,
    min_count: float = MIN_COUNT,
) -> dict[str, list[Row]]:
    """Return how often the spelling alone is right, on names that it did not learn from.

    transformed is the dataset. Of its split test, keys in Latin letters with at least min_count
    people are used worldwide, and every key in the countries that have evidence for it. Lists of
    rows:

    slices       by gender, script, length and number of words: kind, of, n, wrong
    thresholds   threshold, and the shares answered and, of these, wrong
    reliability  by the probability given: from, to, n, said (its mean) and right (share)
    by_country   see in_countries
    """
    test = _held_out(transformed)
    world = test.filter(pc.is_null(test["country"])).sort_by("key")
    female, male = _counts(world)
    judged = world.filter(pa.array((female + male >= min_count) & (female != male)))
    female, male = _counts(judged)
    p_female, is_female = _spelled(pattern, judged), female > male
    wrong = (p_female > 0.5) != is_female
    return {
        "slices": _slices(judged, is_female, wrong),
        "thresholds": _thresholds(p_female, is_female, threshold),
        "reliability": _reliability(p_female, is_female),
        "by_country": in_countries(pattern, transformed),
    }


def in_countries(pattern: PatternModel, transformed: pa.Table) -> list[Row]:
    """Return how the spelling does in each country, by gender, on keys of the split test.

    A key is a woman's or a man's name by the majority of its people in the country or, if that is
    even, worldwide; if that is even too, the key is left out. A row has country, even (keys decided
    worldwide), and the number of keys and of wrong ones for women, men, both (the rarer gender has
    more than BOTH of the people), short (at most SHORT letters) and other (neither both nor short),
    as women, women_wrong and so on.
    """
    test = _held_out(transformed)
    local = test.filter(pc.is_valid(test["country"]))
    local = local.sort_by([("country", "ascending"), ("key", "ascending")])
    if not len(local):
        return []
    share, even = _majority(local, test.filter(pc.is_null(test["country"])))
    is_female, decided = share > 0.5, share != 0.5
    wrong = (_spelled(pattern, local) > 0.5) != is_female
    both = (share > BOTH) & (share < 1 - BOTH)
    short = local["length"].to_numpy() <= SHORT
    countries = np.array(local["country"].to_pylist())
    rows = []
    for country in np.unique(countries):
        at = (countries == country) & decided
        parts = {
            "women": at & is_female,
            "men": at & ~is_female,
            "both": at & both,
            "short": at & short,
            "other": at & ~both & ~short,
        }
        row: Row = {"country": str(country), "even": int((at & even).sum())}
        for name, part in parts.items():
            row |= {name: int(part.sum()), f"{name}_wrong": int((part & wrong).sum())}
        rows.append(row)
    return rows


def known(evidence: Evidence, transformed: pa.Table, threshold: float) -> dict[str, Any]:
    """Return the expected error on names that are known, if the evidence is right.

    If p is the share of women that evidence gives for a name, a forced answer is wrong for the
    share min(p, 1 - p) of its people; sums are over people as transformed counts them.

    world       one row for all names without a country: entries (keys), error, women_error (women
                answered as men), men_error, answered (share of people whose name is answered at the
                threshold), answered_error (error among these; None if nobody is answered)
    by_country  the same for each country with evidence, if the country is known
    both        for names with at least MIN_COUNT people: n, how many both women and men have, and
                their share of the people
    thresholds  the world by threshold: threshold, answered, wrong
    """
    world = transformed.filter(pc.is_null(transformed["country"])).sort_by("key")
    found = evidence.find(world["key"].to_pylist())
    p_world, bearers = found.p_female.astype(np.float64), _bearers(world)
    steps = sorted({*THRESHOLDS, threshold})
    at = [_expected(p_world, bearers, step) for step in steps]
    return {
        "world": _expected(p_world, bearers, threshold),
        "both": _borne_by_both(world),
        "thresholds": [
            {"threshold": step, "answered": row["answered"], "wrong": row["answered_error"]}
            for step, row in zip(steps, at, strict=True)
        ],
        "by_country": _known_in_countries(evidence, transformed, threshold),
    }


def _known_in_countries(evidence: Evidence, transformed: pa.Table, threshold: float) -> list[Row]:
    local = transformed.filter(pc.is_valid(transformed["country"]))
    local = local.sort_by([("country", "ascending"), ("key", "ascending")])
    names = local["country"].to_pylist()
    p_female = evidence.find_in_country(local["key"].to_pylist(), names).p_female.astype(np.float64)
    bearers, countries = _bearers(local), np.array(names)
    return [
        {
            "country": str(country),
            **_expected(p_female[countries == country], bearers[countries == country], threshold),
        }
        for country in np.unique(countries)
    ]


def _expected(p_female: Floats, bearers: Floats, threshold: float) -> Row:
    women, men = bearers * p_female, bearers * (1 - p_female)
    # A name with equal shares is answered as a man's as often as a woman's.
    called_men = (1 - np.sign(p_female - 0.5)) / 2
    women_wrong, men_wrong = women * called_men, men * (1 - called_men)
    wrong = women_wrong + men_wrong
    answered = evaluation.confidence(p_female) >= threshold
    return {
        "entries": len(p_female),
        "error": _share(wrong.sum(), bearers.sum()),
        "women_error": _share(women_wrong.sum(), women.sum()),
        "men_error": _share(men_wrong.sum(), men.sum()),
        "answered": _share(bearers[answered].sum(), bearers.sum()),
        "answered_error": _share(wrong[answered].sum(), bearers[answered].sum()),
    }


def _borne_by_both(world: pa.Table) -> Row:
    female, male = _counts(world)
    bearers = female + male
    common = bearers >= MIN_COUNT
    both = common & (np.minimum(female, male) > BOTH * bearers)
    return {
        "n": int(common.sum()),
        "both": int(both.sum()),
        "bearers": _share(bearers[both].sum(), bearers[common].sum()),
    }


def _held_out(transformed: pa.Table) -> pa.Table:
    """Return the rows of the split test whose keys have a spelling in Latin letters."""
    spelled = pc.string_is_ascii(transformed["key"])
    return transformed.filter(pc.and_(pc.equal(transformed["split"], "test"), spelled))


def _majority(local: pa.Table, world: pa.Table) -> tuple[Floats, Bools]:
    """Return the share of women per key in its country, (n,), and where it is worldwide."""
    female, male = _counts(local)
    world_female, world_male = _counts(world)
    at = dict(zip(world["key"].to_pylist(), range(len(world)), strict=True))
    rows = [at[key] for key in local["key"].to_pylist()]
    everywhere = (world_female / (world_female + world_male))[rows]
    even = female == male
    return np.where(even, everywhere, female / (female + male)), even


def _slices(judged: pa.Table, is_female: Bools, wrong: Bools) -> list[Row]:
    script = np.array(judged["script"].to_pylist())
    length, words = judged["length"].to_numpy(), judged["tokens"].to_numpy()
    kinds: Mapping[str, Sequence[tuple[str, Bools]]] = {
        "gender": [("women's names", is_female), ("men's names", ~is_female)],
        "words": [("one word", words == 1), ("several words", words > 1)],
        "letters": [
            (of, (length >= low) & (length <= high)) for of, (low, high) in LENGTHS.items()
        ],
        "script": [(str(name), script == name) for name in np.unique(script)],
    }
    return [
        {"kind": kind, "of": of, "n": int(at.sum()), "wrong": int((wrong & at).sum())}
        for kind, parts in kinds.items()
        for of, at in parts
    ]


def _thresholds(p_female: Floats, is_female: Bools, threshold: float) -> list[Row]:
    rows = []
    for step in sorted({*THRESHOLDS, threshold}):
        errors = evaluation.coded_errors(p_female, is_female, step)
        unknown, wrong = errors["naCoded"], errors["errorCodedWithoutNA"]
        answered = None if unknown is None else round(1 - unknown, DIGITS)
        rows.append({"threshold": step, "answered": answered, "wrong": _rounded(wrong)})
    return rows


def _reliability(p_female: Floats, is_female: Bools) -> list[Row]:
    bins = evaluation.reliability(p_female, is_female)
    width = 0.5 / evaluation.BINS
    return [
        {
            "from": round(0.5 + at * width, DIGITS),
            "to": round(0.5 + (at + 1) * width, DIGITS),
            "n": int(n),
            "said": round(float(bins["confidence"][at]), DIGITS),
            "right": round(float(bins["accuracy"][at]), DIGITS),
        }
        for at, n in enumerate(bins["count"])
        if n
    ]


def _counts(table: pa.Table) -> tuple[Floats, Floats]:
    return table["female"].to_numpy(), table["male"].to_numpy()


def _bearers(table: pa.Table) -> Floats:
    female, male = _counts(table)
    return female + male


def _spelled(pattern: PatternModel, table: pa.Table) -> Floats:
    return pattern.p_female(table["key"].to_pylist()).astype(np.float64)


def _share(part: float, whole: float) -> float | None:
    return round(float(part / whole), DIGITS) if whole > 0 else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
