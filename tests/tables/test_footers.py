"""Totals and remarks below a table are no people."""

from pathlib import Path

import pytest

from gender_detection.tables import Columns
from gender_detection.tables.people_table import PeopleTable


def people_in(path: Path) -> list[str | None]:
    """Return the names in a table, None for rows that are bad."""
    with PeopleTable(path, Columns(name="name")) as table:
        return [
            None if is_bad else name
            for rows in table.blocks(["name"])
            for name, is_bad in zip(
                rows.cells.column("name").to_pylist(), rows.bad.to_pylist(), strict=True
            )
        ]


@pytest.mark.parametrize(
    ("end", "read"),
    [
        ("Total,3\n", [None]),
        ("Grand total,3\r\n", [None]),
        ("Summe,\n", [None]),
        ("合计,2\n", [None]),
        ("Total: 3 rows,\n", [None]),
        ("Exported on 30.11.2026,\n", [None]),
        ('"Erstellt am 30.11.2026, 10 Uhr",\n', [None]),
        (",\nTotal: 2,\nPage 1 of 1,", ["", None, None]),
        ("\nTotal: 2,\n\n,\n", [None, None]),
        # People all the same.
        ("Maria Total,\n", ["Maria Total"]),
        ("Total,Rossi\n", ["Total"]),
        ("Page,\n", ["Page"]),
        ("Stand,12\n", ["Stand"]),
        ("Total,3\nMaria,\n", ["Total", "Maria"]),
    ],
)
@pytest.mark.parametrize("people", [2, 30])
def test_rows_below_the_people_are_bad_rows(
    tmp_path: Path, people: int, end: str, read: list[str | None]
):
    path = tmp_path / "people.csv"
    path.write_text("name,x\n" + "Anna,1\n" * people + end)

    found = people_in(path)

    assert found[:people] == ["Anna"] * people
    assert [name for name in found[people:] if name != ""] == [n for n in read if n != ""]


def test_only_a_remark_is_no_person_where_there_is_one_column(tmp_path: Path):
    path = tmp_path / "people.txt"
    path.write_text("name\nAnna\n\nTotal\nTotal: 2\n")

    assert people_in(path) == ["Anna", "", "Total", None]


def test_rows_below_people_that_cannot_be_read_are_bad_too(tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text('name,x\nAnna\nLuca,"a\nb"\nTotal,2\n')

    assert people_in(path) == [None, "Luca", None]


def test_quote_that_hides_the_end_leaves_the_rows_as_they_are(tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("name,x\n" + "Anna,1\n" * 3 + 'Luca,"' + "a\n" * 20 + '"\n')

    assert people_in(path) == ["Anna", "Anna", "Anna", "Luca"]
