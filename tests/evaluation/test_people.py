"""People are read from tables as people write them; rows that cannot be read are marked."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.evaluation import LabelledPerson, read_people
from gender_detection.model import Person
from gender_detection.tables import Columns, readers

Written = Callable[..., Path]

MARIA = Person(name="Maria", country="IT")
JOHN = Person(name="John")
TABLE = "name,country,gender\nMaria,IT,female\nJohn,,male\n"


def people_of(
    path: Path, chosen: Columns | None = None, *, without_country: bool = False
) -> list[Person]:
    people = read_people(path, chosen, without_country=without_country)
    return [labelled.person for labelled in people if not labelled.is_bad]


def genders_of(path: Path) -> list[str | None]:
    return [labelled.gender for labelled in read_people(path)]


def test_person_gender_and_row_come_from_the_table(written: Written):
    assert list(read_people(written(TABLE))) == [
        LabelledPerson(MARIA, "female", 2, na_missing=False),
        LabelledPerson(JOHN, "male", 3, na_missing=False),
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


def test_given_and_family_name_are_read_where_the_full_name_is_blank(written: Written):
    path = written("name,given_name,family_name,gender\n,Wei,Li,m\nMaria,,,f\n")

    wei, maria = people_of(path)
    assert (wei.name, wei.given_name, wei.family_name) == (None, "Wei", "Li")
    assert maria.name == "Maria"


@pytest.mark.parametrize("column", ["given_name", "first_name", "Forename"])
def test_given_name_alone_is_enough(written: Written, column: str):
    assert people_of(written(f"{column},gender\nMaria,f\n")) == [Person(given_name="Maria")]


def test_country_comes_from_the_named_column_or_is_none(written: Written):
    path = written("name,country,born_in,gender\nMaria,IT,DE,f\n")

    assert people_of(path, Columns(country="born_in")) == [Person(name="Maria", country="DE")]
    assert people_of(path, without_country=True) == [Person(name="Maria")]


def test_cell_may_contain_delimiter_quote_and_line_break(written: Written):
    path = written('name,gender\n"Rossi, Anna\n""Nina""",f\nJohn,m\n')

    rossi, john = read_people(path)
    assert rossi.person.name == 'Rossi, Anna\n"Nina"'
    assert (rossi.row, john.row) == (2, 3)


def test_gender_comes_from_the_named_column(written: Written):
    path = written("name,gender,sex\nMaria,m,f\n")

    assert [p.gender for p in read_people(path, gender_column="sex")] == ["female"]


def test_other_formats_are_read_alike(tmp_path: Path):
    table = pa.table({"name": ["Maria", "John"], "country": ["IT", None], "gender": ["f", "m"]})
    pq.write_table(table, tmp_path / "people.parquet")
    lines = '{"name": "Maria", "country": "IT", "gender": "f"}\n{"name": "John", "gender": "m"}\n'
    (tmp_path / "people.jsonl").write_text(lines)

    for name in ("people.parquet", "people.jsonl"):
        people = list(read_people(tmp_path / name))
        assert [(p.person, p.gender, p.row) for p in people] == [
            (MARIA, "female", 1), (JOHN, "male", 2),
        ]  # fmt: skip


def test_na_may_be_a_missing_country_only_in_formats_without_null(written: Written):
    assert [p.na_missing for p in read_people(written("name,country,gender\nMaria,NA,f\n"))] == [
        True
    ]
    line = '{"name": "Maria", "country": "NA", "gender": "f"}'
    assert [p.na_missing for p in read_people(written(line, "people.jsonl"))] == [False]


def test_people_can_be_read_again(written: Written):
    people = read_people(written(TABLE))

    assert list(people) == list(people)


def test_share_read_grows_to_one(written: Written, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(readers, "BLOCK_BYTES", 1 << 16)
    monkeypatch.setattr(readers, "BUFFER_BYTES", 1 << 16)
    people = read_people(written("name,gender\n" + "Maria,f\n" * 300_000))

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
    "empty": (b"", ["is empty", "name,country"]),
    "header alone": (b"name,gender\n", ["no people"]),
    "no gender": (b"name,kind\nMaria,f\n", ["no column gender", "'name', 'kind'"]),
    "no name": (b"label,gender\nMaria,f\n", ["no column holds names", "'label', 'gender'"]),
    "column twice": (b"name,Name,gender\nA,B,f\n", ["could each be the column name"]),
    "gender twice": (b"name,Gender,gender\nA,m,f\n", ["could each be the column gender"]),
}


@pytest.mark.parametrize(("content", "parts"), FAULTS.values(), ids=FAULTS)
def test_error_is_reported_with_file_and_remedy(written: Written, content: bytes, parts: list[str]):
    path = written(content)

    with pytest.raises(InvalidInput) as caught:
        list(read_people(path))

    for part in [str(path), *parts]:
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_headers_of_other_languages_are_read(written: Written):
    path = written("Name;Vorname;Land;Geschlecht\nRossi;Maria;Italien;w\n")

    (rossi,) = read_people(path)
    assert rossi.person == Person(given_name="Maria", family_name="Rossi", country="Italien")
    assert (rossi.gender, rossi.row) == ("female", 2)


@pytest.mark.parametrize(
    "row",
    ["Rossi, Anna,f", "Maria", "x" * 200_000 + ",f"],
    ids=["too many cells", "too few cells", "endless name"],
)
def test_bad_row_is_marked_and_others_are_kept(written: Written, row: str):
    people = list(read_people(written(f"name,gender\nMaria,f\n{row}\nJohn,m\n")))

    assert [(p.row, p.is_bad, p.gender) for p in people] == [
        (2, False, "female"), (3, True, None), (4, False, "male"),
    ]  # fmt: skip
    assert not people[1].person.name


def test_missing_country_column_is_an_error_if_it_was_named(written: Written):
    with pytest.raises(InvalidInput, match=r"no column 'born_in'.*'name', 'gender'"):
        list(read_people(written("name,gender\nMaria,f\n"), Columns(country="born_in")))


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
