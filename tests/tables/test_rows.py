"""Rows of any table become columns of strings, with the number of each row."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.tables import Columns
from gender_detection.tables.people_table import PeopleTable
from gender_detection.tables.text_layout import TextOptions


def rows_in(path: Path, wanted: Sequence[str]) -> list[tuple[int, bool, list[str | None]]]:
    found = []
    with PeopleTable(path) as table:
        for rows in table.blocks(wanted):
            assert set(rows.cells.schema.types) == {pa.string()}
            assert rows.cells.schema.names == list(wanted)
            cells = [list(row.values()) for row in rows.cells.to_pylist()]
            found += list(zip(rows.numbers.tolist(), rows.bad.to_pylist(), cells, strict=True))
    return found


def test_csv_counts_its_header_and_marks_bad_rows(tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text('year,name\n2020,Maria\n2021,"Jo\nhn"\nJo\n2022,Kim\n')

    good, spread, bad, last = rows_in(path, ["name", "year"])
    assert good == (2, False, ["Maria", "2020"])
    assert spread == (3, False, ["Jo\nhn", "2021"])
    assert bad[:2] == (4, True)
    assert last == (5, False, ["Kim", "2022"])


def test_json_values_of_other_columns_become_texts(tmp_path: Path):
    path = tmp_path / "people.jsonl"
    path.write_text(
        '{"name": "Maria", "year": 2020, "a": true, "b": [1, "x"]}\n'
        '{"name": 7, "year": 2020}\n'
        '{"year": null, "name": "Kim", "a": 2.5, "b": "y"}\n'
        "no object\n"
    )

    assert rows_in(path, ["year", "name", "a", "b"]) == [
        (1, False, ["2020", "Maria", "true", '[1,"x"]']), (2, True, [None] * 4),
        (3, False, [None, "Kim", "2.5", "y"]), (4, True, [None] * 4),
    ]  # fmt: skip


def test_columns_of_any_type_become_texts_in_parquet(tmp_path: Path):
    path = tmp_path / "people.parquet"
    columns = {
        "name": pa.array(["Maria", None]).dictionary_encode(),
        "country": [380, None],
        "year": [2020.0, None],
        "day": pa.array([0, None], pa.date32()),
    }
    pq.write_table(pa.table(columns), path)

    assert rows_in(path, ["day", "year", "country", "name"]) == [
        (1, False, ["1970-01-01", "2020", "380", "Maria"]), (2, False, [None] * 4),
    ]  # fmt: skip


def test_names_that_are_no_text_are_refused(tmp_path: Path):
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"name": [1]}), path)

    with pytest.raises(InvalidInput, match="'name' holds int64 instead of text"):
        rows_in(path, ["name"])


def test_roles_are_those_chosen_or_found(tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("full name,Country,label\n")

    with PeopleTable(path) as table:
        assert table.roles == Columns(name="full name", country="Country")
    with PeopleTable(path, Columns(name="label"), without_country=True) as table:
        assert table.roles == Columns(name="label")


def test_file_with_an_unknown_ending_is_read_as_csv(tmp_path: Path):
    path = tmp_path / "people.txt"
    path.write_text("name;year\nMaria;2020\n")

    assert rows_in(path, ["year"]) == [(2, False, ["2020"])]


def test_known_endings_that_cannot_be_compressed_are_refused(tmp_path: Path):
    with pytest.raises(InvalidInput, match="cannot be compressed as a whole"):
        PeopleTable(tmp_path / "people.parquet.gz")


def test_rows_are_numbered_as_in_the_file_below_lines_that_are_left_out(tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("sep=;\nname;year\nMaria;2020\n")

    assert rows_in(path, ["year"]) == [(3, False, ["2020"])]


def test_first_row_has_the_number_one_without_a_header(tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("Maria,2020\n")

    with PeopleTable(path, Columns(name="1"), text=TextOptions(has_header=False)) as table:
        (rows,) = table.blocks(["column_2"])
    assert rows.numbers.tolist() == [1]
