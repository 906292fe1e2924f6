"""A country with many errors is named, with what they come from."""

from collections.abc import Sequence

import pytest

from gender_detection import evaluation
from gender_detection.evaluation import LabelledPerson
from gender_detection.model import Model, Person
from gender_detection.tables.genders import Gender


def people(count: int, name: str, gender: Gender, country: str | None) -> list[LabelledPerson]:
    return [LabelledPerson(Person(name=name, country=country), gender)] * count


def findings(model: Model, *groups: Sequence[LabelledPerson]) -> list[str]:
    return list(evaluation.evaluate(model, [one for group in groups for one in group])["findings"])


def test_large_country_with_many_errors_is_listed_with_the_causes(tiny_model: Model):
    (finding,) = findings(
        tiny_model,
        people(170, "Maria", "female", "BR"),
        people(15, "Kim", "male", "BR"),
        people(9, "Maria", "male", "BR"),
        people(2, "Zara", "male", "BR"),
        people(1, "Marlen", "female", "BR"),  # the tiny model finds it male, and is unsure
        people(3, "Mrs Silva", "male", "BR"),
    )

    assert finding.startswith("BR: 15.0% of 200 forced answers are wrong (10.7 to 20.6%).")
    assert "50% with a name that both women and men have" in finding
    assert "30% with a name that almost only the other gender has" in finding
    assert "10% with a name in no source (answered by its spelling)" in finding
    assert "10% with a title of the other gender" in finding


@pytest.mark.parametrize(("errors", "named"), [(20, False), (21, True)])
def test_error_of_ten_percent_is_the_limit(tiny_model: Model, errors: int, named: bool):
    found = findings(
        tiny_model,
        people(200 - errors, "Maria", "female", "BR"),
        people(errors, "Kim", "male", "BR"),
    )

    assert bool(found) == named


def test_small_country_is_listed_only_if_chance_cannot_explain_the_errors(tiny_model: Model):
    by_chance = people(26, "Maria", "female", "BR"), people(4, "Maria", "male", "BR")
    not_by_chance = people(20, "Maria", "female", "PT"), people(10, "Maria", "male", "PT")

    (finding,) = findings(tiny_model, *by_chance, *not_by_chance)

    assert finding.startswith("PT: 33.3% of 30")


@pytest.mark.parametrize(
    ("country", "lost"),
    [("KR", "the characters that"), ("CN", "the characters and tones"), ("VN", "the marks"),
     ("TH", "spelled in many ways")],
)  # fmt: skip
def test_romanised_names_are_listed_as_a_cause_where_they_are_one(
    tiny_model: Model, country: str, lost: str
):
    (finding,) = findings(tiny_model, people(200, "Maria", "male", country))

    assert "Written in Latin letters" in finding
    assert lost in finding


@pytest.mark.parametrize(("name", "country"), [("Мария", "CN"), ("Maria", "BR")])
def test_romanised_names_are_not_listed_as_a_cause_elsewhere(
    tiny_model: Model, name: str, country: str
):
    (finding,) = findings(tiny_model, people(200, name, "male", country))

    assert "Latin" not in finding


def test_country_with_uninformative_names_is_listed_for_that_reason(tiny_model: Model):
    (finding,) = findings(
        tiny_model, people(150, "Maria", "female", "BR"), people(50, "J. R.", "male", "BR")
    )

    assert "If people without a probability" in finding
    assert finding.endswith("for this reason only in: BR 25.0%.")


def test_people_without_country_are_listed_too(tiny_model: Model):
    (finding,) = findings(tiny_model, people(200, "Maria", "male", None))

    assert finding.startswith("No country: 100.0% of 200")


def test_correct_answers_give_no_findings(tiny_model: Model):
    assert findings(tiny_model, people(300, "Maria", "female", "BR")) == []
