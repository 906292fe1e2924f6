"""Family names with a form for women and one for men."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.names import family_gender


@pytest.mark.parametrize(
    ("family", "gender"),
    [
        ("Ivanova", "female"),
        ("Ivanov", "male"),
        ("IVANOVA", "female"),
        ("Иванова", "female"),
        ("Иванов", "male"),
        ("Nováková", "female"),
        ("Sergeyeva", "female"),
        ("Dmitriev", "male"),
        ("Petrovskaya", "female"),
        ("Достоевский", "male"),
        ("Smith-Ivanova", "female"),
        ("Strycova Smith", None),
        ("Kaur", "female"),
        ("Singh", None),
        ("Casanova", None),
        ("Villanueva", None),
        ("Lev", None),
        ("Kowalski", None),
        ("Rossi", None),
        ("Eva", None),
        ("", None),
        ("-", None),
    ],
)
def test_ending_of_a_family_name_indicates_a_gender(family: str, gender: str | None):
    assert family_gender(family) == gender


@given(st.text(max_size=40))
def test_any_text_has_an_answer(text: str):
    assert family_gender(text) in ("female", "male", None)
