"""Properties of a prediction for any text as the name."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from gender_detection.model import Model, Person
from gender_detection.names import parse, parse_parts
from tests.text_strategies import COUNTRY, TEXT, examples

full = st.builds(Person, name=TEXT, country=COUNTRY)
in_parts = st.builds(
    Person, given_name=st.none() | TEXT, family_name=st.none() | TEXT, country=COUNTRY
)
PEOPLE = st.lists(full | in_parts, min_size=1, max_size=8)


@examples(200)
@given(PEOPLE)
def test_name_without_a_key_is_unknown_for_the_reason_of_its_reading(
    tiny_model: Model, people: Sequence[Person]
):
    for person, answer in zip(people, tiny_model.predict(people), strict=True):
        if person.name is not None:
            parsed = parse(person.name, person.country)
        else:
            parsed = parse_parts(person.given_name, person.family_name, person.country)
        # Evidence may change which of the words are given names.
        words = [*parsed.given, *(parsed.family or "").split()]
        assert set((answer.given_name or "").split()) <= set(" ".join(words).split())
        if answer.basis is None:
            assert (answer.gender, answer.p_female, answer.probability) == ("unknown", None, None)
            assert answer.reason == parsed.reason or parsed.keys
        else:
            assert parsed.keys or parsed.title_gender or words
            assert answer.p_female is not None
            assert 0 < answer.p_female < 1
            assert answer.reason in (None, "ambiguous", "unseen")
