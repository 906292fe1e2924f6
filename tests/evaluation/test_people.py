"""People are read from tables as people write them; what is wrong is named with its line."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gender_detection.errors import InvalidInput
from gender_detection.evaluation import LabelledPerson, read_people
from gender_detection.model import Person

Written = Callable[..., Path]

MARIA = Person(name="Maria", country="IT")
JOHN = Person(name="John")
TABLE = "name,country,gender\nMaria,IT,female\nJohn,,male\n"


def people_of(path: Path, country_column: str | None = "country") -> list[Person]:
    return [labelled.person for labelled in read_people(path, country_column)]


def genders_of(path: Path) -> list[str | None]:
    return [labelled.gender for labelled in read_people(path)]


def test_person_gender_and_line_come_from_the_row(written: Written):
    assert list(read_people(written(TABLE))) == [
        LabelledPerson(MARIA, "female", 2),
        LabelledPerson(JOHN, "male", 3),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    {
        "with a byte order mark": ("people.csv", b"\xef\xbb\xbf" + TABLE.encode()),
        "Windows line ends": ("people.csv", TABLE.replace("\n", "\r\n").encode()),
        "no line end at its end": ("people.csv", TABLE.strip().encode()),
        "blank lines": ("people.csv", (TABLE.replace("\nJ", "\n\nJ") + "\n\n").encode()),
        "semicolons": ("people.csv", TABLE.replace(",", ";").encode()),
        "tabs": ("people.tsv", TABLE.replace(",", "\t").encode()),
        "gzipped": ("people.csv.gz", gzip.compress(TABLE.encode())),
        "gzipped tabs": ("PEOPLE.TSV.GZ", gzip.compress(TABLE.replace(",", "\t").encode())),
        "quoted": ("people.csv", b'"name","country","gender"\n"Maria","IT","F"\n"John","","m"\n'),
        "other order and case": ("people.csv", b"Gender, Country ,NAME\nf,IT,Maria\nm,,John\n"),
        "more columns": ("people.csv", b"id,name,country,gender\n1,Maria,IT,f\n2,John,,m\n"),
    }.values(),
)  # fmt: skip
def test_same_people_are_read_from_any_table_format(written: Written, name: str, content: bytes):
    assert people_of(written(content, name)) == [MARIA, JOHN]


@pytest.mark.parametrize("word", ["female", "F", "w", "Woman", " FEMALE "])
def test_word_for_a_woman_is_female(written: Written, word: str):
    assert genders_of(written(f"name,gender\nMaria,{word}\n")) == ["female"]


@pytest.mark.parametrize("word", ["male", "M", "man", "Man "])
def test_word_for_a_man_is_male(written: Written, word: str):
    assert genders_of(written(f"name,gender\nJohn,{word}\n")) == ["male"]


@pytest.mark.parametrize("word", ["", "nonbinary", "x", "0", "unknown"])
def test_any_other_word_is_no_gender_and_the_person_is_kept(written: Written, word: str):
    assert genders_of(written(f"name,gender\nMaria,{word}\n")) == [None]


def test_given_and_family_name_take_precedence_over_the_full_name(written: Written):
    path = written("name,given_name,family_name,gender\nLi Wei,Wei,Li,m\nMaria,,,f\n")

    assert people_of(path) == [Person(given_name="Wei", family_name="Li"), Person(name="Maria")]


def test_given_name_alone_is_enough(written: Written):
    assert people_of(written("given_name,gender\nMaria,f\n")) == [
        Person(given_name="Maria", family_name="")
    ]


def test_country_comes_from_the_named_column_or_is_none(written: Written):
    path = written("name,country,born_in,gender\nMaria,IT,DE,f\n")

    assert people_of(path, "born_in") == [Person(name="Maria", country="DE")]
    assert people_of(path, None) == [Person(name="Maria")]


def test_cell_may_contain_delimiter_quote_and_line_break(written: Written):
    path = written('name,gender\n"Rossi, Anna\n""Nina""",f\nJohn,m\n')

    rossi, john = read_people(path)
    assert rossi.person.name == 'Rossi, Anna\n"Nina"'
    assert (rossi.line, john.line) == (2, 4)


