"""Cells that name several people become a row for each of them."""

from pathlib import Path

import pytest

from gender_detection.errors import InvalidInput
from gender_detection.tables import Columns, format_of
from gender_detection.tables.people_table import PeopleTable, open_table
from gender_detection.tables.several import ADDED, separators_in
from gender_detection.tables.text_layout import TextOptions


def people_in(path: Path, separator: str, **chosen: str) -> list[tuple[object, ...]]:
    """Return name, row, position, number and count of each person."""
    source = open_table(path, format_of(path), Columns(**chosen), TextOptions(several=separator))
    column = chosen.get("name", "name")
    batches = [block.kept for block in source.blocks(None)]
    source.close()
    rows = [row for batch in batches for row in batch.to_pylist()]
    return [(row[column], *(row[name] for name in ADDED)) for row in rows]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "papers.csv"


def test_people_of_a_cell_are_rows_in_their_order(table: Path):
    table.write_text('name,id\n"Rossi, Anna; Bianchi, Luca ;Smith, Jo",7\nMaria Lopez,8\n')

    assert people_in(table, ";") == [
        ("Rossi, Anna", "2", "first", 1, 3),
        ("Bianchi, Luca", "2", "middle", 2, 3),
        ("Smith, Jo", "2", "last", 3, 3),
        ("Maria Lopez", "3", "only", 1, 1),
    ]


@pytest.mark.parametrize(
    ("cell", "separator", "names"),
    [
        ("A. Rossi and B. Orlandi", "and", ["A. Rossi", "B. Orlandi"]),
        ("A. Rossi AND B", "and", ["A. Rossi AND B"]),
        ("Anna Rossi | Luca Bianchi", "|", ["Anna Rossi", "Luca Bianchi"]),
        ("Anna Rossi;; Luca Bianchi;", "; ", ["Anna Rossi", "Luca Bianchi"]),
        ("Anna (x) Luca", "(x)", ["Anna", "Luca"]),
        ("Anna Rossi, Luca Neri & Ada Blu", ", &", ["Anna Rossi", "Luca Neri", "Ada Blu"]),
        ("Anna Rossi, Luca Neri, and Ada Blu", ", and", ["Anna Rossi", "Luca Neri", "Ada Blu"]),
        ("Sandy Land and Andy Rand, andante", ", and", ["Sandy Land", "Andy Rand", "andante"]),
    ],
)
def test_separators_are_words_or_signs(table: Path, cell: str, separator: str, names: list[str]):
    table.write_text(f"name\n{cell}\n")

    assert [person[0] for person in people_in(table, separator)] == names


@pytest.mark.parametrize(
    ("cells", "separators"),
    [
        (["Rossi, Anna; Neri, Luca", "Blu, Ada"], ";"),
        (["Anna Rossi|Luca Neri", "Ada Blu|Anna Rossi"], "|"),
        (["A. Rossi and B. Neri"], "and"),
        (["Rossi, Anna and Neri, Luca", "Blu, Ada"], "and"),
        (["Anna Rossi, Luca Neri & Ada Blu", "Anna Rossi, Luca Neri, and Ada Blu"], ", & and"),
        (["Anna Rossi, Luca Neri", "Ada Blu, Anna Rossi"], ","),
        (["Rossi, Anna"], ";"),
        ([], ";"),
    ],
)
def test_separators_are_found_in_the_cells(cells: list[str], separators: str):
    assert separators_in(cells) == separators


@pytest.mark.parametrize("cell", ["", " ; ", ";"])
def test_cell_without_people_stays_one_row(table: Path, cell: str):
    table.write_text(f"name,id\n{cell},1\nAnna; Luca,2\n")

    assert people_in(table, ";") == [
        (cell, "2", None, None, None),
        ("Anna", "3", "first", 1, 2),
        ("Luca", "3", "last", 2, 2),
    ]


def test_row_that_cannot_be_read_stays_one_bad_row(table: Path):
    table.write_text("name,id\nAnna; Luca,1\nAnna; Luca\nMaria,3\n")

    with PeopleTable(table, text=TextOptions(several=";")) as people:
        (rows,) = people.blocks(["name", "id"])
    assert rows.bad.to_pylist() == [False, False, True, False]
    assert rows.numbers.tolist() == [2, 2, 3, 4]
    assert rows.cells.column("id").to_pylist()[:2] == ["1", "1"]


def test_json_lines_and_other_columns_of_names_are_divided_too(tmp_path: Path):
    path = tmp_path / "papers.jsonl"
    path.write_text('{"who": "Anna; Luca", "year": 2020}\n{"who": null, "year": 2021}\n')

    assert [person[:2] for person in people_in(path, ";", name="who")] == [
        ("Anna", "1"), ("Luca", "1"), (None, "2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "separator", "message"),
    [
        ("given_name,family_name", ";", "divides a column of full names, and there is none"),
        ("name,row", ";", "rename 'row'"),
        ("name", " ", "give what stands between people"),
        ("name", "x" * 21, "give what stands between people"),
    ],
)
def test_table_that_cannot_be_divided_is_refused(
    table: Path, header: str, separator: str, message: str
):
    table.write_text(f"{header}\n")

    with pytest.raises(InvalidInput, match=message):
        people_in(table, separator)


def test_a_cell_of_thousands_of_people_needs_no_more_memory_than_they_do(table: Path):
    table.write_text(f'name,id\n"{"; ".join(["Maria Lopez"] * 50_000)}",7\n')

    assert len(people_in(table, ";")) == 50_000


def test_long_cells_beside_very_many_people_are_refused(table: Path):
    people = ";".join(["A"] * 20_000)
    table.write_text(f"name,abstract\nMaria,x\n{people},{'x' * 200_000}\n")

    with pytest.raises(InvalidInput, match=r"row 3 and those near it .* leave long columns out"):
        people_in(table, ";")
