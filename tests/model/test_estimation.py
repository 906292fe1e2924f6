"""What an estimate is based on: the country, the family name's origins, all given names."""

from dataclasses import replace
from random import Random
from string import ascii_lowercase

import numpy as np
import pyarrow as pa
import pytest

from gender_detection.model import Model, Person
from gender_detection.model.answers import encode
from gender_detection.model.people import People


def p_female(model: Model, **person: str) -> float:
    (prediction,) = model.predict([Person(**person)])
    assert prediction.p_female is not None
    return prediction.p_female


def test_family_name_implies_the_country_where_none_is_given(tiny_model: Model):
    alone = p_female(tiny_model, name="Andrea")

    assert p_female(tiny_model, name="Andrea Rossi") < 0.1 < alone
    assert p_female(tiny_model, name="Andrea Schmidt") > 0.9 > alone


def test_country_given_outweighs_the_family_name(tiny_model: Model):
    assert p_female(tiny_model, name="Andrea Rossi", country="DE") > 0.9
    assert p_female(tiny_model, name="Andrea Schmidt", country="IT") < 0.1


def test_family_name_helps_where_the_country_has_no_evidence(tiny_model: Model):
    assert p_female(tiny_model, name="Andrea Rossi", country="FI") < 0.1


@pytest.mark.parametrize("family", ["Rossi-Bianchi", "Kowalska Rossi", "ROSSI", "Róssi"])
def test_family_name_is_found_whole_or_by_its_words(tiny_model: Model, family: str):
    assert p_female(tiny_model, given_name="Andrea", family_name=family) < 0.1


def test_family_name_changes_nothing_if_countries_agree_on_the_name(tiny_model: Model):
    alone = p_female(tiny_model, given_name="Maria")

    assert p_female(tiny_model, given_name="Maria", family_name="Rossi") == alone


def test_second_given_name_decides_for_an_ambiguous_name(tiny_model: Model):
    alone = p_female(tiny_model, name="Kim")

    assert p_female(tiny_model, given_name="Kim Maria") > 0.9 > alone
    assert p_female(tiny_model, given_name="Kim John") < 0.1 < alone


def test_unambiguous_first_name_outweighs_a_second_one(tiny_model: Model):
    assert p_female(tiny_model, given_name="Maria John") > 0.5
    assert p_female(tiny_model, given_name="John Maria") < 0.5


def test_ending_of_the_family_name_decides_for_an_ambiguous_name(tiny_model: Model):
    assert p_female(tiny_model, name="Kim Ivanova") > 0.8
    assert p_female(tiny_model, name="Kim Ivanov") < 0.2
    assert p_female(tiny_model, name="Maria Ivanov") > 0.9


def test_whole_spelling_counts_where_only_one_of_several_names_is_known(tiny_model: Model):
    without = replace(tiny_model, parameters=replace(tiny_model.parameters, weight_whole=0.0))
    alone = p_female(tiny_model, given_name="Kim")

    assert p_female(without, given_name="Kim Zunda") == alone
    assert p_female(tiny_model, given_name="Kim Zunda") > alone


def test_unknown_name_is_answered_by_its_spelling_to_the_last_digit(tiny_model: Model):
    random = Random(2)
    keys = ["".join(random.choices(ascii_lowercase, k=8)) for _ in range(4000)]
    # Clipped as in features.odds.logit.
    p_female = tiny_model.pattern.p_female(keys).astype(np.float64).clip(1e-6, 1 - 1e-6)
    odds = tiny_model.parameters.trust_unseen * np.log(p_female / (1 - p_female))

    codes = tiny_model.answer(People({"given_name": pa.array(keys)}, None))

    expected = [encode(float(p), "pattern", None) for p in 1 / (1 + np.exp(-odds))]
    assert codes.tolist() == expected


@pytest.mark.parametrize(
    ("name", "basis", "gender"),
    [
        ("M. Maria Holm", "name", "female"),  # an initial
        ("M. John Holm", "title", "male"),
        ("M. Kim Holm", "title", "male"),
        ("Mr. Maria Holm", "title", "male"),
        ("Monsieur Maria Holm", "title", "male"),
    ],
)
def test_title_of_one_letter_is_an_initial_before_a_name_of_the_other_gender(
    tiny_model: Model, name: str, basis: str, gender: str
):
    (found,) = tiny_model.predict([Person(name=name, country="FR")])
    assert (found.basis, found.gender) == (basis, gender)
