"""gender-detection score --matched appends the key of each answer, in files of every format."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gender_detection.scoring import ANSWERS
from tests.cli.command_line import run

pytestmark = pytest.mark.usefixtures("published", "pandas_as_it_is")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"


KEYED = {"Maria": "maria", "Andrea": "andrea", "J. R.": None, "Mrs Kim": None, "Zunelda": None}


def table_of(path: Path) -> pa.Table:
    """Return a table in a file of any format that the tests write."""
    match path.suffix:
        case ".parquet":
            return pq.read_table(path)
        case ".arrow":
            return pa.ipc.open_file(path.read_bytes()).read_all()
        case ".jsonl":
            return pa.Table.from_pylist([json.loads(line) for line in path.open()])
        case ".csv":
            return pa.Table.from_pylist(list(csv.DictReader(path.open())))
    openpyxl = pytest.importorskip("openpyxl")
    header, *rows = openpyxl.load_workbook(path).active.values
    return pa.Table.from_pylist([dict(zip(header, row, strict=True)) for row in rows])


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "arrow", "xlsx"])
@pytest.mark.parametrize("source", ["csv", "jsonl", "parquet", "xlsx"])
def test_matched_is_a_sixth_column_where_it_is_asked_for(capsys, tmp_path, source, kind):
    read = tmp_path / f"read.{source}"
    plain, out = tmp_path / f"plain.{kind}", tmp_path / f"out.{kind}"
    write_names(read, pa.table({"name": list(KEYED)}))

    assert run(capsys, "score", str(read), str(plain))[0] == 0
    assert run(capsys, "score", str(read), str(out), "--matched")[0] == 0

    without, found = table_of(plain), table_of(out)
    assert found.column_names == [*without.column_names, "matched"]
    assert found.select(without.column_names).to_pylist() == without.to_pylist()
    keys = [key or None for key in found["matched"].to_pylist()]
    assert dict(zip(found["name"].to_pylist(), keys, strict=True)) == KEYED


def write_names(path: Path, table: pa.Table) -> None:
    """Write a table with the column name into a file of any format."""
    names = table["name"].to_pylist()
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    elif path.suffix == ".xlsx":
        book = pytest.importorskip("openpyxl").Workbook()
        for value in ("name", *names):
            book.active.append([value])
        book.save(path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps({"name": name}) + "\n" for name in names))
    else:
        path.write_text("\n".join(["name", *names]) + "\n")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_bad_and_repeated_rows_keep_their_own_keys(capsys, people, out, jobs):
    people.write_text("name,country\nMaria,IT\nAndrea\nMaria,IT\nAndrea,IT\nMrs Kim,\n")
    run(capsys, "score", str(people), str(out), "--matched", "--jobs", jobs)

    rows = [line.split(",") for line in out.read_text().splitlines()]
    assert rows[0] == ["name", "country", *ANSWERS, "matched"]
    assert [(row[0], row[-2], row[-1]) for row in rows[1:]] == [
        ("Maria", "", "maria"),
        ("Andrea", "bad_row", ""),
        ("Maria", "", "maria"),
        ("Andrea", "", "andrea"),
        ("Mrs Kim", "", ""),
    ]


def test_columns_are_prefixed_where_the_table_has_one_called_matched(capsys, people, out):
    people.write_text("name,Matched\nMaria,x\n")
    run(capsys, "score", str(people), str(out), "--matched")
    header = out.read_text().splitlines()[0].split(",")
    assert header == ["name", "Matched", *(f"predicted_{name}" for name in (*ANSWERS, "matched"))]

    run(capsys, "score", str(people), str(out))
    assert out.read_text().splitlines()[0].split(",") == ["name", "Matched", *ANSWERS]
