"""Direction: what moves an answer, and which way."""

from typing import Any

import pytest

from gender_detection.gate.cases import MOVED_BY_COUNTRY, SEVERAL_WORDS
from gender_detection.model import Model, Person
from tests.behaviour.behaviour_cases import INCLINED_BY_COUNTRY, WRONG_WAY


def listed(rows: list[tuple[str, ...]]) -> list:
    """Return the rows as parameters, those known to go the wrong way marked so."""
    return [
        pytest.param(*row, marks=pytest.mark.xfail(strict=True, reason=WRONG_WAY[row]))
        if row in WRONG_WAY
        else row
        for row in rows
    ]


def p_female(model: Model, name: str, country: str | None, **options: Any) -> float:
    [answer] = model.predict([Person(name=name, country=country)], **options)
    assert answer.p_female is not None, answer.reason
    return answer.p_female


@pytest.mark.parametrize(("name", "his", "hers"), listed(MOVED_BY_COUNTRY))
def test_country_decides_the_gender_of_a_name(model: Model, name: str, his: str, hers: str):
    assert p_female(model, name, his) < 0.5 < p_female(model, name, hers)


@pytest.mark.parametrize(("name", "his", "hers"), listed(MOVED_BY_COUNTRY))
def test_country_decides_the_gender_of_a_full_name(model: Model, name: str, his: str, hers: str):
    for form in ("{} Miller", "Miller, {}", "Dr. {} Miller"):
        full = form.format(name)
        assert p_female(model, full, his) < 0.5 < p_female(model, full, hers)


@pytest.mark.parametrize(("name", "his", "hers"), listed(INCLINED_BY_COUNTRY))
def test_country_shifts_a_name_used_by_women_and_men(model: Model, name: str, his: str, hers: str):
    assert p_female(model, name, his) < p_female(model, name, hers)


@pytest.mark.parametrize(("name", "country", "gender"), SEVERAL_WORDS)
def test_one_of_several_given_names_decides(model: Model, name: str, country: str, gender: str):
    assert (p_female(model, name, country) > 0.5) == (gender == "female")


@pytest.mark.parametrize("name", ["Andrea", "Kim", "Maria", "John", "Robin"])
@pytest.mark.parametrize("country", [None, "IT", "US"])
def test_title_overrules_name_and_country(model: Model, name: str, country: str | None):
    his, hers = (p_female(model, f"{title} {name} Miller", country) for title in ("Mr.", "Mrs."))

    assert his < 0.05
    assert hers > 0.95


@pytest.mark.parametrize("name", ["Andrea", "Kim", "Maria", "John", "Robin"])
def test_higher_female_share_raises_p_female_of_any_name(model: Model, name: str):
    few, even, many = (p_female(model, name, None, female_share=s) for s in (0.1, 0.5, 0.9))

    assert few < even < many
