"""Names whose words leave open which is the given name: P(female) contains both readings."""

from dataclasses import replace

import msgspec
import pyarrow as pa
import pytest

from gender_detection.model import Model, Person
from gender_detection.model.people import People
from gender_detection.training import build_origins

# Zunda is a rare family name, and Maria the family name of some people too.
OPEN = ["Zunda Maria", "Zunda MARIA", "Zunda Maria Anna Maria"]


@pytest.fixture(scope="module")
def model(tiny_model: Model) -> Model:
    (maria,) = tiny_model.explain([Person(name="Maria")])
    as_given = maria.explanation.keys[0].count
    bearers = {"zunda": 60.0, "maria": as_given / 3, "rossi": 90_000.0}
    table = pa.table(
        {"key": list(bearers), "country": ["IT"] * 3, "bearers": list(bearers.values())}
    )
    return replace(tiny_model, origins=build_origins(table))


def p_female(model: Model, name: str | None = None, **person: str) -> float:
    (found,) = model.predict([Person(name=name, **person)])
    assert found.p_female is not None
    return found.p_female


@pytest.mark.parametrize(
    ("name", "family_name_first"), [*((name, False) for name in OPEN), ("Maria Zunda", True)]
)
def test_probability_is_that_of_both_orders_by_their_weights(model, name, family_name_first):
    person = Person(name=name)
    (found,) = model.explain([person], family_name_first=family_name_first)
    readings = found.explanation.readings

    assert len(readings) == 2
    assert sum(one.weight for one in readings) == pytest.approx(1)
    assert all(0.02 < one.weight < 0.98 for one in readings)
    assert [one.weight > 0.5 for one in readings] == [one.taken for one in readings]
    each = [
        p_female(model, given_name=one.given_name or "", family_name=one.family_name or "")
        for one in readings
    ]
    mixed = sum(one.weight * p for one, p in zip(readings, each, strict=True))
    assert found.p_female == pytest.approx(mixed, abs=3e-4)
    assert min(each) < found.p_female < max(each)


def test_answer_names_the_likelier_reading(model):
    (found,) = model.predict([Person(name="Zunda Maria")])

    assert (found.given_name, found.matched, found.basis) == ("Maria", "maria", "name")


@pytest.mark.parametrize("name", ["Rossi Maria", "Maria Rossi", "Maria Zunda", "Maria Smith"])
def test_order_that_is_clear_is_taken_alone(model, name):
    (found,) = model.explain([Person(name=name)])

    assert [one.weight for one in found.explanation.readings if one.taken] == [1]
    assert found.p_female == pytest.approx(p_female(model, "Maria"), abs=0.02)


def test_title_decides_whatever_the_order_is(model):
    assert p_female(model, "Mrs. Zunda Maria") == p_female(model, "Mrs. Zunda")


def test_people_in_columns_and_in_json_get_the_same_mixed_answers(model):
    predictions = model.predict([Person(name=name) for name in OPEN])

    codes = model.answer(People({"name": pa.array(OPEN)}, None))
    written, of_json = model.json_answers(OPEN)
    assert codes.tolist() == of_json.tolist()
    assert bytes(written) == b"".join(msgspec.json.encode(one) + b"," for one in predictions)
