"""The figures that are registered: counts, and none of people whom readers could know."""

import msgspec
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.evaluation import LabelledPerson, judge
from gender_detection.evaluation.registered import (
    LEAST,
    OTHERS,
    Cell,
    RegisteredFigures,
    as_file,
    as_metrics,
    as_tag,
    figures_of,
    in_tags,
)
from gender_detection.model import Model, Person
from gender_detection.tables.genders import Gender

FILE = "ab" * 32
NOON = "2026-05-01T12:00:00+00:00"


def people(
    name: str, country: str | None, n: int, gender: Gender = "female"
) -> list[LabelledPerson]:
    return [LabelledPerson(Person(name=name, country=country), gender) for _ in range(n)]


def figures(model: Model, *groups: list[LabelledPerson]) -> RegisteredFigures:
    every = [person for group in groups for person in group]
    return figures_of(judge(model, every), FILE, "", NOON)


def test_people_are_counted_by_what_went_wrong(tiny_model: Model):
    found = figures(
        tiny_model,
        people("Maria", None, 30),
        people("John", None, 4),  # answered as men
        people("", None, 6, "male"),  # no answer
        people("John", None, 20, "male"),
    )

    assert found.everybody == Cell(n=60, error=10, wrong=4, unknown=6)
    assert found.women == Cell(n=34, error=4, wrong=4, unknown=0)
    assert found.men == Cell(n=26, error=6, wrong=0, unknown=6)


def test_countries_of_few_people_are_put_together(tiny_model: Model):
    found = figures(
        tiny_model,
        people("Maria", "IT", 40),
        people("Maria", "FR", LEAST),
        people("Maria", "DE", LEAST - 1),
        people("Maria", None, 5),
    )

    assert {country: cell.n for country, cell in found.countries.items()} == {
        "IT": 40, "FR": LEAST, OTHERS: LEAST + 4,
    }  # fmt: skip


def test_no_group_of_few_people_is_the_difference_of_others(tiny_model: Model):
    found = figures(
        tiny_model,
        people("Maria", "IT", 40),
        people("Maria", "FR", 25),
        people("John", "DE", 3, "male"),
    )

    assert {country: cell.n for country, cell in found.countries.items()} == {"IT": 40, OTHERS: 28}
    # Three men would be told by the others' figures too.
    assert (found.women, found.men) == (None, None)


def test_few_people_have_no_figures(tiny_model: Model):
    with pytest.raises(InvalidInput, match=f"{LEAST - 1} people are too few .* at least {LEAST}"):
        figures(tiny_model, people("Maria", "IT", LEAST - 1))


def test_no_name_is_in_what_is_kept(tiny_model: Model):
    found = figures(tiny_model, people("Zwetschgenmaria", "IT", 30))

    for text in (*as_tag(found), *as_file(found), *as_metrics(found)):
        assert "zwetschgenmaria" not in text.lower()


def test_figures_are_read_back_from_the_tags_without_the_countries(tiny_model: Model):
    found = figures(tiny_model, people("Maria", "IT", 30))
    other = msgspec.structs.replace(found, options="12345678", at="2026-06-01T12:00:00+00:00")
    tags = dict([as_tag(found), as_tag(other), ("evaluated.x", "{"), ("gate.passed", "true")])

    read = in_tags(tags)

    assert [figures.people for figures in read] == ["abababababab.12345678", "abababababab"]
    assert read[1] == msgspec.structs.replace(found, countries={})
    assert found.countries
