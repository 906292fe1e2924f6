"""What holds for a prediction whatever was sent as a name, alone or among others."""

from collections.abc import Sequence
from itertools import chain
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from text_strategies import COUNTRY, TEXT

from gender_detection.model import Model, Person
from gender_detection.names import parse, parse_parts

full = st.builds(Person, name=TEXT, country=COUNTRY)
in_parts = st.builds(
    Person, given_name=st.none() | TEXT, family_name=st.none() | TEXT, country=COUNTRY
)
PEOPLE = st.lists(full | in_parts, min_size=1, max_size=8)


@settings(max_examples=200)
@given(PEOPLE, st.randoms(), st.integers(1, 8))
def test_answer_is_the_same_alone_and_in_any_batch_and_order(
    tiny_model: Model, people: Sequence[Person], random: Random, size: int
):
    alone = [tiny_model.predict([person])[0] for person in people]
    order = list(range(len(people)))
    random.shuffle(order)
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    answers = [tiny_model.predict([people[index] for index in batch]) for batch in batches]

    found = dict(zip(order, chain.from_iterable(answers), strict=True))
    assert [found[index] for index in range(len(people))] == alone


@settings(max_examples=200)
@given(PEOPLE)
def test_what_says_nothing_is_unknown_for_the_reason_that_reading_it_gave(
    tiny_model: Model, people: Sequence[Person]
):
    for person, answer in zip(people, tiny_model.predict(people), strict=True):
        if person.name is not None:
            parsed = parse(person.name, person.country)
        else:
            parsed = parse_parts(person.given_name, person.family_name, person.country)
        assert answer.given_name == (" ".join(parsed.given) or None)
        if answer.basis is None:
            assert (answer.gender, answer.p_female, answer.probability) == ("unknown", None, None)
            assert answer.reason == parsed.reason
        else:
            assert parsed.keys or parsed.title_gender
            assert 0 < answer.p_female < 1
            assert answer.reason in (None, "ambiguous", "unseen")
