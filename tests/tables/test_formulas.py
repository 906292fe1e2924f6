"""Text that a spreadsheet would read as a formula is reported, and escaped on request."""

import csv
import functools
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.model import Model
from gender_detection.scoring.block_scorer import Scorer
from gender_detection.scoring.file_job import JobOptions, Plan
from gender_detection.scoring.process_pool import InProcess, Workers
from gender_detection.tables import format_of

LINK = '=HYPERLINK("http://example.com/","Maria")'
FORMULAS = [LINK, "+49 30 123", "-1+1", "@SUM(A1)", "\tx", "\rx", "--1", "+", "-5;6"]
INERT = ["Maria", "-5", "+5", "-1.5", "-1,5", "-1e-05", "x=1", " =1", "'=1", "", None]
ESCAPING = JobOptions(escape_formulas=True)


def scored(
    model: Model, path: Path, out: Path, options: JobOptions | None = None, jobs: int = 1
) -> int:
    """Score a table into a file; return how many formulas were counted."""
    scorer = functools.partial(Scorer, model)
    workers = InProcess(scorer) if jobs == 1 else Workers(scorer, jobs)
    try:
        plan = Plan(path, format_of(path), format_of(out), options or JobOptions())
        plan.run(out, workers, lambda rows: None)
        plan.close()
    finally:
        workers.close()
    return plan.formulas


def rows(path: Path) -> list[list[str]]:
    delimiter = "\t" if path.suffix == ".tsv" else ","
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter=delimiter))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A table with formulas in a header, in names, in a dictionary, in bytes; and numbers."""
    texts = [*FORMULAS, *INERT]
    table = pa.table(
        {
            "name": texts,
            "=title": pa.array(texts).dictionary_encode(),
            "bytes": pa.array([text and text.encode() for text in texts], pa.binary()),
            "large": pa.array(texts, pa.large_string()),
            "-7": [-7] * len(texts),
            "f": [-0.5] * len(texts),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    return tmp_path / "in.parquet"


@pytest.mark.parametrize("form", ["csv", "tsv"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_formulas_get_an_apostrophe_on_request(tiny_model, tmp_path, path, form, jobs):
    out = tmp_path / f"out.{form}"

    assert scored(tiny_model, path, out, ESCAPING, jobs) == 0

    header, *body = rows(out)
    assert header[:6] == ["name", "'=title", "bytes", "large", "-7", "f"]
    expected = ["'" + text for text in FORMULAS] + [text or "" for text in INERT]
    for column in range(4):
        assert [row[column] for row in body] == expected
    assert {(row[4], row[5]) for row in body} == {("-7", "-0.5")}


@pytest.mark.parametrize("jobs", [1, 2])
def test_formulas_are_counted_by_default(tiny_model, tmp_path, path, jobs):
    out = tmp_path / "out.csv"

    assert scored(tiny_model, path, out, jobs=jobs) == 4 * len(FORMULAS) + 1

    header, *body = rows(out)
    assert header[1] == "=title"
    assert body[0][0] == LINK


def test_text_of_a_workbook_does_not_become_a_formula(tiny_model: Model, tmp_path: Path):
    path, out = tmp_path / "in.xlsx", tmp_path / "out.csv"
    book = openpyxl.Workbook()
    book.active.append(["name", "phone", "n"])
    book.active.append(["x", "+49 30 123", -5])
    book.active["A2"].value = LINK
    book.active["A2"].data_type = "s"
    book.save(path)

    assert scored(tiny_model, path, out) == 2
    assert rows(out)[1][:3] == [LINK, "+49 30 123", "-5"]
    assert scored(tiny_model, path, out, ESCAPING) == 0
    assert rows(out)[1][:3] == ["'" + LINK, "'+49 30 123", "-5"]


def test_formulas_of_json_lines_are_escaped_too(tiny_model: Model, tmp_path: Path):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.csv"
    path.write_text('{"name": "=1+1", "n": -5, "x": ["=1"]}\n')

    scored(tiny_model, path, out, ESCAPING)

    assert rows(out)[1][:3] == ["'=1+1", "-5", '["=1"]']


def test_csv_bytes_are_kept_and_csv_with_another_delimiter_is_escaped(tiny_model, tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("name\n=1+1\n")

    assert scored(tiny_model, path, tmp_path / "same.csv") == 0
    assert rows(tmp_path / "same.csv")[1][0] == "=1+1"
    assert scored(tiny_model, path, tmp_path / "other.tsv") == 0
    assert rows(tmp_path / "other.tsv")[1][0] == "=1+1"
    scored(tiny_model, path, tmp_path / "other.tsv", ESCAPING)
    assert rows(tmp_path / "other.tsv")[1][0] == "'=1+1"


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        ("csv", "csv", "rows of CSV are copied unchanged"),
        ("csv", "csv.gz", "rows of CSV are copied unchanged"),
        ("csv", "parquet", r"is only for writing \.csv and \.tsv"),
        ("csv", "jsonl", r"is only for writing \.csv and \.tsv"),
        ("csv", "xlsx", r"is only for writing \.csv and \.tsv"),
    ],
)
def test_escaping_that_would_change_nothing_is_refused(tmp_path, source, target, why):
    path = tmp_path / f"in.{source}"
    path.write_text("name\n=1+1\n")

    with pytest.raises(InvalidInput, match=why):
        Plan(path, format_of(path), format_of(tmp_path / f"out.{target}"), ESCAPING)
