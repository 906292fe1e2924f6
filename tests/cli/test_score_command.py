"""gender-detection score appends answers to a table in a file, and leaves no half of one."""

import json
import stat
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gender_detection.scoring import ANSWERS
from tests.cli.command_line import assert_reported_in_one_line, run

TABLE = "name,country\nMaria,IT\nAndrea,IT\nJ. R.,DE\nJohn\nKim,\n"
HEADER = ",".join(["name", "country", *ANSWERS])

pytestmark = pytest.mark.usefixtures("published", "pandas_as_it_is")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(TABLE)
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "made").mkdir()
    return tmp_path / "made" / "out.csv"


def genders(path: Path) -> list[str]:
    return [line.split(",")[2] for line in path.read_text().splitlines()[1:]]


def test_rows_are_answered_bad_ones_are_kept_and_a_summary_is_printed(capsys, people, out):
    code, printed, err = run(capsys, "score", str(people), str(out))

    assert code == 0
    assert err == f"{people}: reading names from 'name', countries from 'country'\n"
    assert out.read_text().splitlines() == [
        HEADER,
        "Maria,IT,female,0.998,0.998,name,",
        "Andrea,IT,male,0.996,0.004,country,",
        "J. R.,DE,unknown,,,,initials",
        "John,,unknown,,,,bad_row",
        "Kim,,unknown,0.5098,0.5098,name,ambiguous",
    ]
    rows, answered, unknown, women, *warnings = printed.splitlines()
    assert rows.startswith("5 rows in ")
    assert rows.endswith(" rows/s)")
    assert answered == "answered: 2 (40.0%)"
    assert unknown == "unknown: 3 (ambiguous 1, initials 1, bad_row 1)"
    assert women.startswith("women: ")
    assert "95% interval" in women
    assert "estimated from 3 rows with a probability" in women
    assert all(line.startswith("warning: ") for line in warnings)
    assert list(out.parent.iterdir()) == [out]


def test_options_are_those_of_the_other_commands(capsys, people, out):
    people.write_text("name,country\nAndrea,\nKim,US\nAndrea,DE\n")
    run(capsys, "score", str(people), str(out), "--country", "it", "--female-share", "0.01")
    assert genders(out) == ["male", "male", "unknown"]

    run(capsys, "score", str(people), str(out), "--no-country", "--threshold", "0.5")
    assert genders(out)[0] == genders(out)[2] != "unknown"


def test_named_columns_are_used(capsys, people, out):
    people.write_text("name,country,who,born,called,house\nx,US,Andrea,IT,Maria,Smith\n")

    def output(*options: str) -> str:
        code, _, err = run(capsys, "score", str(people), str(out), *options)
        assert code == 0
        return err.partition(": ")[2].strip()

    who = output("--name-column", "who", "--country-column", "born")
    assert who == "reading names from 'who', countries from 'born'"
    assert ",male," in out.read_text()
    parts = output("--given-name-column", "called", "--family-name-column", "house")
    assert parts == (
        "reading given names from 'called', family names from 'house', countries from 'country'"
    )
    assert ",female," in out.read_text()
    assert output("--no-country") == "reading names from 'name'"


@pytest.mark.parametrize(
    ("content", "options", "parts"),
    [
        (None, [], ["no file", "check the path"]),
        ("", [], ["the table is empty"]),
        ("year\n2020\n", [], ["no column holds names"]),
        (TABLE, ["--name-column", "who"], ["no column 'who'", "'name', 'country'"]),
        (TABLE, ["--threshold", "0.3"], ["threshold 0.3", "from 0.5 to 1"]),
        ("name,gender,Predicted_Gender\nx,y,z\n", [], ["rename it"]),
        ("name\n" + "x" * 17_000_000, [], ["a row is longer than"]),
    ],
)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_invalid_input_is_reported_in_one_line(
    capsys, people, out, content: str | None, options: list[str], parts: list[str], jobs: str
):
    people.unlink() if content is None else people.write_text(content)

    code, printed, err = run(capsys, "score", str(people), str(out), "--jobs", jobs, *options)

    assert_reported_in_one_line((code, printed, err.splitlines(keepends=True)[-1]), *parts)
    assert str(people) in err or "--threshold" in options
    assert not list(out.parent.iterdir())


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("a.csv.gz", b"name\nMaria\n", ["not a complete gzip file"]),
        ("a.parquet", b"PAR1", ["is not in Parquet format", "write it again"]),
        ("a.arrow", b"ARROW1", ["is not in Arrow format"]),
        ("a.arrows", b"", ["is not in Arrow format"]),
        ("a.xlsx", b"PK", ["is not a workbook"]),
        ("a.ods", b"PK\3\4", ["is not a workbook, or it is damaged", "save it again"]),
        ("a.jsonl", b"[1]\n", ["no line is a JSON object"]),
        ("a.doc", b"", ["unknown table format", ".csv", ".gz"]),
        ("a.parquet.gz", b"", ["cannot be compressed as a whole"]),
    ],
)
def test_file_that_does_not_match_its_format_is_reported(
    capsys, tmp_path, out, name, content, parts
):
    pytest.importorskip("openpyxl")
    path = tmp_path / name
    path.write_bytes(content)

    code, printed, err = run(capsys, "score", str(path), str(out))

    assert_reported_in_one_line((code, printed, err), str(path), *parts)
    assert not out.exists()


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("people.csv", ["people.csv is the input itself"]),
        ("made", ["is a folder: name a file in it"]),
        ("none/out.csv", ["no folder", "create it first"]),
        ("out.sav", ["unknown table format"]),
    ],
)
def test_unwritable_output_is_reported(capsys, people, out, target: str, parts):
    result = run(capsys, "score", str(people), str(people.parent / target))

    assert_reported_in_one_line(result, *parts)
    assert people.read_text() == TABLE


