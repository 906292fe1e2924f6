"""Damage that mutated files (tests/common/test_mutated_files.py) have shown to be mishandled."""

import csv
import gc
import io
import json
import sys
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.tables import Columns, excel, format_of, json_lines, read_csv
from gender_detection.tables.readers import open_source
from tests.bibliographies import reading
from tests.tables.table_examples import write

DEEP = "[" * 70_000


def test_header_with_odd_quotes_is_written_as_other_programs_read_it():
    table = read_csv(io.BytesIO(b'\xef\xbb\xbf"na"me,"a, "b",c\nMaria,x,y\n'))

    assert table.columns == ("name", 'a, b"', "c")
    (header,) = csv.reader([table.header.decode("utf-8-sig")], strict=True)
    assert tuple(header) == table.columns
    assert table.header.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("header", [b"name,x", b'"name","a ""b"""', b"name,x\ty"])
def test_header_with_usual_quotes_is_left_as_it_is(header: bytes):
    assert read_csv(io.BytesIO(header + b"\nMaria,x\n")).header == header


@pytest.mark.parametrize("name", ["na\\me", 'na"me', "na\nme"])
def test_field_with_a_name_that_cannot_be_read_is_named(name: str):
    with pytest.raises(InvalidInput, match=r"the name of the field .* rename it"):
        json_lines.LineReader(Columns(name=name))


def test_line_that_is_nested_too_deep_is_a_bad_row():
    lines = json_lines.LineReader(Columns(name="name"))
    text = f'{{"name": "Maria"}}\n{{"name": "John", "x": {DEEP}\n'.encode()

    cells, kept, bad = lines.read(text)

    assert bad == [False, True]
    assert cells.to_pylist() == [{"name": "Maria"}, {"name": None}]
    assert json.loads(kept[1])["line"].endswith(DEEP)


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [70, 600])
def test_field_that_is_nested_too_deep_is_no_column(opened: str, closed: str, depth: int):
    line = f'{{"x": {opened * depth}1{closed * depth}}}'.encode()

    with pytest.raises(InvalidInput, match=r"within each other.*write \.jsonl instead"):
        json_lines.schema_of(line)


def test_unfinished_sheet_leaves_no_rows_and_no_traceback(monkeypatch, tmp_path: Path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    noticed: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", noticed.append)
    target = excel.ExcelTarget(tmp_path / "out.xlsx", ["name"])
    target.write([["Maria"]])

    target.close()
    del target
    gc.collect()

    assert not list(tmp_path.iterdir())
    assert not noticed


@pytest.mark.parametrize("sign", ["\0", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_sign_that_a_workbook_cannot_hold_is_replaced(tmp_path: Path, sign: str):
    target = excel.ExcelTarget(tmp_path / "out.xlsx", ["name"])
    target.write([[f"Ma{sign}ria"]])
    target.finish()

    assert openpyxl.load_workbook(tmp_path / "out.xlsx").active["A2"].value == "Ma\ufffdria"


@pytest.mark.parametrize("end", ["ER  - x", "ER x", "ER  \x1c"])
@pytest.mark.parametrize("ending", ["ris", "ciw", "nbib"])
def test_line_that_only_the_parser_takes_for_an_end_loses_no_author(
    tmp_path: Path, end: str, ending: str
):
    begin, last = {"ris": ("TY  - JOUR", "ER  - "), "ciw": ("PT J", "ER"), "nbib": ("PMID- 1", "")}[
        ending
    ]
    tag = {"ris": "AU  - ", "ciw": "AU ", "nbib": "FAU - "}[ending]
    lines = [begin, f"{tag}Rossi, Maria", end, f"{tag}Smith, John", last, ""]
    rows, told = reading.read(tmp_path / f"works.{ending}", "\n".join(lines))

    names = [row["name"] for row in rows]
    assert any("Rossi, Maria" in name for name in names)
    assert told or "Smith, John" in names


@pytest.mark.parametrize("ending", ["parquet", "arrow", "arrows"])
@pytest.mark.parametrize("text", ["who", "Bob"], ids=["name of a column", "cell"])
def test_text_that_is_not_utf8_is_damage(tmp_path: Path, ending: str, text: str):
    path = tmp_path / f"people.{ending}"
    write(path, pa.table({"name": ["Maria"], "who": ["Bob"]}))
    path.write_bytes(path.read_bytes().replace(text.encode(), b"\xffho"))

    with pytest.raises(InvalidInput, match="or is damaged: write it again"):
        list(open_source(path, format_of(path)).blocks(None))


def test_finished_sheet_can_be_closed(tmp_path: Path):
    target = excel.ExcelTarget(tmp_path / "out.xlsx", ["name"])
    target.write([["Maria"]])
    target.finish()
    target.close()

    assert openpyxl.load_workbook(tmp_path / "out.xlsx").active.max_row == 2
