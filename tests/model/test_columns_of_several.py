"""People whose names have several words are answered in columns as each is answered alone."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gender_detection.model import Model, Person
from gender_detection.model import columns as model_columns
from gender_detection.model.codes import code_of
from gender_detection.model.people import ROLES, People

# Known by the tiny model, by country, by parts, by origin or form of the family name, or not.
WORD = st.sampled_from(
    "Maria MARÍA John Andrea Sidney Anna Kim Maryann Mary Jane Mary-Jane Kim-Maria MaryJane "
    "Zunelda Zundo Alfreda Ольга Carlos Petrovna Petrovich Thi Nguyen Wang Li Nagy Yuki de la von "
    "Rossi Rossi-Bianchi Schmidt Weber Ivanova Ivanov Kaur Smith Graf Dr Mrs Md J. A".split()
)
# Known together, by fewer than know the first alone; and family names first.
PAIR = st.sampled_from(["Mary Jane", "Zhang Wei", "Kim Jong-un", "Tran Minh Maria"])
INITIALS = st.sampled_from(
    ["J.", "J", "J. R.", "J.R.", "JR", "M.", "U.", "J.-P.", "Mr J.", "M. A."]
)
AUTHOR = st.builds("{} {}".format, INITIALS, WORD) | st.builds("{}, {}".format, WORD, INITIALS)
WORDS = (
    st.lists(WORD | PAIR, min_size=1, max_size=5).map(" ".join)
    | PAIR
    | INITIALS
    | AUTHOR
    | st.builds(
        "{} {}".format, st.sampled_from(["Dr.", "Mr", "Mrs.", "Sir", "Prof"]), WORD | AUTHOR
    )
    | st.builds("{} {}".format, WORD, INITIALS)
)
NAME = st.none() | st.sampled_from(["", " "]) | WORDS | st.builds("{}, {}".format, WORDS, WORDS)
PLACE = st.sampled_from(
    [None, "", "IT", "de", " DE ", "HU", "CN", "VN", "RU", "MX", "FR", "zz", "Italy"]
)
PEOPLE = st.lists(
    st.builds(Person, name=NAME, country=PLACE)
    | st.builds(Person, given_name=st.none() | WORDS, family_name=st.none() | WORDS, country=PLACE),
    min_size=1,
    max_size=14,
)


def in_columns(people: list[Person]) -> People:
    parts = {role: pa.array([getattr(one, role) for one in people], pa.string()) for role in ROLES}
    return People.of(parts, None)


@pytest.fixture
def all_in_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_columns, "FEW_SEVERAL", 0)


@settings(max_examples=300)
@given(
    PEOPLE, st.integers(1, 14), st.sampled_from([0.0, 1.0, 1000.0]), st.sampled_from([None, 0.3])
)
def test_each_is_answered_as_alone(tiny_model, people, size, min_count, share):
    parameters = dataclasses.replace(tiny_model.parameters, min_count=min_count)
    model = dataclasses.replace(tiny_model, parameters=parameters)
    columns = in_columns(people)
    # As the columns have it: a blank name is none.
    people = columns.persons(np.arange(len(people)))
    predicted = model.predict(people, female_share=share)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_columns, "FEW_SEVERAL", 0)
        patch.setattr(model_columns, "SEVERAL_AT_ONCE", size)
        codes = model.answer(columns, female_share=share)
        told = list(model.plain(columns, female_share=share))

    assert codes.tolist() == [code_of(one.p_female, one.basis, one.reason) for one in predicted]
    for found in told:
        for at, place in enumerate(found.at.tolist()):
            one = predicted[place]
            assert one.given_name == found.words[int(found.first[at])].as_py()
            assert one.evidence.count == found.count[at]
            assert one.evidence.sources == found.sources[at]


def test_names_judged_by_one_key_tell_of_the_same_evidence(tiny_model: Model, all_in_columns: None):
    names = ["Ivanova Maria Petrovna", "Maria de la Cruz", "Maria Zunda Rossi", "Zundo Zundi Zu"]
    people = in_columns([Person(name=name, country="RU") for name in names])
    (_, found) = tiny_model.plain(people)

    by_key = {}
    for key, *evidence in zip(found.key_of, found.count, found.sources, strict=True):
        assert by_key.setdefault(int(key), evidence) == evidence
    assert len(by_key) == 3


def test_names_of_several_words_are_not_read_one_by_one(
    tiny_model: Model, all_in_columns: None, monkeypatch: pytest.MonkeyPatch
):
    asked = []
    monkeypatch.setattr(People, "persons", lambda *_: asked.append(1))
    names = [
        "Maria Jose Garcia",
        "Anna-Lena Weber",
        "Ольга Smith",
        "de la Cruz, Ana Maria",
        "Li Bo",
        "J. R. Smith",
        "Smith, J.",
        "Dr. Maria Rossi",
        "Mrs Smith",
    ]
    people = in_columns([Person(name=name, country="CN") for name in names])

    assert len(tiny_model.answer(people)) == len(names)
    assert not asked


def test_a_few_names_are_left_to_be_read_one_by_one(tiny_model: Model):
    names = ["Maria Jose Garcia"] * model_columns.FEW_SEVERAL
    told = [
        found.at.tolist() for found in tiny_model.plain(in_columns([Person(name=n) for n in names]))
    ]

    assert told == [[]]