def test_existing_output_is_replaced_and_keeps_its_mode(capsys, people, out):
    out.write_text("before")
    out.chmod(0o640)

    assert run(capsys, "score", str(people), str(out))[0] == 0

    assert out.read_text().startswith(HEADER)
    assert stat.S_IMODE(out.stat().st_mode) == 0o640


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs a device")
def test_device_is_written_to_and_not_replaced(capsys, people, tmp_path):
    link = tmp_path / "null.csv"
    link.symlink_to("/dev/null")

    assert run(capsys, "score", str(people), str(link))[0] == 0
    assert link.is_symlink()
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_folder_is_scored_into_a_folder(capsys, tmp_path, people, out):
    source = tmp_path / "in"
    (source / "country=IT").mkdir(parents=True)
    people.rename(source / "a.csv")
    pq.write_table(pa.table({"name": ["Maria"]}), source / "country=IT" / "b.parquet")
    for hidden in ("_SUCCESS", ".a.csv", "notes.md"):
        (source / hidden).write_text("x")
    target = tmp_path / "new" / "scored"

    code, printed, err = run(capsys, "score", str(source), str(target))

    assert (code, err.count("\n")) == (0, 2)
    assert printed.startswith("6 rows in ")
    files = sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file())
    assert files == ["a.csv", "country=IT/b.parquet"]
    assert pq.ParquetFile(target / files[1]).read()["gender"].to_pylist() == ["female"]

    (target / "a.csv").write_text("before")
    (target / "kept.txt").write_text("kept")
    assert run(capsys, "score", str(source), str(target))[0] == 0
    assert (target / "a.csv").read_text().startswith(HEADER)
    assert (target / "kept.txt").read_text() == "kept"
    assert [path.name for path in target.parent.iterdir()] == ["scored"]


def test_bibliographies_of_a_folder_are_read_and_other_files_told(capsys, tmp_path, published):
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "a.csv").write_text("name\nMaria\n")
    (source / "b.bib").write_text("@misc{x, author = {Rossi, Anna}, year = 2020}\n")
    (source / "notes.txt").write_text("not a table\n")

    code, _, err = run(capsys, "score", str(source), str(target))

    assert code == 0
    assert sorted(path.name for path in target.iterdir()) == ["a.csv", "b.bib.csv"]
    assert "female" in (target / "b.bib.csv").read_text()
    assert "1 .txt and .json files are left out (the first: notes.txt)" in err


def test_folder_with_an_unreadable_table_gives_no_output(capsys, tmp_path, people):
    source, target = tmp_path / "in", tmp_path / "scored"
    source.mkdir()
    people.rename(source / "a.csv")
    (source / "b.csv").write_text("x\n1\n")

    code, _, err = run(capsys, "score", str(source), str(target))

    assert code == 1
    assert f"{source / 'b.csv'}: no column holds names" in err
    assert not [path.name for path in tmp_path.iterdir() if "scored" in path.name]
    (source / "a.csv").unlink()
    (source / "b.csv").unlink()
    assert_reported_in_one_line(run(capsys, "score", str(source), str(target)), "has no tables")
    assert_reported_in_one_line(
        run(capsys, "score", str(source), str(source / "x")), "another output folder"
    )