def test_people_can_be_read_again(written: Written):
    people = read_people(written(TABLE))

    assert list(people) == list(people)


def test_share_read_grows_to_one(written: Written):
    people = read_people(written("name,gender\n" + "Maria,f\n" * 50_000))

    shares = [people.share_read or 0.0 for _ in people]
    assert 0 < shares[0] < 0.5
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_pipe_is_read_and_has_no_share():
    reader, writer = os.pipe()
    os.write(writer, TABLE.encode())
    os.close(writer)
    people = read_people(f"/dev/fd/{reader}")

    try:
        assert [(labelled.person, people.share_read) for labelled in people] == [
            (MARIA, None),
            (JOHN, None),
        ]
    finally:
        os.close(reader)


FAULTS = {
    "empty": (b"", ["is empty", "name,country,gender"]),
    "blank first line": (b"\nname,gender\nMaria,f\n", ["no header in line 1"]),
    "header alone": (b"name,gender\n", ["no people"]),
    "no gender": (b"name,kind\nMaria,f\n", ["no column gender", "columns found: name, kind"]),
    "no name": (b"first,gender\nMaria,f\n", ["no column name", "given_name", "first, gender"]),
    "column twice": (b"name,Name,gender\nA,B,f\n", ["'name', 'Name' could each be"]),
    "too many cells": (b"name,gender\nMaria,f\nRossi, Anna,f\n", ["line 3", "3 cells", "quote"]),
    "too few cells": (b"name,gender\nMaria\n", ["line 2", "1 cells"]),
    "Latin 1": (b"name,gender\nMaria,f\nJos\xe9,m\n", ["line 3", "not UTF-8", "in UTF-8"]),
    "UTF-16": ("name,gender\nMaria,f\n".encode("utf-16"), ["line 1", "not UTF-8"]),
    "open quote": (b'name,gender\nMaria,f\n"Jo,f\nX,m\n', ["line 3", "close its quotes"]),
    "quote within": (b'name,gender\n"Jo" X,f\n', ["line 2", "double quotes inside"]),
    "endless cell": (b"name,gender\n" + b"x" * 200_000 + b",f\n", ["line 2", "field larger"]),
}  # fmt: skip


@pytest.mark.parametrize(("content", "parts"), FAULTS.values(), ids=FAULTS)
def test_error_is_reported_with_file_line_and_remedy(
    written: Written, content: bytes, parts: list[str]
):
    path = written(content)

    with pytest.raises(InvalidInput) as caught:
        list(read_people(path))

    for part in [str(path), *parts]:
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_headers_of_other_languages_are_read(written: Written):
    path = written("Name;Vorname;Land;Geschlecht\nRossi;Maria;Italien;w\n")

    rossi = Person(given_name="Maria", family_name="Rossi", country="Italien")
    assert list(read_people(path)) == [LabelledPerson(rossi, "female", 2)]


def test_missing_country_column_is_an_error_if_it_was_named(written: Written):
    with pytest.raises(InvalidInput, match=r"no column born_in.*columns found: name, gender"):
        list(read_people(written("name,gender\nMaria,f\n"), "born_in"))


def test_missing_file_is_named(tmp_path: Path):
    with pytest.raises(InvalidInput, match=r"no file .*none\.csv: check the path"):
        list(read_people(tmp_path / "none.csv"))


def test_folder_is_refused(tmp_path: Path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        list(read_people(tmp_path))


@pytest.mark.parametrize("content", [TABLE.encode(), gzip.compress(TABLE.encode())[:-9]])
def test_truncated_gzip_file_is_named(written: Written, content: bytes):
    with pytest.raises(InvalidInput, match=r"people\.csv\.gz is not a complete gzip file"):
        list(read_people(written(content, "people.csv.gz")))
