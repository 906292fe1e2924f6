"""What must hold of a command and of the API whatever the bytes of a file are."""

import gzip
import json
import random
import re
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from gender_detection.errors import InvalidInput
from tests.cli.command_line import run
from tests.common.csv_texts import csv_rows, delimiter_of
from tests.common.mutations import mutated

TARGETS = ("csv", "csv", "tsv", "jsonl", "parquet", "arrow", "csv.gz", "xlsx")
OPTIONS: tuple[tuple[str, ...], ...] = (
    (), (), (), (), ("--encoding", "utf-8"), ("--encoding", "cp1252"), ("--delimiter", ";"),
    ("--no-header", "--name-column", "2"), ("--several", ";"), ("--name-column", "id"),
    ("--country", "IT"), ("--no-country",),
)  # fmt: skip
_ROWS = re.compile(r"^([0-9,]+) rows in ", re.MULTILINE)
_ABOVE = re.compile(r"left out (a|\d+) lines? above the header")
_PROBLEM = "application/problem+json"


class Outcome(NamedTuple):
    """rows that were written, or else why there are none."""

    rows: int | None
    refusal: str = ""


def scored(capsys: pytest.CaptureFixture[str], folder: Path, kind: str, seed: int) -> Outcome:
    """Score a mutated file; assert that it is refused in words, or that no row is lost."""
    draw = random.Random(f"{kind} {seed}")
    path = folder / f"in.{kind}"
    path.write_bytes(mutated(kind, draw))
    out, options = folder / f"out.{draw.choice(TARGETS)}", draw.choice(OPTIONS)
    before = {entry.name for entry in folder.iterdir()}
    code, printed, err = run(capsys, "score", str(path), str(out), "--jobs", "1", *options)
    assert "Traceback" not in err
    made = {entry.name for entry in folder.iterdir()} - before
    if code:
        last = err.splitlines()[-1]
        assert (code, printed, made) == (1, "", set())
        assert last.startswith("error: "), last
        assert len(last) > 20, last
        assert path.name in last, last
        assert "Errno" not in last, last
        return Outcome(None, last)
    assert made == {out.name}
    told = _ROWS.search(printed)
    assert told is not None, printed
    rows = int(told[1].replace(",", ""))
    assert rows == _rows_written(out), "rows written"
    _assert_same_rows_read_otherwise(capsys, path, rows, options)
    if kind == "csv" and not options and out.suffix == ".csv" and "read as" not in err:
        _assert_each_line_is_kept_or_told(path.read_bytes(), out.read_bytes(), err)
    out.unlink()
    return Outcome(rows)


def _rows_written(out: Path) -> int:
    """Count the rows of a table by other means than those that wrote it."""
    kind = out.name.partition(".")[2]
    if kind == "parquet":
        return int(pq.read_metadata(out).num_rows)
    if kind == "arrow":
        return int(pa.ipc.open_file(out).read_all().num_rows)
    if kind == "xlsx":
        return int(openpyxl.load_workbook(out).active.max_row) - 1
    body = gzip.decompress(out.read_bytes()) if kind.endswith("gz") else out.read_bytes()
    if kind == "jsonl":
        return len([json.loads(line) for line in body.split(b"\n")[:-1]])
    text = body.decode().removeprefix("\ufeff")
    return len(csv_rows(text, delimiter_of(text))) - 1


def _assert_same_rows_read_otherwise(
    capsys: pytest.CaptureFixture[str], path: Path, rows: int, options: tuple[str, ...]
) -> None:
    code, printed, err = run(capsys, "aggregate", str(path), "--json", *options)
    assert "Traceback" not in err
    if not rows:
        assert code == 1
        assert "no people" in err
        return
    assert code == 0, err
    assert json.loads(printed)["total"]["n"] == rows, "rows of aggregate"


def _assert_each_line_is_kept_or_told(body: bytes, written: bytes, err: str) -> None:
    """Rows of CSV are copied: each line of the input is in the output, or is said to be left out.

    Blank lines may be missing. The text is UTF-8, but for damaged bytes.
    """
    lines = body.count(b"\n") + (not body.endswith(b"\n"))
    above = _ABOVE.search(err)
    left_out = 0 if above is None else 1 if above[1] == "a" else int(above[1])
    left_out += "left out the first line" in err
    blank = sum(not line.rstrip(b"\r") for line in body.split(b"\n"))
    kept = written.count(b"\n") + (not written.endswith(b"\n"))
    assert lines - left_out - blank <= kept <= lines - left_out, "lines"


def posted(client: FlaskClient, kind: str, seed: int) -> Outcome:
    """Send a mutated file to the API; assert that it is refused in words, or has all its rows."""
    draw = random.Random(f"{kind} {seed}")
    body = mutated(kind, draw)
    if kind == "arrows":
        return _posted_arrow(client, body)
    charset = draw.choice(["", "", "; charset=utf-8", "; charset=cp1252", "; charset=utf-16"])
    response = client.post("/predict", data=body, content_type=f"text/csv{charset}")
    grouped = client.post("/aggregate", data=body, content_type=f"text/csv{charset}")
    assert grouped.status_code == response.status_code
    if response.status_code != 200:
        return _refusal(response)
    text = response.text.removeprefix("\ufeff")
    rows = len(csv_rows(text, delimiter_of(text))) - 1
    assert json.loads(grouped.text)["total"]["n"] == rows
    return Outcome(rows)


def _posted_arrow(client: FlaskClient, body: bytes) -> Outcome:
    response = client.post(
        "/predict", data=body, content_type="application/vnd.apache.arrow.stream"
    )
    if response.status_code != 200:
        return _refusal(response)
    try:
        answered = pa.ipc.open_stream(response.data).read_all()
    except InvalidInput as err:
        return Outcome(None, str(err))  # the server breaks off the transfer
    assert answered.num_rows == pa.ipc.open_stream(body).read_all().num_rows
    return Outcome(answered.num_rows)


def _refusal(response) -> Outcome:
    assert 400 <= response.status_code < 500, response.status_code
    assert response.content_type == _PROBLEM
    assert response.json["detail"]
    return Outcome(None, response.json["detail"])
