"""Any person has one well-formed answer: alone, in a large batch, in columns and in JSON.

To fuzz the current model (GENDER_DETECTION_MODEL_DIR) with many random people:

    .venv/bin/python -m pytest --hypothesis-profile=fuzz tests/model/test_any_person.py
"""

from dataclasses import replace
from pathlib import Path
from random import Random

import msgspec
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.model import Model, Person, Prediction
from gender_detection.model.answers import BASES, REASONS, encode
from gender_detection.model.people import ROLES, People
from tests import golden_rows
from tests.text_strategies import COUNTRY, TEXT, examples

GOLDEN = [
    Person(**{role: row[role] or None for role in ROLES})
    for row in golden_rows.read(Path(__file__).with_name("golden.csv"))
]
LARGEST_BATCH = 1000
PERSON = st.builds(Person, name=TEXT, country=COUNTRY) | st.builds(
    Person, given_name=TEXT, family_name=st.none() | TEXT, country=COUNTRY
)


def assert_well_formed(answer: Prediction) -> None:
    if answer.probability is None:
        assert answer.reason in REASONS
        assert (answer.gender, answer.basis, answer.p_female) == ("unknown", None, None)
    else:
        assert 0.5 <= answer.probability <= 1
        assert answer.basis in BASES
        assert answer.reason in (None, "ambiguous", "unseen")
        assert (answer.gender == "unknown") == (answer.reason is not None)


def written(person: Person) -> Person:
    """Return a person without lone surrogates, which neither JSON nor Arrow can hold."""
    texts = {role: getattr(person, role) for role in ROLES}
    return Person(
        **{role: text and text.encode("utf-8", "replace").decode() for role, text in texts.items()}
    )


def in_columns(people: list[Person]) -> People:
    """Return people as columns of text, all of them in all columns."""
    texts = {role: [getattr(person, role) for person in people] for role in ROLES}
    return People({role: pa.array(column, pa.string()) for role, column in texts.items()}, None)


@examples(200)
@given(st.lists(PERSON, min_size=1, max_size=8), st.integers(1, LARGEST_BATCH), st.randoms())
def test_person_gets_the_same_answer_in_a_large_batch(
    fuzzed_model: Model, people: list[Person], size: int, random: Random
):
    model = replace(fuzzed_model)
    alone = [model.predict([person])[0] for person in people]
    batch = random.choices(GOLDEN, k=size)
    places = [random.randrange(size) for _ in people]
    for place, person in zip(places, people, strict=True):
        batch[place] = person

    answers = replace(fuzzed_model).predict(batch)

    assert len(answers) == size
    for place, person, expected in zip(places, people, alone, strict=True):
        assert_well_formed(expected)
        if batch[place] is person:
            assert answers[place] == expected


@examples(200)
@given(st.lists(PERSON.map(written), min_size=1, max_size=8), st.randoms())
def test_person_gets_the_same_answer_in_columns_and_in_json(
    fuzzed_model: Model, people: list[Person], random: Random
):
    batch = [*people, *random.choices(GOLDEN, k=50)]
    random.shuffle(batch)
    alone = [fuzzed_model.predict([person])[0] for person in batch]
    codes = [encode(one.p_female, one.basis, one.reason) for one in alone]

    body, json_codes = replace(fuzzed_model).json_answers(batch)

    assert replace(fuzzed_model).answer(in_columns(batch)).tolist() == codes
    assert json_codes.tolist() == codes
    assert bytes(body) == b"".join(msgspec.json.encode(one) + b"," for one in alone)
