"""Invariance: what must change no answer."""

import pytest

from gender_detection.gate.cases import WAYS
from gender_detection.model import Model, Person, Prediction
from gender_detection.names.text import native_key
from tests.behaviour.behaviour_cases import ALIKE, UNMISTAKABLE


def content(prediction: Prediction) -> tuple:
    """Return all of an answer but how the name was written."""
    return (
        prediction.gender, prediction.p_female, prediction.basis, prediction.reason,
        prediction.evidence,
    )  # fmt: skip


def ask(model: Model, names: list[str], countries: list[str]) -> list[tuple]:
    people = [Person(name=n, country=c) for n, c in zip(names, countries, strict=True)]
    return [content(prediction) for prediction in model.predict(people)]


@pytest.mark.parametrize("way", WAYS)
def test_notation_changes_no_answer(model: Model, way: str):
    names = [name for name, _, _ in UNMISTAKABLE]
    countries = [country for _, country, _ in UNMISTAKABLE]
    plain = ask(model, names, countries)
    other = ask(model, [WAYS[way](name) for name in names], countries)

    changed = [name for name, a, b in zip(names, plain, other, strict=True) if a != b]
    assert not changed


@pytest.mark.parametrize(("country", "first", "others"), [(c, f, o) for c, f, *o in ALIKE])
def test_spellings_of_one_name_get_one_answer(
    model: Model, country: str, first: str, others: list[str]
):
    transcribed = [name for name in others if not native_key(name)]
    [expected, *found] = ask(model, [first, *transcribed], [country] * (1 + len(transcribed)))

    assert dict(zip(transcribed, found, strict=True)) == dict.fromkeys(transcribed, expected)
    assert expected[2] in ("name", "country")


@pytest.mark.parametrize(("country", "first", "others"), [(c, f, o) for c, f, *o in ALIKE])
def test_name_with_evidence_in_its_own_script_has_the_same_gender(
    model: Model, country: str, first: str, others: list[str]
):
    names = [first, *filter(native_key, others)]
    found = model.predict([Person(name=name, country=country) for name in names])

    assert len({one.gender for one in found}) == 1
    assert min(one.probability or 0 for one in found) > 0.9


@pytest.mark.parametrize("country", ["it", " IT ", "It"])
def test_country_is_case_insensitive(model: Model, country: str):
    assert ask(model, ["Andrea"], [country]) == ask(model, ["Andrea"], ["IT"])
