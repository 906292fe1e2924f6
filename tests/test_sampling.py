"""People are drawn in proportion to bearers, and large sources do not dominate."""

import random
from collections import Counter

import pyarrow as pa
import pytest

from gender_detection import training
from gender_detection.errors import DatasetError
from gender_detection.model import Person

DRAWN = 4000


def clean(*rows: tuple[str, str, str | None, str, float]) -> pa.Table:
    columns = dict(zip(training.DRAWN_FROM, map(list, zip(*rows, strict=True)), strict=True))
    columns["country"] = pa.array(columns["country"], pa.string())
    return pa.table(columns)


ROWS = [
    ("large", "MARIA", None, "given", 7500.0),
    ("large", "ANNA", None, "given", 2500.0),
    ("large", "ROSSI", "IT", "family", 1e9),
    ("small", "Mario", "IT", "given", 100.0),
    ("small", "Nobody", "IT", "given", 0.0),
]


def drawn(seed: int = 0) -> Counter[tuple[str | None, str | None]]:
    people = training.sample_people(clean(*ROWS), DRAWN, seed=seed)
    return Counter((person.given_name, person.country) for person in people)


def test_names_have_the_spelling_and_the_country_of_their_statement():
    assert set(drawn()) == {("MARIA", None), ("ANNA", None), ("Mario", "IT")}


def test_names_of_a_source_are_drawn_by_their_bearers():
    found = drawn()

    assert found["MARIA", None] / found["ANNA", None] == pytest.approx(3, rel=0.15)


def test_source_with_a_hundred_times_the_bearers_is_drawn_ten_times_as_often():
    found = drawn()

    assert (DRAWN - found["Mario", "IT"]) / found["Mario", "IT"] == pytest.approx(10, rel=0.15)


def test_row_order_does_not_change_the_people_but_the_seed_does():
    table = clean(*ROWS)
    order = list(range(len(table)))
    random.Random(3).shuffle(order)

    people = training.sample_people(table, 50, seed=1)

    assert training.sample_people(table.take(order), 50, seed=1) == people
    assert training.sample_people(table, 50, seed=2) != people
    assert all(isinstance(person, Person) for person in people)


def test_columns_that_are_not_read_make_no_difference():
    table = clean(*ROWS)
    wider = table.append_column("female", pa.array([1.0] * len(table)))

    assert training.sample_people(wider, 20, seed=1) == training.sample_people(table, 20, seed=1)


@pytest.mark.parametrize("bearers", [0.0, None])
def test_names_without_bearers_are_refused(bearers: float | None):
    rows = [] if bearers is None else [("small", "Nobody", "IT", "given", bearers)]
    table = clean(*rows) if rows else clean(*ROWS).slice(0, 0)

    with pytest.raises(DatasetError, match="no given names with bearers"):
        training.sample_people(table, 10, seed=0)
