"""Names that a caller says are written with the family name first, and names that tell their order
themselves."""

from dataclasses import replace

import msgspec
import pyarrow as pa
import pytest

from gender_detection.model import Model, Person
from gender_detection.model.answers import encode
from gender_detection.model.order_evidence import FAMILY_FIRST, GIVEN_FIRST
from gender_detection.model.people import People
from gender_detection.training import build_origins


@pytest.fixture(scope="module")
def model(tiny_model: Model) -> Model:
    """The tiny model, with family names that have as many bearers as its given names."""
    names = ["rossi", "kowalska", "lopez", "garcia"]
    table = pa.table({"key": names, "country": ["IT"] * 4, "bearers": [5000.0] * 4})
    return replace(tiny_model, origins=build_origins(table))


def given(model: Model, name: str | None, family_name_first: bool = True, **person: str):
    (found,) = model.predict([Person(name=name, **person)], family_name_first=family_name_first)
    return found.given_name


@pytest.mark.parametrize(
    ("name", "usual", "family_first"),
    [
        # The bearers of these words tell nothing.
        ("Andrea Maria", "Andrea", "Maria"),
        ("Kim Andrea", "Kim", "Andrea"),
        ("Thomas Peter", "Thomas", "Peter"),
        # The bearers are clear, and decide.
        ("Maria Rossi", "Maria", "Maria"),
        ("Anna Maria Kowalska", "Anna Maria", "Anna Maria"),
        ("Rossi Maria", "Maria", "Maria"),
        ("de Rossi Maria", "Maria", "Maria"),
    ],
)
def test_bearers_of_the_words_say_more_than_the_caller(model, name, usual, family_first):
    assert given(model, name, family_name_first=False) == usual
    assert given(model, name) == family_first


@pytest.mark.parametrize(
    ("name", "country", "left"),
    [
        ("Garcia Lopez Maria", "ES", "Maria"),
        ("Garcia Lopez Maria", "US", "Lopez Maria"),
        ("Garcia Lopez Maria Carmen", "US", "Maria Carmen"),
        ("Garcia Maria Carmen", "ES", "Maria Carmen"),
    ],
)
def test_second_word_is_a_family_name_where_it_mostly_is_one(model, name, country, left):
    assert given(model, name, country=country) == left


@pytest.mark.parametrize(
    ("name", "usual", "family_first"),
    [
        ("Zunda J.", "Zunda", None),
        ("Maria J.", "Maria", "Maria"),
        ("J. Zunda Maria", "Zunda", "Maria"),
        ("J. Amanda", "Amanda", "Amanda"),
        ("Dr. Zunda", "Zunda", "Zunda"),
    ],
)
def test_word_before_an_initial_is_the_family_name_unless_it_is_mostly_a_given_name(
    model, name, usual, family_first
):
    assert given(model, name, family_name_first=False) == usual
    assert given(model, name) == family_first


def test_names_in_fields_are_not_concerned(model):
    assert given(model, None, given_name="Andrea Maria", family_name="Zunda") == "Andrea Maria"


def test_people_in_columns_and_in_json_are_read_in_the_same_way(model):
    names = ["Andrea Maria", "Maria Rossi", "Rossi Maria", "Zunda J.", "Maria", "Kim Andrea"]
    predictions = model.predict([Person(name=name) for name in names], family_name_first=True)
    codes = [encode(one.p_female, one.basis, one.reason) for one in predictions]

    assert codes != model.answer(People({"name": pa.array(names)}, None)).tolist()
    columns = People({"name": pa.array(names)}, None)
    assert model.answer(columns, family_name_first=True).tolist() == codes
    written, of_json = model.json_answers(names, family_name_first=True)
    assert of_json.tolist() == codes
    assert bytes(written) == b"".join(msgspec.json.encode(one) + b"," for one in predictions)


def test_option_holds_for_one_call_only(model):
    before = given(model, "Andrea Maria", family_name_first=False)
    given(model, "Andrea Maria")

    assert given(model, "Andrea Maria", family_name_first=False) == before


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Rossi Maria", FAMILY_FIRST),
        ("Maria Rossi", GIVEN_FIRST),
        ("de Rossi Maria", FAMILY_FIRST),
        ("ZUNDA Zundo", FAMILY_FIRST),
        ("Zundo ZUNDA", GIVEN_FIRST),
        # In capitals, but clearly the given name.
        ("MARIA Rossi", GIVEN_FIRST),
        ("Rossi MARIA", FAMILY_FIRST),
        ("Andrea Maria", 0),
        ("Maria", 0),
        ("Rossi, Maria", 0),
        ("Rossi J.", 0),
        ("Acme GmbH", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_capitals_and_clear_bearers_tell_the_order_of_a_name(model, name, told):
    assert model.name_orders(People({"name": pa.array([name], pa.string())}, None)).tolist() == [
        told
    ]


def test_names_in_fields_tell_nothing_of_their_order(model):
    parts = {"given_name": pa.array(["Rossi Maria"]), "family_name": pa.array(["Zunda"])}
    assert model.name_orders(People(parts, None)).tolist() == [0]
