"""An answer is the same alone, in batches, in columns, as JSON, and from any thread."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.model import Model, Person, Prediction
from gender_detection.model import model as model_module
from gender_detection.model.answers import encode
from gender_detection.model.people import ROLES, People
from tests import golden_rows
from tests.text_strategies import COUNTRY, TEXT, examples

# What the tiny model knows: names, parts of names, family names by origin or form; and others.
WORD = st.sampled_from(
    "Maria MARÍA John Andrea Sidney Anna Kim Maryann Mary Jane Mary-Jane Kim-Maria MaryJane "
    "Zunelda Zundo Alfreda Ольга 王小红 Carlos Petrovna Petrovich Thi Nguyen Wang Li Nagy Yuki de "
    "la von Rossi Rossi-Bianchi Schmidt Weber Ivanova Ivanov Kaur Smith Graf Dr Mrs Md J. A".split()
)
# Pairs with fewer bearers than their first name, and family names first.
PAIR = st.sampled_from(["Mary Jane", "Zhang Wei", "Kim Jong-un", "Tran Minh Maria"])
INITIALS = st.sampled_from(["J.", "J", "J. R.", "J.R.", "JR", "J.-P.", "Mr J.", "M. A."])
WORDS = st.lists(WORD | PAIR | INITIALS, min_size=1, max_size=5).map(" ".join)
NAME = st.none() | WORDS | st.builds("{}, {}".format, WORDS, WORDS) | TEXT
PLACE = COUNTRY | st.sampled_from(["de", " DE ", "MX", "FR", "Italy", "ß"])
PERSON = st.builds(Person, name=NAME, country=PLACE, id=st.none() | st.integers() | st.text()) | (
    st.builds(Person, given_name=NAME, family_name=NAME, country=PLACE)
)
PEOPLE = st.lists(PERSON, min_size=1, max_size=12)
THRESHOLD = st.sampled_from([None, 0.5, 0.9, 1.0])
SHARE = st.none() | st.sampled_from([0.3, 1e-300, 1 - 1e-12])
GOLDEN = [
    Person(**{role: row[role] or None for role in ROLES})
    for row in golden_rows.read(Path(__file__).with_name("golden.csv"))
]


def alone(model: Model, person: Person, **options: Any) -> Prediction:
    """Return the answer of a model without any earlier answers."""
    return replace(model).predict([person], **options)[0]


def blocks(people: Sequence[Person], size: int) -> list[Sequence[Person]]:
    return [people[start : start + size] for start in range(0, len(people), size)]


def in_columns(people: Sequence[Person], country: str | None = None) -> People:
    """Return people in the columns that are not empty."""
    texts = {role: [getattr(one, role) for one in people] for role in ROLES}
    parts = {role: pa.array(column, pa.string()) for role, column in texts.items() if any(column)}
    return People(parts or {"name": pa.nulls(len(people), pa.string())}, country)


def codes_of(predictions: Sequence[Prediction]) -> list[int]:
    return [encode(one.p_female, one.basis, one.reason) for one in predictions]


def is_written(person: Person) -> bool:
    """Return whether all texts are Unicode: lone surrogates are valid in a Person only."""
    texts = "".join(filter(None, (getattr(person, role) for role in ROLES)))
    return not any("\ud800" <= character <= "\udfff" for character in texts)


WRITTEN = st.lists(PERSON.filter(is_written), min_size=1, max_size=12)


@examples(100)
@given(PEOPLE, st.randoms(), st.integers(1, 12), THRESHOLD, SHARE)
def test_batches_and_order_change_no_prediction(
    tiny_model: Model,
    people: Sequence[Person],
    random: Random,
    size: int,
    threshold: float | None,
    share: float | None,
):
    options: dict[str, Any] = {"threshold": threshold, "female_share": share}
    expected = [alone(tiny_model, person, **options) for person in people]
    order = list(range(len(people)))
    random.shuffle(order)

    found = []
    for block in blocks([people[at] for at in order], size):
        found += tiny_model.predict(block, **options)

    assert found == [expected[at] for at in order]


@examples(150)
@given(
    WRITTEN, st.sampled_from([None, "IT", "hu", "Russia"]), SHARE, st.sampled_from([0.0, 1000.0])
)
def test_people_get_the_same_answers_in_columns(
    tiny_model: Model,
    people: Sequence[Person],
    country: str | None,
    share: float | None,
    min_count: float,
):
    parameters = replace(tiny_model.parameters, min_count=min_count)
    model = replace(tiny_model, parameters=parameters)
    columns = in_columns(people, country)
    # As columns are read: people without a country have the common one, a blank name is none.
    as_read = columns.persons(np.arange(len(people)))

    codes = model.answer(columns, female_share=share)

    assert codes.tolist() == codes_of(
        [alone(model, person, female_share=share) for person in as_read]
    )


@examples(100)
@given(WRITTEN, st.sampled_from([None, "IT", "hu"]))
def test_people_in_columns_match_the_same_keys(
    tiny_model: Model, people: Sequence[Person], country: str | None
):
    columns = in_columns(people, country)
    as_read = columns.persons(np.arange(len(people)))

    codes, keys = tiny_model.answer_with_keys(columns)
    assert keys.to_pylist() == [alone(tiny_model, person).matched for person in as_read]
    assert (codes == tiny_model.answer(columns)).all()


@examples(100)
@given(WRITTEN, THRESHOLD, SHARE)
def test_json_equals_that_of_the_predictions(
    tiny_model: Model, people: Sequence[Person], threshold: float | None, share: float | None
):
    expected = [
        alone(tiny_model, person, threshold=threshold, female_share=share) for person in people
    ]

    written, codes = tiny_model.json_answers(people, threshold=threshold, female_share=share)

    assert bytes(written) == b"".join(msgspec.json.encode(one) + b"," for one in expected)
    assert codes.tolist() == codes_of(expected)


def test_any_character_is_written_like_in_the_predictions(tiny_model: Model):
    characters = [*map(chr, range(0x180)), "\u2028", "\ufeff", "王", "😀"]
    people = [Person(name=f"{c}Maria{c} {c} Rossi") for c in characters]

    written, _ = tiny_model.json_answers(people)

    for one, expected in zip(bytes(written).split(b",{"), tiny_model.predict(people), strict=True):
        assert one.strip(b",{") == msgspec.json.encode(expected)[1:]


@given(st.lists(WORDS, max_size=4), PLACE)
def test_json_of_texts_equals_that_of_full_names_in_the_country(
    tiny_model: Model, names: list[str], country: str | None
):
    people = [Person(name=name, country=country) for name in names]

    written, codes = tiny_model.json_answers(names, country=country)

    assert (bytes(written), codes.tolist()) == (
        bytes(tiny_model.json_answers(people)[0]),
        tiny_model.json_answers(people)[1].tolist(),
    )


def test_threads_that_share_a_model_get_the_same_answers(tiny_model: Model):
    model = replace(tiny_model)
    shares = [None, 0.1, 0.9]
    expected = {share: codes_of(tiny_model.predict(GOLDEN, female_share=share)) for share in shares}
    ways = [
        lambda share: codes_of(model.predict(GOLDEN, female_share=share)),
        lambda share: model.answer(in_columns(GOLDEN), female_share=share).tolist(),
        lambda share: model.json_answers(GOLDEN, female_share=share)[1].tolist(),
    ]
    calls = [(way, share) for way in ways for share in shares] * 4

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: one[0](one[1]), calls))

    assert all(codes == expected[share] for codes, (_, share) in zip(found, calls, strict=True))


@pytest.mark.parametrize("most", [0, 1, 20])
def test_no_answer_depends_on_the_size_of_the_word_cache(
    tiny_model: Model, most: int, monkeypatch: pytest.MonkeyPatch
):
    expected = tiny_model.predict(GOLDEN)
    monkeypatch.setattr(model_module, "MOST_WORDS", most)
    limited = replace(tiny_model)

    assert limited.predict(GOLDEN) == expected
    assert limited.answer(in_columns(GOLDEN)).tolist() == codes_of(expected)


def test_numpy_strings_are_accepted(tiny_model: Model):
    names = np.array(["Dr. Anna Müller", "Kim"])
    people = [Person(name=names[0], country=np.str_("DE")), Person(given_name=names[1])]
    plain = [Person(name="Dr. Anna Müller", country="DE"), Person(given_name="Kim")]
    assert tiny_model.predict(people) == tiny_model.predict(plain)
    assert tiny_model.json_answers(people)[0] == tiny_model.json_answers(plain)[0]
    together = tiny_model.json_answers(["Dr. Anna Müller", "Kim"])
    assert tiny_model.json_answers(list(names))[0] == together[0]
