"""Model.predict, which looks up in columns and remembers, answers as the long way does."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import predict_one
from text_strategies import COUNTRY, TEXT

from gender_detection.model import Model, Person

UNMISTAKABLE = Path(__file__).resolve().parents[1] / "behaviour" / "unmistakable.csv"
# Names that the tiny model knows, knows by country, by part, or not at all.
GIVEN = st.sampled_from(
    "Maria MARÍA John Andrea Sidney Kim Kim-Maria Maryann Mary-Jane Zunelda Zundo Alfreda Ольга "
    "王小红 Mohammed Md Anna-Lena J. JM Thi Petrovna Oo".split()
)
FAMILY = st.sampled_from(
    "Rossi ROSSI Rossi-Bianchi Schmidt Weber Ivanova Ivanov Nováková Kaur Nguyen Wang Li Casanova "
    "de von Smith".split()
)
TITLE = st.sampled_from(["", "", "", "Mrs ", "Dr. ", "Herr ", "Graf ", "Sra. "])
PLACE = COUNTRY | st.sampled_from(["DE", "it", " de ", "FI", "ß", "Italy"])
NAME = st.one_of(
    GIVEN,
    st.builds("{} {}".format, GIVEN, FAMILY),
    st.builds("{}{} {} {}".format, TITLE, GIVEN, GIVEN, FAMILY),
    st.builds("{}, {} {}".format, FAMILY, GIVEN, GIVEN),
    st.text("abdeiklmnorstuvhpq -", max_size=40),
    TEXT,
)
PERSON = st.one_of(
    st.builds(Person, name=NAME, country=PLACE, id=st.none() | st.integers(0, 9)),
    st.builds(
        Person,
        given_name=st.none() | NAME | GIVEN,
        family_name=st.none() | TEXT | FAMILY,
        country=PLACE,
    ),
)
THRESHOLD = st.none() | st.sampled_from([0.5, 0.9, 1.0])
SHARE = st.none() | st.floats(0, 1, exclude_min=True, exclude_max=True)


@settings(max_examples=400)
@given(st.lists(PERSON, max_size=12), THRESHOLD, SHARE)
def test_people_are_answered_as_the_long_way_answers_each(
    tiny_model: Model,
    people: Sequence[Person],
    threshold: float | None,
    female_share: float | None,
):
    expected = [predict_one(tiny_model, person, threshold, female_share) for person in people]

    options = {"threshold": threshold, "female_share": female_share}
    assert tiny_model.predict(people, **options) == expected
    # A model that has answered nobody yet, and so remembers nothing.
    assert replace(tiny_model).predict(people, **options) == expected


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_unmistakable_names_are_answered_the_long_way_in_batches_of_any_size(
    tiny_model: Model, size: int
):
    with UNMISTAKABLE.open(encoding="utf-8", newline="") as file:
        people = [Person(name=row["name"], country=row["country"]) for row in csv.DictReader(file)]
    model = replace(tiny_model)

    answers = []
    for start in range(0, len(people), size):
        answers += model.predict(people[start : start + size])

    assert answers == [predict_one(tiny_model, person) for person in people]
