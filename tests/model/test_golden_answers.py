"""The tiny model gives the answers of golden.csv, with one person per row.

Threshold and female_share are empty where a caller gives none. Probabilities that rest on a
spelling are those of a pattern fitted for the tests, so they may move a little between machines.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from gender_detection.model import Model, Person
from gender_detection.model.answers import STEPS, encode
from gender_detection.model.people import ROLES, People
from tests import golden_rows

Row = dict[str, str]

ROWS = golden_rows.read(Path(__file__).with_name("golden.csv"))
LEEWAY = 0.001


def person_of(row: Row) -> Person:
    return Person(**{role: row[role] or None for role in ROLES})


def number(text: str) -> float | None:
    return float(text) if text else None


@pytest.mark.parametrize("row", ROWS, ids=golden_rows.label)
def test_person_is_answered_as_in_the_table(tiny_model: Model, row: Row):
    person = person_of(row)
    options: dict[str, Any] = {name: number(row[name]) for name in ("threshold", "female_share")}

    (found,) = tiny_model.predict([person], **options)

    assert (found.gender, found.basis, found.reason) == (
        row["gender"],
        row["basis"] or None,
        row["reason"] or None,
    )
    for column in ("probability", "p_female"):
        expected = number(row[column])
        if expected is None:
            assert getattr(found, column) is None
        else:
            assert getattr(found, column) == pytest.approx(expected, abs=LEEWAY)
    assert (found.evidence.count, found.evidence.sources) == (
        int(row["count"]),
        int(row["sources"]),
    )
    assert (found.matched is not None) == (row["basis"] in ("country", "name"))
    if found.matched is not None:
        (alone,) = tiny_model.predict([Person(given_name=found.matched)])
        assert (alone.matched, alone.evidence) == (found.matched, found.evidence)


@pytest.mark.parametrize("copies", [1, 3])
def test_people_in_columns_are_answered_as_in_the_table(tiny_model: Model, copies: int):
    by_share: defaultdict[float | None, list[Row]] = defaultdict(list)
    for row in ROWS:
        by_share[number(row["female_share"])] += [row] * copies
    for share, rows in by_share.items():
        parts = {role: pa.array([row[role] or None for row in rows], pa.string()) for role in ROLES}

        codes = tiny_model.answer(People(parts, None), female_share=share)

        expected = np.array(
            [encode(number(row["p_female"]), row["basis"] or None, row["reason"]) for row in rows]
        )
        wrong = np.flatnonzero(np.abs(codes - expected) > LEEWAY * STEPS)
        assert [golden_rows.label(rows[at]) for at in wrong] == []