def test_json_lines_are_kept_unchanged(capsys, tmp_path):
    path, out = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    lines = ['{ "x": [1, {"y": 2.50}], "name": "Maria" }', "{}", "nothing", '{"name": 7}']
    path.write_text("\n\n".join(lines))

    code, printed, _ = run(capsys, "score", str(path), str(out))

    assert code == 0
    assert "empty 1, bad_row 2" in printed
    first, second, third, fourth = out.read_text().splitlines()
    assert first.startswith('{ "x": [1, {"y": 2.50}], "name": "Maria" ,"gender":"female",')
    assert second == (
        '{"gender":"unknown","probability":null,"p_female":null,"basis":null,"reason":"empty"}'
    )
    assert json.loads(third)["line"] == "nothing"
    assert json.loads(fourth)["name"] == 7
    assert [json.loads(line)["reason"] for line in (third, fourth)] == ["bad_row", "bad_row"]


def test_json_lines_that_do_not_form_columns_are_reported(capsys, tmp_path, out):
    path = tmp_path / "a.jsonl"
    path.write_text('{"name": "Maria", "x": 1}\n{"name": "John", "x": "1"}\n')

    assert_reported_in_one_line(
        run(capsys, "score", str(path), str(out)), str(path), "write .jsonl"
    )
    path.write_text('{"name": "Maria", "day": "2020-01-01"}\nnothing\n')
    assert run(capsys, "score", str(path), str(out))[0] == 0
    assert out.read_text().splitlines()[1:] == [
        "Maria,2020-01-01,female,0.998,0.998,name,",
        "nothing,,unknown,,,,bad_row",
    ]


def test_workbook_keeps_its_cells(capsys, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    path, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    book = openpyxl.Workbook()
    for row in (["name", "n", None], ["Maria", 7], [None, None], ["John", 0.5, "x"], ["Kim"]):
        book.active.append(row)
    book.create_sheet("more")
    book.save(path)

    code, _, err = run(capsys, "score", str(path), str(out))

    assert code == 0
    assert "only the first sheet, Sheet, is read; 1 more are not" in err
    rows = list(openpyxl.load_workbook(out).active.iter_rows(values_only=True))
    assert rows[0] == ("name", "n", *ANSWERS)
    assert rows[1][:3] == ("Maria", 7, "female")
    assert rows[2] == ("John", "0.5, x", "unknown", None, None, None, "bad_row")
    assert rows[3][:3] == ("Kim", None, "unknown")
    assert len(rows) == 4

    (tmp_path / "c.csv").write_text("name\n=1+1\n\x01Maria\n")
    run(capsys, "score", str(tmp_path / "c.csv"), str(out))
    cells = [row[0] for row in openpyxl.load_workbook(out).active.iter_rows()]
    assert [(cell.value, cell.data_type) for cell in cells[1:]] == [
        ("=1+1", "s"),
        ("\ufffdMaria", "s"),
    ]


@pytest.mark.usefixtures("published")
def test_sheet_above_whose_header_there_is_a_title_is_chosen(capsys, tmp_path, out):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.create_sheet("People")
    for row in (["Participants 2024"], [], ["Vorname", "Nachname"], ["Maria", "Rossi"]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")

    for chosen in ("People", "2"):
        code, _, err = run(capsys, "score", str(tmp_path / "a.xlsx"), str(out), "--sheet", chosen)
        assert code == 0
        assert "left out a row above the header; its header is in row 3" in err
        assert out.read_text().splitlines()[1].startswith("Maria,Rossi,female,")

    refused = run(capsys, "score", str(tmp_path / "a.xlsx"), str(out), "--sheet", "people")
    assert_reported_in_one_line(refused, "a.xlsx has no sheet 'people'", "'Sheet', 'People'")


def test_formulas_from_other_formats_give_a_warning_unless_escaped(capsys, tmp_path, people, out):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"name": ["=1+1", "-5", "@x"]}), path)

    code, _, err = run(capsys, "score", str(path), str(out))
    assert code == 0
    assert err.splitlines()[1:] == [
        f"warning: {out}: a spreadsheet would read 2 cells of text as formulas: add "
        "--escape-formulas if you open the file in one"
    ]
    code, _, err = run(capsys, "score", str(path), str(out), "--escape-formulas")
    assert (code, err) == (0, f"{path}: reading names from 'name'\n")
    assert [line.split(",")[0] for line in out.read_text().splitlines()[1:]] == [
        "'=1+1", "-5", "'@x",
    ]  # fmt: skip

    people.write_text("name\n=1+1\n")
    assert "warning" not in run(capsys, "score", str(people), str(out))[2]
    refused = run(capsys, "score", str(people), str(out), "--escape-formulas")
    assert_reported_in_one_line(refused, str(people), "rows of CSV are copied unchanged")


