"""The report holds every figure, of everybody and slice by slice."""

import json
from typing import Any, get_args

import numpy as np
import pytest

from gender_detection import evaluation
from gender_detection.errors import InvalidInput
from gender_detection.evaluation import LabelledPerson, inference
from gender_detection.model import Model, Person
from gender_detection.model.answers import Reason


@pytest.fixture(scope="module")
def mixed(tiny_model: Model, mixed_people: list[LabelledPerson]) -> dict[str, Any]:
    return evaluation.evaluate(tiny_model, mixed_people)


def sliced(model: Model, *names: str, country: str | None = None) -> dict[str, Any]:
    people = [LabelledPerson(Person(name=name, country=country), "female") for name in names]
    return dict(evaluation.evaluate(model, people)["slices"])


def test_report_has_the_documented_shape(mixed: dict[str, Any]):
    assert list(mixed) == [
        "n", "excluded", "bad_rows", "threshold", "female_share", "family_name_first",
        "share_of_women", "at_threshold", "forced", "ece", "error_at_coverage", "unknown_by_reason",
        "without_initials", "slices", "findings", "warnings",
    ]  # fmt: skip
    assert list(mixed["slices"]) == ["gender", "country", "script", "length", "basis", "evidence"]
    errors = ["errorCoded", "errorCodedWithoutNA", "naCoded", "errorGenderBias"]
    for part in (mixed, mixed["without_initials"], mixed["slices"]["country"]["IT"]):
        assert list(part["forced"]) == list(part["at_threshold"]) == errors
    assert list(mixed["slices"]["country"]["IT"]) == [
        "n", "women", "at_threshold", "forced", "ece", "error_forced_interval", "female", "male",
    ]  # fmt: skip


def test_report_is_plain_json(mixed: dict[str, Any]):
    assert json.loads(json.dumps(mixed, allow_nan=False)) == mixed


def test_everybody_of_known_gender_counts(mixed: dict[str, Any]):
    assert (mixed["n"], mixed["excluded"], mixed["share_of_women"]) == (8, 1, 4 / 8)
    # One wrong, three without an answer; Kim is wrong, too, when forced.
    assert mixed["at_threshold"]["errorCoded"] == 4 / 8
    assert mixed["at_threshold"]["errorCodedWithoutNA"] == 1 / 5
    assert mixed["forced"]["errorCoded"] == 4 / 8
    assert mixed["forced"]["naCoded"] == 2 / 8


def test_unknown_are_counted_by_reason(mixed: dict[str, Any]):
    assert mixed["unknown_by_reason"] == {
        "initials": 1, "empty": 1, "not_a_name": 0, "several_people": 0,
        "not_a_person": 0, "ambiguous": 1, "unseen": 0,
    }  # fmt: skip


def test_reasons_are_those_of_the_model(mixed: dict[str, Any]):
    assert set(mixed["unknown_by_reason"]) == set(get_args(Reason))


def test_without_initials_leaves_out_uninformative_names(mixed: dict[str, Any]):
    named = mixed["without_initials"]

    assert named["n"] == 6
    assert named["forced"]["errorCoded"] == 2 / 6
    assert named["forced"]["naCoded"] == 0


def test_slices_leave_out_uninformative_names(mixed: dict[str, Any]):
    countries = mixed["slices"]["country"]

    assert {country: figures["n"] for country, figures in countries.items()} == {
        "IT": 3, "GB": 2, "": 1,
    }  # fmt: skip
    assert {gender: s["n"] for gender, s in mixed["slices"]["gender"].items()} == {
        "female": 3, "male": 3,
    }  # fmt: skip


def test_slice_separates_women_and_men(mixed: dict[str, Any]):
    italy = mixed["slices"]["country"]["IT"]

    assert (italy["n"], italy["women"]) == (3, 2)
    assert italy["forced"]["errorCoded"] == 1 / 3
    assert italy["error_forced_interval"] == pytest.approx([0.0615, 0.7923], abs=5e-5)
    assert (italy["female"]["n"], italy["female"]["error"]) == (2, 1 / 2)
    assert (italy["male"]["n"], italy["male"]["error"]) == (1, 0)


def test_gender_missing_from_a_slice_has_no_error(mixed: dict[str, Any]):
    women = mixed["slices"]["gender"]["female"]

    assert women["male"] == {"n": 0, "error": None, "interval": None}


def test_basis_covers_everybody_in_order_of_strength(mixed: dict[str, Any]):
    bases = mixed["slices"]["basis"]

    assert {basis: figures["n"] for basis, figures in bases.items()} == {
        "title": 1, "country": 2, "name": 3, "none": 2,
    }  # fmt: skip
    assert list(bases) == ["title", "country", "name", "none"]
    assert bases["none"]["forced"]["errorCoded"] == 1


def test_answer_by_title_is_in_no_slice_of_names(mixed: dict[str, Any]):
    for dimension in ("script", "length", "evidence"):
        assert sum(figures["n"] for figures in mixed["slices"][dimension].values()) == 5


