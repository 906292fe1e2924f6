"""Minimum functionality: given names, of the whole world, on which nobody may be wrong."""

from collections import Counter
from collections.abc import Mapping

import pytest

from gender_detection.model import Model, Person, Prediction
from tests.behaviour.behaviour_cases import (
    UNDECIDED_IN_COUNTRY,
    UNMISTAKABLE,
    UNSEEN,
    WRONG_IN_COUNTRY,
    WRONG_IN_THE_WORLD,
)

Answers = Mapping[tuple[str, str | None], Prediction]


def listed(*faults: Mapping[str, str]) -> list:
    """Return the names that a source has as parameters, faults known of the model marked so."""
    known = {name: reason for fault in faults for name, reason in fault.items()}
    return [
        pytest.param(*row, marks=pytest.mark.xfail(strict=True, reason=known[row[0]]))
        if row[0] in known
        else row
        for row in UNMISTAKABLE
        if row[0] not in UNSEEN
    ]


@pytest.fixture(scope="module")
def answers(model: Model) -> Answers:
    """The answer for each name of the list, by name and the country given with it."""
    asked = [(name, c) for name, country, _ in UNMISTAKABLE for c in (country, None)]
    predictions = model.predict([Person(name=name, country=country) for name, country in asked])
    return dict(zip(asked, predictions, strict=True))


def forced(answer: Prediction) -> str:
    """Return the gender answered if unknown were no answer."""
    assert answer.p_female is not None, answer.reason
    assert answer.p_female != 0.5
    return "female" if answer.p_female > 0.5 else "male"


@pytest.mark.parametrize(("name", "country", "gender"), listed(WRONG_IN_COUNTRY))
def test_unmistakable_name_has_no_wrong_answer_in_its_country(
    answers: Answers, name: str, country: str, gender: str
):
    assert forced(answers[name, country]) == gender


@pytest.mark.parametrize(
    ("name", "country", "gender"), listed(WRONG_IN_COUNTRY, UNDECIDED_IN_COUNTRY)
)
def test_unmistakable_name_has_an_answer_in_its_country(
    answers: Answers, name: str, country: str, gender: str
):
    assert answers[name, country].gender == gender


@pytest.mark.parametrize(("name", "country", "gender"), listed(WRONG_IN_THE_WORLD))
def test_unmistakable_name_has_no_wrong_answer_without_a_country(
    answers: Answers, name: str, country: str, gender: str
):
    assert forced(answers[name, None]) == gender


@pytest.mark.parametrize(
    ("name", "country"), [(name, country) for name, country, _ in UNMISTAKABLE if name in UNSEEN]
)
def test_unmistakable_name_in_no_source_is_answered_by_its_spelling(
    answers: Answers, name: str, country: str
):
    assert {answers[name, c].basis for c in (country, None)} == {"pattern"}


def test_list_has_five_names_per_country_and_gender():
    by_country = Counter((country, gender) for _, country, gender in UNMISTAKABLE)

    assert len(by_country) >= 2 * 40
    assert set(by_country.values()) == {5}
    assert len({name for name, _, _ in UNMISTAKABLE}) == len(UNMISTAKABLE)
    known = {*WRONG_IN_COUNTRY, *WRONG_IN_THE_WORLD, *UNDECIDED_IN_COUNTRY, *UNSEEN}
    assert known <= {name for name, _, _ in UNMISTAKABLE}
