"""A table of corrections: each row is understood, or refused with its number."""

from pathlib import Path

import pytest

from gender_detection.errors import InvalidInput
from gender_detection.scoring.correction_table import read_corrections


def read(tmp_path: Path, text: str, name: str = "own.csv") -> list[tuple[str | None, float]]:
    path = tmp_path / name
    path.write_text(text)
    return [(entry.person.name, entry.p_female) for entry in read_corrections(path)]


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(InvalidInput) as refused:
        read(tmp_path, text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("gender", "p_female"), [("female", 1.0), ("M", 0.0), ("woman", 1.0), ("Unknown", 0.5)]
)
def test_a_gender_is_certain_unless_a_probability_says_otherwise(
    tmp_path: Path, gender: str, p_female: float
):
    assert read(tmp_path, f"name,gender\nMaria,{gender}\n") == [("Maria", p_female)]


def test_a_probability_is_that_of_the_gender(tmp_path: Path):
    rows = "name,sex,probability\nMaria,f,0.9\nJohn,m,0.75\nKim,m,\n"

    assert read(tmp_path, rows) == [("Maria", 0.9), ("John", 0.25), ("Kim", 0.0)]


def test_p_female_alone_is_enough(tmp_path: Path):
    assert read(tmp_path, "name,p_female\nMaria,0.25\n") == [("Maria", 0.25)]


def test_a_scored_table_is_a_table_of_corrections(tmp_path: Path):
    header = "name,gender,probability,p_female,basis,reason\n"
    row = "Maria,female,0.98,0.98,name,\n"

    assert read(tmp_path, header + row) == [("Maria", 0.98)]


def test_country_row_and_parts_are_read_from_any_format(tmp_path: Path):
    path = tmp_path / "own.jsonl"
    path.write_text('{"Vorname": "Andrea", "Nachname": "Rossi", "Land": "Italia", "sex": "m"}\n')
    (entry,) = read_corrections(path)

    assert (entry.person.given_name, entry.person.family_name) == ("Andrea", "Rossi")
    assert (entry.person.country, entry.p_female, entry.row) == ("IT", 0.0, 1)


def test_na_is_a_missing_country_where_no_row_has_one(tmp_path: Path):
    path = tmp_path / "own.csv"
    path.write_text("name,country,sex\nMaria,NA,f\n")

    assert read_corrections(path)[0].person.country is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Maria,IT,divers,,", "row 3: the gender is not understood"),
        ("Maria,IT,,,", "row 3 has no gender"),
        ("Maria,IT,female,0.4,", "row 3: '0.4' is not a probability from 0.5 to 1"),
        ("Maria,IT,female,nan,", "row 3: 'nan' is not a probability"),
        ("Maria,IT,,,1.2", "row 3: '1.2' is not a probability from 0 to 1"),
        ("Maria,IT,female,,0.1", "row 3: gender and p_female contradict"),
        ("Maria,Atlantis,female,,", "a country is not understood: 1 row has"),
        ("Maria,IT,female", "row 3 cannot be read"),
    ],
)
def test_a_row_that_is_not_clear_is_refused(tmp_path: Path, row: str, said: str):
    header = "name,country,gender,probability,p_female\n"
    text = refusal(tmp_path, f"{header}John,,male,,\n{row}\n")

    assert said in text
    assert text.startswith(f"{tmp_path / 'own.csv'}: ")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("name,country\nMaria,IT\n", "have no column gender or p_female"),
        ("country,gender\nIT,female\n", "no column holds names"),
        ("name,gender\n", "has columns but no corrections"),
    ],
)
def test_a_table_without_corrections_is_refused(tmp_path: Path, table: str, said: str):
    assert said in refusal(tmp_path, table)