@pytest.mark.parametrize("library", ["openpyxl", "python_calamine"])
def test_missing_library_is_reported_with_the_remedy(
    capsys, monkeypatch, people, tmp_path, library: str
):
    monkeypatch.setitem(sys.modules, library, None)
    for module in ("excel", "workbook", "sheet_process"):
        monkeypatch.delitem(sys.modules, f"gender_detection.tables.{module}", raising=False)

    code, printed, err = run(capsys, "score", str(people), str(tmp_path / "out.xlsx"))

    assert_reported_in_one_line(
        (code, printed, err.splitlines(keepends=True)[-1]), "pip install openpyxl python-calamine"
    )


def test_semicolons_line_ends_and_byte_order_mark_are_kept(capsys, people, out):
    people.write_bytes("\ufeffname;x\r\nMaria;1,5\r\n".encode())

    assert run(capsys, "score", str(people), str(out))[0] == 0

    header, first, rest = out.read_bytes().split(b"\r\n")
    assert header.decode() == "\ufeffname;x;" + ";".join(ANSWERS)
    assert (first, rest) == (b"Maria;1,5;female;0.998;0.998;name;", b"")


def test_help_lists_formats_and_columns(capsys):
    code, printed, _ = run(capsys, "score", "--help")

    assert code == 0
    for word in (".parquet", ".xlsx", "given_name", "--jobs", "bad_row"):
        assert word in printed


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("target", ["out.csv", "out.jsonl", "out.parquet"])
def test_cell_of_megabytes_affects_only_its_row(capsys, people, tmp_path, target, jobs):
    long = "x" * 2_000_000
    people.write_text(f'name,country\nMaria,IT\n"{long}\n{long}",IT\nMaria,IT\n')
    out = tmp_path / target

    code, printed, _ = run(capsys, "score", str(people), str(out), "--jobs", jobs)

    assert code == 0
    assert printed.startswith("3 rows in ")
    assert "bad_row 1" in printed
    if target == "out.csv":
        answered = "Maria,IT,female,0.998,0.998,name,\n"
        bad = f'"{long}\n{long}",IT,unknown,,,,bad_row\n'
        assert out.read_text() == f"{HEADER}\n{answered}{bad}{answered}"


def test_json_line_of_megabytes_is_kept_and_bad_if_the_name_is_that_long(capsys, tmp_path):
    path, out = tmp_path / "people.jsonl", tmp_path / "out.jsonl"
    long = "x" * 9_000_000
    lines = [{"name": "Maria"}, {"name": long}, {"name": "Maria", "note": long}, {"name": "John"}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    code, _, _ = run(capsys, "score", str(path), str(out))

    answered = [json.loads(line) for line in out.read_text().splitlines()]
    assert code == 0
    assert [line | found for line, found in zip(lines, answered, strict=True)] == answered
    assert [line["reason"] for line in answered] == [None, "bad_row", None, None]


def test_cells_and_rows_of_a_workbook_that_are_not_read_are_reported(capsys, tmp_path, out):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["name"], ["Maria"], [], ["=A1"], ["John"], ["=A1", 2]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")

    _, printed, err = run(capsys, "score", str(tmp_path / "a.xlsx"), str(out))

    # The row that has nothing but a formula is one of the blank rows.
    assert printed.startswith("3 rows in ")
    assert "a.xlsx: blank rows skipped: 2; formulas without a saved value, read as empty: 2" in (
        err
    )


@pytest.mark.usefixtures("published")
def test_cells_that_name_several_people_are_offered_to_be_divided(capsys, tmp_path: Path):
    path, out = tmp_path / "papers.csv", tmp_path / "people.csv"
    path.write_text('name\n"Rossi, Maria; Smith, John"\n')

    _, _, err = run(capsys, "score", str(path), str(out))
    assert "1 of 1 names are those of several people: --several ';'" in err

    code, _, err = run(capsys, "score", str(path), str(out), "--several", ";")
    assert (code, "several people" in err) == (0, False)
    assert [line.split(",")[2:7] for line in out.read_text().splitlines()[1:]] == [
        ["2", "first", "1", "2", "female"],
        ["2", "last", "2", "2", "male"],
    ]
