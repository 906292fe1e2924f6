"""gd.predict: a name in, an answer out; a list in, a list out."""

import datetime
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import gender_detection as gd
from gender_detection.errors import InvalidInput
from gender_detection.model import Person


def test_one_name_has_one_answer():
    answer = gd.predict("Andrea Rossi", country="IT")

    assert (answer.name, answer.gender, answer.basis) == ("Andrea Rossi", "male", "country")
    assert (answer.given_name, answer.country) == ("Andrea", "IT")
    assert answer.evidence.count > 0


MISSING = (None, float("nan"), pd.NaT, pd.NA, np.datetime64("NaT"))


@pytest.mark.parametrize(
    "names",
    [
        ["Maria", None],
        ("Maria", float("nan")),
        pd.Series(["Maria", pd.NA]),
        pd.Series(["Maria", None], dtype="category"),
        np.array(["Maria", None], dtype=object),
        pa.array(["Maria", None]).to_pylist(),
        (name for name in ("Maria", pd.NaT)),
    ],
    ids=["list", "tuple", "series", "categories", "array", "arrow", "generator"],
)
def test_several_names_have_a_list_of_answers(names):
    first, second = gd.predict(names)

    assert (first.name, first.gender) == ("Maria", "female")
    assert (second.name, second.gender, second.reason) == (None, "unknown", "empty")


@pytest.mark.parametrize("missing", MISSING, ids=str)
def test_a_missing_value_alone_is_a_person_without_a_name(missing):
    answer = gd.predict(missing)

    assert (answer.name, answer.reason) == (None, "empty")


def test_persons_and_mappings_name_parts_and_countries():
    people = [
        Person(given_name="Andrea", country="DE"),
        Person(name="Andrea"),
        {"given_name": "Andrea", "family_name": None},
        {"name": "Andrea", "country": "DE"},
    ]

    assert [answer.country for answer in gd.predict(people, country="IT")] == [
        "DE", "IT", "IT", "DE",
    ]  # fmt: skip


def test_each_name_may_have_a_country_of_its_own():
    answers = gd.predict(["Andrea"] * 3, country=pd.Series(["IT", "DE", None]))

    assert [answer.gender for answer in answers[:2]] == ["male", "female"]
    assert answers[2].country is None


def test_options_are_those_of_the_model():
    assert gd.predict("Maria", threshold=1.0).gender == "unknown"
    assert gd.predict("Kim", female_share=0.99).gender == "female"
    assert gd.predict("Kim", female_share=0.01).gender == "male"
    assert gd.predict("Rossi Maria", family_name_first=True).given_name == "Maria"


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        (3, {}, "int is no name and no list of names"),
        ([3], {}, "name 0 is int instead of text"),
        (["Maria", b"x"], {}, "name 1 is bytes instead of text"),
        (b"Maria", {}, "names are bytes: decode them"),
        ([datetime.date(2020, 1, 1)], {}, "name 0 is date instead of text"),
        ([{"nam": "Maria"}], {}, "name 0: 'nam' is no member of a person: use name, given_name"),
        (["Maria"], {"country": ["IT", "DE"]}, "1 names and 2 countries"),
        ("Maria", {"threshold": 2}, "threshold 2: give one from 0.5 to 1"),
    ],
)
def test_what_is_no_name_is_refused_with_the_remedy(names, options, said):
    with pytest.raises(InvalidInput, match=said.replace("(", r"\(")):
        gd.predict(names, **options)


def test_a_country_that_is_not_understood_is_told_where_it_was_given():
    with pytest.warns(UserWarning, match="'Atlantis'") as told:
        gd.predict(["Maria"], country="Atlantis")

    assert [warning.filename for warning in told] == [__file__]


def test_answers_become_a_data_frame_with_a_column_for_each_field():
    frame = pd.DataFrame(gd.predict(["Maria", "John"]))

    assert frame.gender.tolist() == ["female", "male"]
    assert {"name", "probability", "p_female", "basis", "reason"} <= set(frame.columns)


def test_answers_read_well_in_python_and_in_a_notebook():
    unknown = gd.predict("J. R.")
    maria = gd.predict("Maria")

    assert repr(maria).startswith("<Maria: female at 9")
    assert repr(maria).endswith("%, by name>")
    assert repr(unknown) == "<J. R.: unknown (initials)>"
    assert "<meter" in maria._repr_html_()
    many = gd.predict(["<b>Maria</b>", *["John"] * 30])._repr_html_()
    assert "&lt;b&gt;" in many
    assert "<b>" not in many
    assert "and 11 more" in many


def test_importing_the_package_loads_no_model_and_no_arrow():
    code = "import sys, gender_detection; print('pyarrow' in sys.modules, dir(gender_detection))"
    printed = subprocess.check_output([sys.executable, "-c", code], text=True)

    assert printed.startswith("False ")
    assert "'predict'" in printed


def test_a_part_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'guess'"):
        gd.guess  # noqa: B018
