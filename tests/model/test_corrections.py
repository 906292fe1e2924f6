"""Own corrections come before the evidence, for exactly the names and countries that they name."""

from typing import Any

import pytest

from gender_detection.errors import InvalidInput
from gender_detection.model import Model, Person, Prediction
from gender_detection.model.corrections import Correction


def corrected(model: Model, *entries: tuple[Person, float], **options: Any) -> Model:
    rows = [Correction(person, p_female, row) for row, (person, p_female) in enumerate(entries, 2)]
    return model.with_corrections(rows, **options)


def ask(model: Model, name: str, country: str | None = None, **options: Any) -> Prediction:
    return model.predict([Person(name=name, country=country)], **options)[0]


def is_corrected(model: Model, name: str, country: str | None = None) -> bool:
    return ask(model, name, country).basis == "correction"


MARIA = Person(given_name="Maria")


@pytest.mark.parametrize("name", ["Maria", "MARIA", "María", "Maria Schmidt", "Schmidt, Maria"])
def test_given_names_are_corrected_wherever_they_are_read(tiny_model: Model, name: str):
    answer = ask(corrected(tiny_model, (MARIA, 0.0)), name)

    assert (answer.gender, answer.probability, answer.p_female) == ("male", 0.9999, 0.0001)
    assert (answer.basis, answer.reason, answer.matched) == ("correction", None, None)
    assert (answer.evidence.count, answer.evidence.sources) == (0, 0)


@pytest.mark.parametrize("name", ["Anna", "Schmidt", "Ann Maria", "M.", ""])
def test_other_names_are_answered_as_before(tiny_model: Model, name: str):
    assert ask(corrected(tiny_model, (MARIA, 0.0)), name) == ask(tiny_model, name)


def test_a_correction_is_given_as_it_is_whatever_the_share_of_women(tiny_model: Model):
    model = corrected(tiny_model, (Person(given_name="Kim"), 0.7))

    assert ask(model, "Kim", female_share=0.1).p_female == 0.7
    assert ask(model, "Kim").reason == "ambiguous"
    assert ask(model, "Kim", threshold=0.6).gender == "female"


def test_one_of_a_country_is_preferred_to_one_of_everywhere(tiny_model: Model):
    everywhere, there = Person(given_name="Kim"), Person(given_name="Kim", country="DE")
    model = corrected(tiny_model, (everywhere, 1.0), (there, 0.0))

    assert ask(model, "Kim", "DE").gender == "male"
    assert ask(model, "Kim", "IT").gender == "female"
    assert ask(model, "Kim").gender == "female"
    only_there = corrected(tiny_model, (there, 0.0))
    assert is_corrected(only_there, "Kim", "DE")
    assert not is_corrected(only_there, "Kim", "IT")
    assert not is_corrected(only_there, "Kim")


@pytest.mark.parametrize(
    "name",
    ["Andrea Rossi", "Rossi, Andrea", "Mrs Andrea Rossi", "Andrea M. Rossi", "ANDREA ROSSI PhD"],
)
def test_a_full_name_corrects_people_of_this_name_even_with_a_title(tiny_model: Model, name: str):
    model = corrected(tiny_model, (Person(name="Andrea Rossi"), 0.0))

    assert ask(model, name, "DE").basis == "correction"
    assert ask(model, name, "DE").gender == "male"
    assert not is_corrected(model, "Andrea Bianchi", "DE")
    assert not is_corrected(model, "Andrea")


def test_parts_in_fields_are_the_same_person(tiny_model: Model):
    model = corrected(tiny_model, (Person(given_name="Andrea", family_name="Rossi"), 0.0))
    in_fields = Person(given_name="Andrea", family_name="ROSSI")

    assert is_corrected(model, "Andrea Rossi")
    assert model.predict([in_fields])[0].basis == "correction"


@pytest.mark.parametrize("name", ["J.K. Rowling", "J. K. Rowling", "JK Rowling", "Rowling, J. K."])
def test_initials_with_a_family_name_can_be_corrected(tiny_model: Model, name: str):
    model = corrected(tiny_model, (Person(name="J. K. Rowling"), 1.0))

    assert ask(model, name).gender == "female"
    assert not is_corrected(model, "J. Rowling")
    assert not is_corrected(model, "K. J. Rowling")


def test_a_title_is_preferred_to_a_correction_of_given_names(tiny_model: Model):
    assert ask(corrected(tiny_model, (MARIA, 0.0)), "Mrs Maria Rossi").basis == "title"


def test_the_first_of_several_names_counts_unless_the_sources_know_more_of_them(tiny_model: Model):
    model = corrected(tiny_model, (Person(given_name="Mary"), 0.0))

    assert is_corrected(model, "Mary Zed Smith")
    # Mary Jane has evidence of its own.
    assert ask(model, "Mary Jane") == ask(tiny_model, "Mary Jane")


def test_several_people_and_other_reasons_stay(tiny_model: Model):
    model = corrected(tiny_model, (MARIA, 0.0))

    assert ask(model, "Maria Rossi and John Smith").reason == "several_people"
    assert ask(model, "Maria & Sons Ltd").reason == ask(tiny_model, "Maria & Sons Ltd").reason


def test_an_explanation_shows_the_evidence_as_unused(tiny_model: Model):
    explained = corrected(tiny_model, (MARIA, 0.0)).explain([Person(name="Maria Ivanova")])[0]

    assert explained.basis == "correction"
    assert [key.use for key in explained.explanation.keys] == ["unused"]
    assert explained.explanation.form is None
    assert explained.explanation.origins is None


def test_which_corrections_were_used_is_known(tiny_model: Model):
    model = corrected(tiny_model, (MARIA, 0.0), (Person(given_name="Olga"), 0.0))
    ask(model, "Maria")

    own = model.corrections
    assert own.rows[own.used == 1].tolist() == [2]
    assert len(own) == 2


def test_the_same_correction_twice_is_one(tiny_model: Model):
    model = corrected(tiny_model, (MARIA, 0.0), (Person(given_name="MARIA"), 0.0))

    assert len(model.corrections) == 1


@pytest.mark.parametrize("name", ["", "Mrs Schmidt", "J.", "Maria and John", "12345", None])
def test_what_is_no_name_is_refused_with_its_row(tiny_model: Model, name: str | None):
    with pytest.raises(InvalidInput, match=r"row 3 of the corrections has no name"):
        corrected(tiny_model, (MARIA, 0.0), (Person(name=name), 0.0))


def test_two_corrections_that_differ_are_refused_with_their_rows(tiny_model: Model):
    with pytest.raises(InvalidInput, match="rows 2 and 3 correct the same name in two ways"):
        corrected(tiny_model, (MARIA, 0.0), (Person(name="María"), 1.0))


def test_names_are_read_with_the_family_name_first_if_asked(tiny_model: Model):
    rows = ((Person(name="Rossi Andrea"), 0.0),)
    model = corrected(tiny_model, *rows, family_name_first=True)

    assert ask(model, "Rossi Andrea", family_name_first=True).basis == "correction"
    assert is_corrected(model, "Andrea Rossi")


def test_what_is_sent_elsewhere_has_no_names(tiny_model: Model):
    sent = corrected(tiny_model, (MARIA, 0.0)).corrections.without_entries()

    assert (len(sent), sent.entries) == (1, ())
