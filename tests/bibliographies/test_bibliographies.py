"""What holds for bibliographies of all formats, and for the command that scores them."""

import gzip
import sys

import pyarrow.csv
import pytest

from gender_detection import bibliographies
from gender_detection.bibliographies import json_works, lines, rows
from gender_detection.bibliographies import read as read_bibliography
from gender_detection.errors import InvalidInput
from gender_detection.scoring.file_job import JobOptions, Plan
from gender_detection.tables import format_of, is_table, written_format_of
from gender_detection.tables.text_layout import TextOptions
from tests.bibliographies.reading import column, opened, read
from tests.tables.test_forms import run

BIB = "@misc{a, author = {Rossi, Anna and Bianchi, Maria}, year = 2020}\n"


@pytest.mark.parametrize("ending", ["bib", "ris", "nbib", "ciw"])
def test_a_file_without_entries_is_refused_with_the_remedy(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    with pytest.raises(InvalidInput, match=r"names no author of a work.* exported in the format"):
        opened(path, "<html>Please log in</html>\n")


def test_the_refusal_says_what_was_found(tmp_path):
    with pytest.raises(InvalidInput, match=r"\(entries without authors: 1\)"):
        opened(tmp_path / "a.bib", "@book{a, editor = {Rossi, Anna}}")


@pytest.mark.parametrize("ending", ["bib", "ris", "nbib", "ciw", "txt", "json", "bib.gz"])
def test_bibliographies_are_not_written(tmp_path, ending):
    with pytest.raises(InvalidInput, match=r"bibliographies are only read: .*\.csv"):
        written_format_of(tmp_path / f"out.{ending}")


def test_a_folder_of_tables_may_hold_notes_and_settings(tmp_path):
    assert not any(is_table(tmp_path / name) for name in ("a.txt", "a.json"))
    surely = ("a.csv", "a.bib", "a.RIS.gz", "a.nbib", "a.ciw")
    assert all(is_table(tmp_path / name) for name in surely)


def test_authors_are_answered(tmp_path, tiny_model):
    path, out = tmp_path / "a.bib", tmp_path / "out.csv"
    path.write_text(BIB)

    run(tiny_model, path, out, options=JobOptions())

    table = pyarrow.csv.read_csv(out).to_pydict()
    assert table["name"] == ["Rossi, Anna", "Bianchi, Maria"]
    assert table["gender"] == ["female", "female"]
    assert table["position"] == ["first", "last"]


def test_names_that_are_not_utf8_are_bad_rows_and_the_lines_are_told(tmp_path, tiny_model):
    path, out = tmp_path / "a.bib", tmp_path / "out.csv"
    other = BIB.replace("{a,", "{b,").encode()
    path.write_bytes(BIB.replace("Maria", "Mar\xeda").encode("latin-1") + other)
    options = JobOptions(text=TextOptions(encoding="utf-8"))
    plan = Plan(path, format_of(path), format_of(out), options)
    assert plan.skipped_content == "lines that are not in UTF-8: 1 (the first: line 1)"
    plan.close()

    run(tiny_model, path, out, options=options)

    reasons = pyarrow.csv.read_csv(out).to_pydict()["reason"]
    assert [reason or "" for reason in reasons] == ["", "bad_row", "", ""]


def test_another_encoding_is_found_out(tmp_path):
    source = opened(tmp_path / "a.bib", BIB.replace("Maria", "Mar\xeda").encode("latin-1"))

    assert source.note == "a row for each author of a work; read as windows-1252"
    source.close()


def test_where_the_encoding_is_not_certain_the_lines_are_told_with_the_option(tmp_path):
    source = opened(tmp_path / "a.bib", BIB.replace("Maria", "Ana\xefs").encode("latin-1"))

    assert "--encoding windows-1252" in (source.note or "")
    assert source.skipped_content == "lines that are not in UTF-8: 1 (the first: line 1)"
    source.close()


@pytest.mark.parametrize(
    "second", ["{A, doi = {10.1/x},", "{c, title = {An Invented Title, with a rest},"]
)
def test_works_that_repeat_are_kept_and_told(tmp_path, second):
    first = BIB.replace("{a,", "{b, doi = {10.1/x}, title = {An {I}nvented Title, With a Rest},")

    rows, skipped = read(tmp_path / "a.bib", first + BIB.replace("{a,", second))

    assert len(rows) == 4
    assert skipped == "works that are there more than once, and are counted each time: 1"


def test_utf16_is_read(tmp_path):
    rows, _ = read(tmp_path / "a.bib", BIB.encode("utf-16"))

    assert column(rows, "name") == ["Rossi, Anna", "Bianchi, Maria"]


def test_text_of_another_kind_is_a_table(tmp_path):
    source = opened(tmp_path / "a.txt", "name\tcountry\nAnna Rossi\tIT\n")

    assert source.columns == ("name", "country")


def test_compressed_files_are_read(tmp_path):
    rows, _ = read(tmp_path / "a.bib.gz", gzip.compress(BIB.encode()))

    assert column(rows, "name") == ["Rossi, Anna", "Bianchi, Maria"]


def test_batches_hold_whole_works(monkeypatch):
    monkeypatch.setattr(rows, "BATCH_ROWS", 3)
    text = BIB.encode().splitlines(keepends=True) * 4

    batches = [len(batch) for batch, _ in read_bibliography(bibliographies.BIBTEX, text).batches()]

    assert batches == [4, 4]


def test_authors_without_a_name_are_left_out_and_told(tmp_path):
    rows, skipped = read(tmp_path / "a.ris", "TY  - JOUR\nAU  - \nAU  - Rossi, Anna\nER  - \n")

    assert column(rows, "name") == ["Rossi, Anna"]
    assert skipped == "authors without a name, left out: 1"


@pytest.mark.parametrize("kind", ["bib", "ris"])
def test_an_endless_entry_is_refused_with_its_line(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(lines, "LONGEST_ENTRY", 100)
    text = {"bib": "\n@misc{a,\n", "ris": "\nTY  - JOUR\n"}[kind] + "TI  - more\n" * 20

    with pytest.raises(InvalidInput, match="entry that begins in line 2 has more than 100"):
        opened(tmp_path / f"a.{kind}", text)


def test_an_endless_line_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bibliographies, "LONGEST_LINE", 30)

    with pytest.raises(InvalidInput, match="a line is longer than 30 bytes"):
        opened(tmp_path / "a.bib", BIB)


def test_a_document_that_is_too_large_is_refused_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(json_works, "MOST_BYTES", 30)

    with pytest.raises(InvalidInput, match=r"more than 30 bytes: .*\.jsonl"):
        opened(tmp_path / "a.json", '[{"author": [{"family": "Rossi"}]}]')


@pytest.mark.parametrize(
    ("module", "package", "ending"),
    [("bibtex", "pybtex", "bib"), ("tagged", "rispy", "ris"), ("tagged", "rispy", "ciw")],
)
def test_a_missing_parser_is_named(tmp_path, monkeypatch, module, package, ending):
    monkeypatch.delitem(sys.modules, f"gender_detection.bibliographies.{module}", raising=False)
    for loaded in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.setitem(sys.modules, loaded, None)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(InvalidInput, match=f"run 'pip install {package}'"):
        opened(tmp_path / f"a.{ending}", BIB)
