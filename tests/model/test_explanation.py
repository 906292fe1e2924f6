"""What an explanation says: the roles of words, the reading taken, the keys and what moved them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given

from gender_detection.errors import InvalidInput
from gender_detection.features import country_codes, hash_keys
from gender_detection.model import ExplainedPrediction, Explanation, Model, Person, Prediction
from gender_detection.origins import Origins
from tests.model.test_together import PEOPLE, SHARE, THRESHOLD
from tests.text_strategies import examples


def explain(model: Model, name: str | None = None, **more: str) -> ExplainedPrediction:
    (explained,) = model.explain([Person(name=name, **more)])
    return explained


def roles(model: Model, name: str | None = None, **more: str) -> dict[str, str]:
    words = explain(model, name, **more).explanation.words
    return {word.word: word.role for word in words}


@pytest.fixture(scope="module")
def model(tiny_model: Model) -> Model:
    """The tiny model with a family name that most of its bearers have: Nowak."""
    names = ["nowak", "rossi"]
    hashes = hash_keys(names)
    order = np.argsort(hashes)
    origins = Origins(
        hashes[order],
        np.arange(3, dtype=np.uint32),
        country_codes(["DE", "IT"])[order],
        np.array([0.9, 0.8], np.float32)[order],
        np.array([20_000, 9_000], np.float32)[order],
    )
    return replace(tiny_model, origins=origins)


@examples(200)
@given(PEOPLE, THRESHOLD, SHARE)
def test_explained_predictions_are_those_of_predict(
    tiny_model: Model, people: Sequence[Person], threshold: float | None, share: float | None
):
    options: dict[str, Any] = {"threshold": threshold, "female_share": share}

    explained = tiny_model.explain(people, **options)

    plain = [
        Prediction(*(getattr(one, name) for name in Prediction.__struct_fields__))
        for one in explained
    ]
    assert plain == tiny_model.predict(people, **options)
    for one in explained:
        chosen = [key.key for key in one.explanation.keys if key.use == "chosen"]
        assert chosen == ([one.matched] if one.matched else chosen)
        assert len(chosen) == (one.basis in ("country", "name", "pattern"))
        written = msgspec.json.encode(one.explanation)
        assert msgspec.json.decode(written, type=Explanation) == one.explanation


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Frau Dr. Maria Weber", ["title", "title", "given_name", "family_name"]),
        ("Weber, Maria", ["family_name", "given_name"]),
        ("John F. Kim Smith", ["given_name", "initial", "given_name", "family_name"]),
        ("J. R.", ["initial", "initial"]),
        ("John Smith, Jr.", ["given_name", "family_name", "suffix"]),
        ("John Smith, MBBS, dies at 84", ["given_name", "family_name", *["suffix"] * 4]),
        ('Robert "Bob" Smith', ["given_name", "family_name", "aside"]),
        ("Kim Smith (Mrs.)", ["given_name", "family_name", "title"]),
        ("Maria van der Berg", ["given_name", *["family_name"] * 3]),
        ("Maria Weber née Holm", ["given_name", "family_name", "other", "other"]),
        ("Graf Maria Graf", ["title", "given_name", "family_name"]),
        ("Mr. and Mrs. Smith", ["title", "other", "title", "other"]),
        ("Smith Family Trust", ["other", "other", "other"]),
        ("王小红", ["family_name", "given_name"]),
        ("", []),
    ],
)
def test_each_word_has_its_role(tiny_model: Model, name: str, expected: list[str]):
    words = explain(tiny_model, name).explanation.words

    assert [word.role for word in words] == expected


def test_title_that_the_given_name_overrules_is_none(tiny_model: Model):
    hashes, bearers = hash_keys(["graf"]), np.array([20_000], np.float32)
    origins = Origins(
        hashes,
        np.arange(2, dtype=np.uint32),
        country_codes(["DE"]),
        np.array([0.9], np.float32),
        bearers,
    )
    model = replace(tiny_model, origins=origins)

    assert roles(model, "M. Maria Weber", country="FR")["M."] == "initial"
    assert roles(model, "M. John Weber", country="FR")["M."] == "title"
    assert roles(model, "Graf Maria")["Graf"] == "family_name"
    assert roles(model, "Graf John")["Graf"] == "title"


def test_words_of_fields_have_roles_too(tiny_model: Model):
    assert roles(tiny_model, given_name="Dr Maria M.", family_name="von Berg") == {
        "Dr": "title",
        "Maria": "given_name",
        "M.": "initial",
        "von": "family_name",
        "Berg": "family_name",
    }


@pytest.mark.parametrize(
    ("name", "country", "read_as"),
    [
        ("Wm. Smith", None, ["William", None]),
        ("Md. Hasan", "BD", ["Mohammad", None]),
        ("Abd al-Rahman Hassan", None, ["Abd al-Rahman", "Abd al-Rahman", None]),
        ("Maria2 Smith", None, ["Maria", None]),
    ],
)
def test_word_that_stands_for_another_one_says_which(
    tiny_model: Model, name: str, country: str | None, read_as: list[str | None]
):
    words = tiny_model.explain([Person(name=name, country=country)])[0].explanation.words

    assert [word.read_as for word in words] == read_as
    assert [word.role for word in words] == ["given_name"] * (len(words) - 1) + ["family_name"]


@pytest.mark.parametrize(
    ("person", "order"),
    [
        (Person(name="Maria Smith"), "usual"),
        (Person(name="Maria"), "alone"),
        (Person(given_name="Maria", family_name="Smith"), "separate_fields"),
        (Person(name="Smith, Maria"), "comma"),
        (Person(given_name="Smith, Maria"), "comma"),
        (Person(name="SMITH Maria"), "capitals"),
        (Person(name="Mary Ann"), "given_names"),
        (Person(name="Соколова Тамара Игоревна"), "patronymic"),
        (Person(name="Zhang Wei", country="CN"), "country"),
        (Person(name="Kim Jong-un"), "family_names"),
        (Person(name="王小红"), "script"),
        (Person(name="Mrs Smith"), "title"),
        (Person(name="O. Sokolova"), "initials"),
        (Person(name="Nowak Maria"), "bearers"),
        (Person(name="MARIA Nowak"), "bearers"),
    ],
)
def test_reading_says_what_told_its_order(model: Model, person: Person, order: str):
    readings = model.explain([person])[0].explanation.readings

    assert [reading.order for reading in readings if reading.taken] == [order]


def test_reading_that_the_bearers_changed_is_listed_first(model: Model):
    first, taken = explain(model, "Nowak Maria").explanation.readings

    assert (first.given_name, first.family_name) == ("Nowak", "Maria")
    assert (first.taken, first.open, first.order) == (False, True, "usual")
    assert (taken.given_name, taken.family_name, taken.taken) == ("Maria", "Nowak", True)
    bearers = explain(model, "Nowak Maria").explanation.words[0].bearers
    assert bearers is not None
    assert (bearers.given_name, bearers.family_name) == (0, 20_000)


@pytest.mark.parametrize("name", ["Smith Family Trust", "Mr. and Mrs. Smith", "", "J. R."])
def test_text_that_is_no_name_has_no_reading(tiny_model: Model, name: str):
    assert explain(tiny_model, name).explanation.readings == []


def test_keys_have_their_evidence_and_use(tiny_model: Model):
    keys = explain(tiny_model, "Mary Ann Smith", country="IT").explanation.keys

    assert [(key.key, key.use, key.count, key.sources) for key in keys] == [
        ("maryann", "unused", 0, 3),
        ("mary", "chosen", 5010, 3),
        ("ann", "unused", 0, 0),
    ]
    assert [key.p_female is None for key in keys] == [False, False, True]


def test_key_has_the_evidence_in_the_country(tiny_model: Model):
    (world,) = explain(tiny_model, "Andrea Holm").explanation.keys
    (local,) = explain(tiny_model, "Andrea Holm", country="IT").explanation.keys

    assert world.p_female_in_country is None
    assert local.p_female_in_country == pytest.approx(0.004, abs=0.001)
    assert local.p_female == world.p_female == pytest.approx(0.49, abs=0.001)


def test_names_weighed_beside_the_chosen_one_are_added(tiny_model: Model):
    keys = explain(tiny_model, given_name="Kim Maria").explanation.keys

    assert [(key.key, key.use) for key in keys] == [
        ("kimmaria", "added"),
        ("kim", "chosen"),
        ("maria", "added"),
    ]
    assert [key.p_female_by_spelling is not None for key in keys] == [True, False, False]


def test_unseen_name_has_the_share_by_its_spelling(tiny_model: Model):
    explained = explain(tiny_model, "Zunelda Brando")

    (key,) = explained.explanation.keys
    assert (key.key, key.use, key.p_female, key.count) == ("zunelda", "chosen", None, 0)
    assert (key.p_female_by_spelling or 0) > 0.9


def test_title_decides_and_no_key_is_used(tiny_model: Model):
    explanation = explain(tiny_model, "Mrs. Andrea Rossi").explanation

    assert explanation.title == "female"
    assert [key.use for key in explanation.keys] == ["unused"]
    assert (explanation.origins, explanation.form) == (None, None)


def test_origins_are_given_where_they_moved_the_answer(model: Model):
    origins = explain(model, "Andrea Rossi").explanation.origins

    assert origins is not None
    assert (origins.key, [one.country for one in origins.countries]) == ("rossi", ["IT"])
    assert origins.countries[0].share == pytest.approx(0.8)
    assert origins.p_female < 0.2
    for unmoved in ("Maria Rossi", "Andrea Holm", "Andrea"):
        assert explain(model, unmoved).explanation.origins is None
    assert explain(model, "Andrea Rossi", country="IT").explanation.origins is None


@pytest.mark.parametrize(
    ("name", "country", "form"),
    [
        ("Kim Ivanova", None, ("female", "family_name")),
        ("O. Sokolova", None, ("female", "family_name")),
        ("Kim Smith, Jr.", None, ("male", "other_word")),
        ("Kim Smith née Holm", None, ("female", "other_word")),
        ("Rameshbhai Patel", "IN", ("male", "given_name")),
        ("Kim Smith", None, None),
    ],
)
def test_form_says_what_has_it(
    tiny_model: Model, name: str, country: str | None, form: tuple[str, str] | None
):
    found = tiny_model.explain([Person(name=name, country=country)])[0].explanation.form

    assert (found and (found.gender, found.of)) == form


def test_options_out_of_range_are_refused(tiny_model: Model):
    with pytest.raises(InvalidInput, match="threshold"):
        tiny_model.explain([], threshold=0.4)
    with pytest.raises(InvalidInput, match="female_share"):
        tiny_model.explain([], female_share=1.0)
