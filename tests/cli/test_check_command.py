"""gender-detection check lists rows whose recorded gender differs from the answer to the name."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.command_line import assert_reported_in_one_line, run

TABLE = "name,country,sex\nMaria,IT,f\nAndrea,IT,f\nJohn,,male\nJohn,,W\nKim,,x\nJ. R.,,\n"
SEX = "--gender-column", "sex"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(TABLE)
    return path


@pytest.mark.usefixtures("published")
def test_disagreements_are_listed_with_counts_and_a_caution(capsys, people: Path):
    code, out, err = run(capsys, "check", str(people), *SEX)

    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "rows: 6"
    assert lines[1] == ("recorded gender understood: 4; blank: 1; not understood: 1 ('x' 1)")
    assert lines[2].startswith("compared: 4, whose names")
    assert lines[2].endswith("at least 0.95")
    assert lines[3].startswith("disagreeing: 2; by chance, 0.")
    assert lines[5] == "Disagreements, the surest first (2 of 2)"
    shown = [line.split() for line in lines[7:9]]
    assert ["Andrea", "3", "IT", "f", "male"] in [cells[:5] for cells in shown]
    assert ["John", "5", "W", "male"] in [cells[:4] for cells in shown]
    assert "Do not correct data by it" in out


@pytest.mark.usefixtures("published")
def test_json_lines_are_the_counts_and_the_rows(capsys, people: Path):
    code, out, _ = run(capsys, "check", str(people), *SEX, "--json", "--most", "1")

    counts, *rows = map(json.loads, out.splitlines())
    assert code == 0
    assert (counts["rows"], counts["compared"], counts["disagreeing"]) == (6, 4, 2)
    assert counts["not_understood"] == {"x": 1}
    assert 0 < counts["expected_by_chance"] < 1
    assert (counts["model"]["version"], counts["model"]["threshold"]) == ("7", 0.95)
    assert [list(row) for row in rows] == [
        ["row", "name", "country", "recorded", "answer", "probability", "basis"]
    ]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.jsonl", "out.xlsx", "out.arrow"])
def test_all_disagreements_are_written_to_a_table(capsys, tmp_path: Path, people: Path, name: str):
    out = tmp_path / name

    code, printed, _ = run(capsys, "check", str(people), *SEX, "--most", "0", "--out", str(out))

    assert code == 0
    assert "Andrea" not in printed
    assert {row["name"] for row in rows_in(out)} == {"Andrea", "John"}
    assert not list(tmp_path.glob(".*"))


def rows_in(path: Path) -> Any:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".arrow":
        return pa.ipc.open_file(path).read_all().to_pylist()
    if path.suffix == ".xlsx":
        header, *rows = openpyxl.load_workbook(path).active.values
        return [dict(zip(header, row, strict=True)) for row in rows]
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    header, *rows = [line.split(",") for line in path.read_text().splitlines()]
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.usefixtures("published")
def test_formula_in_a_name_is_escaped_in_csv(capsys, tmp_path: Path, people: Path):
    people.write_text("name,gender\n=John,f\n")
    out = tmp_path / "out.csv"

    assert run(capsys, "check", str(people), "--out", str(out))[0] == 0
    assert [row["name"] for row in rows_in(out)] == ["'=John"]


@pytest.mark.usefixtures("published")
def test_options_are_passed_on(capsys, tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("label,gender,forename\nAndrea,f,Maria\n")

    def disagreeing(*options: str) -> int:
        out = run(capsys, "check", str(path), "--json", *options)[1]
        return int(json.loads(out.splitlines()[0])["disagreeing"])

    assert disagreeing("--country", "IT") == 0
    assert disagreeing("--country", "IT", "--name-column", "label") == 1
    assert disagreeing("--country", "IT", "--name-column", "label", "--threshold", "1") == 0


@pytest.mark.usefixtures("published")
def test_tables_of_a_folder_are_checked_together_and_named(capsys, tmp_path: Path):
    folder = tmp_path / "people"
    (folder / "more").mkdir(parents=True)
    (folder / "one.csv").write_text("name,gender\nMaria,f\nJohn,f\n")
    pq.write_table(pa.table({"name": ["John"], "gender": ["f"]}), folder / "more" / "two.parquet")

    code, out, _ = run(capsys, "check", str(folder), "--json")

    _, *rows = map(json.loads, out.splitlines())
    assert code == 0
    assert [(row["file"], row["row"]) for row in rows] == [("more/two.parquet", 1), ("one.csv", 3)]
    assert "one.csv" in run(capsys, "check", str(folder))[1]


@pytest.mark.usefixtures("published")
def test_row_of_a_workbook_is_the_one_that_a_spreadsheet_shows(capsys, tmp_path: Path):
    book = openpyxl.Workbook()
    for row in ((), ("name", "gender"), ("Maria", "f"), (), ("John", "f")):
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")

    out = run(capsys, "check", str(tmp_path / "people.xlsx"), "--json")[1]

    assert json.loads(out.splitlines()[1])["row"] == 5


@pytest.mark.usefixtures("published")
def test_bad_rows_and_odd_countries_are_warned_of(capsys, people: Path):
    people.write_text(TABLE + "Rossi, Anna,IT,f\nMaria,Atlantis,f\n")

    code, _, err = run(capsys, "check", str(people), *SEX)

    assert code == 0
    assert f"warning: {people}: 1 of 8 rows cannot be read and are not compared" in err
    assert "1 row has a country that is not understood ('Atlantis')" in err
    assert "Rossi" not in err


@pytest.mark.usefixtures("published")
def test_control_characters_of_a_name_do_not_reach_the_terminal(capsys, people: Path):
    people.write_text("name,gender\nJohn \x1b[31mSmith,f\n")

    out = run(capsys, "check", str(people))[1]

    assert "Smith" in out
    assert "\x1b" not in out


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("content", "options", "parts"),
    [
        (None, SEX, ["no file", "check the path"]),
        (
            TABLE.replace("sex", "kind"),
            (),
            ["no column gender", "--gender-column", "'name', 'country', 'kind'"],
        ),
        ("name,sex\n", SEX, ["has columns but no people"]),
        ("name,sex\nMaria,1\nJohn,2\n", SEX, ["none of 2 rows ('1' 1, '2' 1)", "write female"]),
        (TABLE, (*SEX, "--threshold", "0.3"), ["threshold 0.3", "from 0.5 to 1"]),
    ],
)
def test_invalid_input_is_reported_in_one_line(
    capsys, people: Path, content: str | None, options: tuple[str, ...], parts: list[str]
):
    people.unlink() if content is None else people.write_text(content)

    assert_reported_in_one_line(run(capsys, "check", str(people), *options), *parts)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        ("-", "use --json"),
        ("none/out.csv", "create it first"),
        ("people.csv", "name another file"),
        ("out.doc", "unknown table format"),
    ],
)
def test_unusable_output_is_reported_before_the_work(
    capsys, people: Path, target: str, remedy: str
):
    out = target if target == "-" else str(people.parent / target)

    assert_reported_in_one_line(run(capsys, "check", str(people), *SEX, "--out", out), remedy)
    assert people.read_text() == TABLE


def test_number_of_rows_to_print_is_checked(capsys):
    code, _, err = run(capsys, "check", "people.csv", "--most", "-1")

    assert code == 2
    assert "--most" in err