@pytest.mark.parametrize(
    ("name", "length"),
    [("Jo", "1-2"), ("Kim", "3-4"), ("Maria", "5-6"), ("Anna Maria", "3-4"), ("Wolfgang", "7-9"),
     ("Alessandra", "10+"), ("Мария", "5-6")],
)  # fmt: skip
def test_length_is_that_of_the_first_given_name(tiny_model: Model, name: str, length: str):
    assert list(sliced(tiny_model, name)["length"]) == [length]


@pytest.mark.parametrize(
    ("name", "count"),
    [("Zzyzx", "0"), ("Maryann", "0"), ("Abela", "100-999"), ("Maria", "1000-9999"),
     ("Andrea", "10000+")],
)  # fmt: skip
def test_evidence_is_binned_by_bearers(tiny_model: Model, name: str, count: str):
    assert list(sliced(tiny_model, name)["evidence"]) == [count]


def test_script_is_that_of_the_given_name(tiny_model: Model):
    assert list(sliced(tiny_model, "Мария", "Maria", "Anna")["script"]) == ["latin", "cyrillic"]


def test_unknown_country_is_reported_and_not_used(tiny_model: Model):
    people = [
        LabelledPerson(Person(name="Maria", country=" it "), "female", 2),
        LabelledPerson(Person(name="Maria", country="Atlantis"), "female", 3),
        LabelledPerson(Person(name="Maria", country="Utopia"), "female", 4),
        LabelledPerson(Person(name="Maria", country="Italia"), "female", 5),
    ]

    found = evaluation.evaluate(tiny_model, people)

    assert {country: s["n"] for country, s in found["slices"]["country"].items()} == {
        "": 2, "IT": 2,
    }  # fmt: skip
    (warning,) = found["warnings"]
    assert warning.startswith(
        "2 people have a country that is not understood ('Atlantis', 'Utopia')"
    )
    assert "the first in row 3" in warning


def test_bad_rows_are_counted_and_not_excluded(tiny_model: Model):
    people = [
        LabelledPerson(Person(name="Maria"), "female"),
        LabelledPerson(Person(name="Maria"), None),
        LabelledPerson(Person(), None, is_bad=True),
    ]

    found = evaluation.evaluate(tiny_model, people)

    assert (found["n"], found["excluded"], found["bad_rows"]) == (1, 1, 1)


def test_country_is_used_for_people_without_one(tiny_model: Model):
    countries = (None, "NaN", "NA", "DE", "Atlantis")
    people = [LabelledPerson(Person(name="Maria", country=c), "female") for c in countries]

    judged = evaluation.judge(tiny_model, people, country="IT")
    missing = [person._replace(na_missing=True) for person in people]
    na_missing = evaluation.judge(tiny_model, missing, country="IT")

    assert [int(judged.having("country", c).sum()) for c in ("IT", "NA", "DE", "")] == [2, 1, 1, 1]
    assert int(na_missing.having("country", "IT").sum()) == 3


def test_given_threshold_and_female_share_are_used(tiny_model: Model):
    kim = [LabelledPerson(Person(name="Kim"), "male")]

    found = evaluation.evaluate(tiny_model, kim, threshold=0.5, female_share=0.01)

    assert (found["threshold"], found["female_share"]) == (0.5, 0.01)
    assert found["at_threshold"]["errorCoded"] == 0


def test_threshold_out_of_range_is_refused(tiny_model: Model):
    with pytest.raises(InvalidInput, match=r"0\.5 to 1"):
        evaluation.evaluate(tiny_model, [LabelledPerson(Person(name="Kim"), "male")], threshold=2)


def test_report_of_no_people_has_no_figures(tiny_model: Model):
    found = evaluation.evaluate(tiny_model, [])

    assert (found["n"], found["share_of_women"], found["forced"]["errorCoded"]) == (0, None, None)
    assert not any(found["slices"].values())


def test_batches_make_no_difference(
    tiny_model: Model, mixed_people: list[LabelledPerson], monkeypatch: pytest.MonkeyPatch,
    mixed: dict[str, Any],
):  # fmt: skip
    monkeypatch.setattr(inference, "BATCH", 2)
    rows: list[int] = []

    assert evaluation.evaluate(tiny_model, mixed_people, progress=rows.append) == mixed
    assert rows == [2, 4, 6, 8, 9]


def test_people_are_evaluated_in_batches_and_kept_as_numbers(
    tiny_model: Model, mixed_people: list[LabelledPerson]
):
    answers = evaluation.judge(tiny_model, iter(mixed_people))

    assert np.isnan(answers.p_female).tolist() == [False] * 6 + [True] * 2
    assert answers.is_female.tolist() == [True, False, False, True, True, False, False, True]
    labels = {label for coded in answers.labels.values() for label in coded.labels}
    assert not labels & {"Maria", "John", "Andrea", "Mrs Smith", "Kim"}
