"""score reads text tables as people have them, and says how; options help where it cannot tell."""

import gzip
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from gender_detection.scoring import ANSWERS
from tests.cli.command_line import assert_reported_in_one_line, run

pytestmark = pytest.mark.usefixtures("published", "pandas_as_it_is")

ROWS = ["Maria;Köln;IT", "John Smith;Málaga;US", "Andrea;Zürich;IT", "Ünal;Straßburg;DE"]
TABLE = "\n".join(["name;city;country", *ROWS, ""])
READING = "reading names from 'name', countries from 'country'"
BOM = "\ufeff"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"


def scored(capsys, path: Path, out: Path, *options: str) -> tuple[list[str], str]:
    """Return the lines written and what is printed as a note."""
    code, _, err = run(capsys, "score", str(path), str(out), *options)
    assert code == 0, err
    return out.read_text(encoding="utf-8").splitlines(), err.removeprefix(f"{path}: ")


@pytest.fixture
def expected(capsys, tmp_path: Path) -> list[str]:
    """The lines that the table becomes in UTF-8."""
    path = tmp_path / "plain.csv"
    path.write_text(TABLE, encoding="utf-8")
    lines, err = scored(capsys, path, tmp_path / "plain_out.csv")
    assert err == READING + "\n"
    assert lines[0] == ";".join(["name;city;country", *ANSWERS])
    assert [line.startswith(row + ";") for line, row in zip(lines[1:], ROWS, strict=True)]
    return lines


@pytest.mark.parametrize("name", ["people.csv", "people.txt", "people.csv.gz"])
@pytest.mark.parametrize(
    ("encoding", "options", "note"),
    [
        ("cp1252", [], "; read as windows-1252"),
        ("cp1252", ["--encoding", "latin-1"], "; read as latin-1"),
        ("utf-16-le", [], "; read as utf-16-le"),
        ("cp850", ["--encoding", "cp850"], "; read as cp850"),
    ],
)
def test_encoding_is_found_or_declared(
    capsys, tmp_path, out, expected, name: str, encoding: str, options: list[str], note: str
):
    path = tmp_path / name
    body = TABLE.encode(encoding)
    path.write_bytes(gzip.compress(body) if name.endswith("gz") else body)

    assert scored(capsys, path, out, *options) == (expected, READING + note + "\n")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_unicode_text_of_excel_is_read_and_its_mark_is_kept(
    capsys, tmp_path, out, expected, jobs: str
):
    path = tmp_path / "people.txt"
    path.write_text(TABLE.replace(";", "\t"), encoding="utf-16", newline="\r\n")
    lines, err = scored(capsys, path, out, "--jobs", jobs)

    assert err == READING + "; read as utf-16-le\n"
    assert lines == [BOM * (at == 0) + line.replace(";", "\t") for at, line in enumerate(expected)]
    assert out.read_bytes().count(b"\r\n") == len(expected)


@pytest.mark.parametrize(
    ("above", "note"),
    [
        ("sep=;\n", "left out the first line, sep=;"),
        ("People 2026\n\n", "left out 2 lines above the header"),
        ("sep=;\nPeople\n", "left out the first line, sep=;; left out a line above the header"),
    ],
)
def test_lines_above_the_header_are_not_written_but_told(
    capsys, tmp_path, out, expected, above: str, note: str
):
    path = tmp_path / "people.csv"
    path.write_text(above + TABLE, encoding="utf-8")

    assert scored(capsys, path, out) == (expected, f"{READING}; {note}\n")


def test_columns_have_numbers_without_a_header(capsys, tmp_path, out, expected):
    path = tmp_path / "people.csv"
    path.write_text("\n".join(ROWS), encoding="utf-8")
    options = ["--no-header", "--name-column", "1", "--country-column", "3"]
    lines, err = scored(capsys, path, out, *options)

    assert lines[0] == ";".join(["column_1;column_2;column_3", *ANSWERS])
    assert lines[1:] == expected[1:]
    assert err == "reading names from 'column_1', countries from 'column_3'\n"
    assert run(capsys, "score", str(path), str(tmp_path / "out.parquet"), *options)[0] == 0
    assert pq.read_table(tmp_path / "out.parquet")["column_2"].to_pylist()[0] == "Köln"


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (["--no-header"], ["--no-header", "needs the number", "--name-column 1", "3 columns"]),
        (["--no-header", "--name-column", "9"], ["no column 'column_9'", "'column_1'"]),
        (["--encoding", "klingon"], ["unknown encoding 'klingon'", "windows-1252"]),
        (["--delimiter", "ab"], ["'ab' cannot separate cells", "use a sign"]),
    ],
)
def test_options_that_do_not_fit_are_reported(capsys, tmp_path, out, options, parts):
    path = tmp_path / "people.csv"
    path.write_text(TABLE, encoding="utf-8")

    assert_reported_in_one_line(run(capsys, "score", str(path), str(out), *options), *parts)
    assert not out.exists()


def test_uncertain_encoding_is_asked_for_and_then_read(capsys, tmp_path, out):
    path = tmp_path / "people.csv"
    path.write_bytes("name\nMaria\nAna Muñoz\n".encode("cp1252"))

    asked = run(capsys, "score", str(path), str(out))
    assert_reported_in_one_line(
        asked, str(path), "may be windows-1252 or windows-1250", "--encoding"
    )
    lines, _ = scored(capsys, path, out, "--encoding", "windows-1252")
    assert lines[2].startswith("Ana Muñoz,")


@pytest.mark.parametrize("delimiter", ["tab", "\\t", "\t"])
def test_tab_can_be_declared_in_words(capsys, tmp_path, out, expected, delimiter):
    path = tmp_path / "people.csv"
    path.write_text(TABLE.replace(";", "\t"), encoding="utf-8")

    lines, _ = scored(capsys, path, out, "--delimiter", delimiter)
    assert lines == [line.replace(";", "\t") for line in expected]


def test_txt_files_beside_tables_are_left_alone(capsys, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "people.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "in" / "readme.txt").write_text("People of the congress\n")

    assert run(capsys, "score", str(tmp_path / "in"), str(tmp_path / "out"))[0] == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["people.csv"]


@pytest.mark.parametrize("mark", ["", BOM])
def test_byte_order_mark_is_written_once(capsys, tmp_path, out, expected, mark):
    path = tmp_path / "people.csv"
    path.write_text(mark + TABLE, encoding="utf-8")

    assert scored(capsys, path, out, "--bom")[0] == [BOM + expected[0], *expected[1:]]
    assert scored(capsys, path, tmp_path / "out.tsv", "--bom")[0][0].startswith(BOM + "name\t")


def test_options_of_text_are_refused_for_other_formats(capsys, tmp_path, out):
    path, other = tmp_path / "people.csv", tmp_path / "people.parquet"
    path.write_text(TABLE, encoding="utf-8")
    lines = tmp_path / "people.jsonl"
    assert run(capsys, "score", str(path), str(other))[0] == 0
    assert run(capsys, "score", str(path), str(lines))[0] == 0

    bom = run(capsys, "score", str(path), str(tmp_path / "out.parquet"), "--bom")
    assert_reported_in_one_line(bom, "--bom is only for writing .csv")
    for source, option in (
        (other, "--no-header"),
        (other, "--delimiter=;"),
        (lines, "--no-header"),
    ):
        refused = run(capsys, "score", str(source), str(out), option)
        assert_reported_in_one_line(refused, str(source), option[:11], "leave them out")
    refused = run(capsys, "score", str(other), str(out), "--encoding", "cp1252")
    assert_reported_in_one_line(refused, str(other), "--encoding is only for files of text")


@pytest.mark.parametrize(
    ("encoding", "options", "note"),
    [
        ("utf-8-sig", [], ""),
        ("utf-16", [], "; read as utf-16-le"),
        ("cp1252", ["--encoding", "cp1252"], "; read as cp1252"),
    ],
)
def test_json_lines_may_have_a_mark_or_another_encoding(
    capsys, tmp_path, encoding: str, options: list[str], note: str
):
    path, out = tmp_path / "people.jsonl", tmp_path / "out.jsonl"
    path.write_text('{"name": "Maria"}\n{"name": "José"}\n', encoding=encoding)
    lines, err = scored(capsys, path, out, *options)

    assert err == f"reading names from 'name'{note}\n"
    assert [json.loads(line)["name"] for line in lines] == ["Maria", "José"]
    assert json.loads(lines[0])["gender"] == "female"


def test_json_line_that_cannot_be_decoded_is_a_bad_row(capsys, tmp_path):
    path, out = tmp_path / "people.jsonl", tmp_path / "out.jsonl"
    path.write_bytes(b'{"name": "Maria"}\n{"name": "Jos\x81"}\n{"name": "Maria"}\n')
    lines, _ = scored(capsys, path, out, "--encoding", "cp1252")

    assert [json.loads(line)["reason"] for line in lines] == [None, "bad_row", None]
