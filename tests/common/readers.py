"""The commands and the routes that read tables, each reporting the same facts."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from flask.testing import FlaskClient

from gender_detection.tables import Columns
from gender_detection.tables.column_roles import described
from tests.cli.command_line import run
from tests.common.cases import Case
from tests.common.csv_texts import csv_rows, delimiter_of

# The lowest probability of an answer in the tiny model; check has a higher one by default.
THRESHOLD = "0.8"
ARROW = "application/vnd.apache.arrow.stream"
MEDIA_TYPES = {
    ".csv": "text/csv", ".tsv": "text/csv", ".txt": "text/csv", ".arrows": ARROW,
    ".jsonl": "application/jsonl",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What came of a table: as in Case. reads is None if a command does not say it."""

    reads: str | None = None
    note: str | None = None
    people: int = 0
    answered: int = 0
    bad: int = 0
    refused: str | None = None


class Readers:
    """The commands and routes by name."""

    def __init__(
        self, capsys: pytest.CaptureFixture[str], client: FlaskClient, folder: Path
    ) -> None:
        self._capsys, self._client, self._folder = capsys, client, folder
        self.by_name: dict[str, Callable[[Case], Facts]] = {
            "score": self._score,
            "aggregate": self._aggregate,
            "evaluate": self._evaluate,
            "check": self._check,
            "predict table": self._predict,
            "aggregate table": self._aggregate_table,
        }

    def _run(self, command: str, case: Case, *more: str) -> tuple[str, Facts]:
        """Return what a command prints, and what it says of the table."""
        path = self._folder / case.name
        path.write_bytes(case.body)
        code, out, err = run(self._capsys, command, str(path), *more, *case.options)
        if code:
            *_, last = err.splitlines()
            assert (code, out) == (1, "")
            assert last.startswith("error: ")
            assert str(path) in last
            return "", Facts(refused=last)
        reads, note = None, None
        for line in err.splitlines():
            remark = line.removeprefix(f"{path}: ")
            if remark.startswith("reading "):
                reads, _, note = remark.removeprefix("reading ").partition("; ")
            elif remark != line and "entries" not in remark and "authors" not in remark:
                note = remark
        bad = re.search(
            r"^warning: .*: ([0-9,]+) of [0-9,]+ rows cannot be read", err, re.MULTILINE
        )
        told = int(bad[1].replace(",", "")) if bad else 0
        return out, Facts(reads, note or None, bad=told)

    def _score(self, case: Case) -> Facts:
        out = self._folder / "out.jsonl"
        _, facts = self._run("score", case, str(out), "--jobs", "1")
        if facts.refused:
            assert not out.exists()
            return facts
        rows = [json.loads(line) for line in out.read_text().splitlines()]
        return _counted(rows, facts.reads, facts.note)

    def _aggregate(self, case: Case) -> Facts:
        out, facts = self._run("aggregate", case, "--json")
        return facts if facts.refused else _of_total(json.loads(out)["total"], facts)

    def _evaluate(self, case: Case) -> Facts:
        out, facts = self._run("evaluate", case, "--json")
        if facts.refused:
            return facts
        report = json.loads(out)
        assert report["bad_rows"] == facts.bad
        answered = report["n"] - sum(report["unknown_by_reason"].values())
        people = report["n"] + report["excluded"] + report["bad_rows"]
        return Facts(facts.reads, facts.note, people, answered, facts.bad)

    def _check(self, case: Case) -> Facts:
        out, facts = self._run("check", case, "--json", "--threshold", THRESHOLD)
        if facts.refused:
            return facts
        counts = json.loads(out.splitlines()[0])
        assert counts["bad_rows"] == facts.bad
        return Facts(facts.reads, facts.note, counts["rows"], counts["compared"], facts.bad)

    def _post(self, route: str, case: Case) -> Any:
        media_type = MEDIA_TYPES.get(Path(case.name).suffix, "application/octet-stream")
        query: dict[str, str] = {}
        options = iter(case.options)
        for option in options:
            name = option.removeprefix("--").replace("-", "_")
            if name == "encoding":
                media_type += f"; charset={next(options)}"
            elif name == "no_header":
                media_type += "; header=absent"
            else:
                query[name] = "true" if name == "no_country" else next(options)
        return self._client.post(route, data=case.body, content_type=media_type, query_string=query)

    def _predict(self, case: Case) -> Facts:
        response = self._post("/predict", case)
        if response.status_code != 200:
            return _refusal(response)
        if response.content_type == ARROW:
            rows = pa.ipc.open_stream(response.data).read_all().to_pylist()
        else:
            text = response.text.removeprefix("\ufeff")
            header, *cells = csv_rows(text, delimiter_of(text))
            rows = [dict(zip(header, row, strict=True)) for row in cells]
        return _counted(rows, *_told(response))

    def _aggregate_table(self, case: Case) -> Facts:
        response = self._post("/aggregate", case)
        if response.status_code != 200:
            return _refusal(response)
        return _of_total(json.loads(response.text)["total"], Facts(*_told(response)), told=False)


def _told(response: Any) -> tuple[str, str | None]:
    columns = Columns(**json.loads(response.headers["X-Table-Columns"]))
    return described(columns), response.headers.get("X-Table-Notes")


def _refusal(response: Any) -> Facts:
    assert 400 <= response.status_code < 500
    assert response.content_type == "application/problem+json"
    return Facts(refused=response.json["detail"])


def _counted(rows: list[dict[str, Any]], reads: str | None, note: str | None) -> Facts:
    """Count rows with their answers."""
    # The table may have columns of these names.
    own = "predicted_" if rows and "predicted_gender" in rows[0] else ""
    answered = sum(row[f"{own}gender"] in ("female", "male") for row in rows)
    bad = sum(row[f"{own}reason"] == "bad_row" for row in rows)
    return Facts(reads, note, len(rows), answered, bad)


def _of_total(total: dict[str, Any], facts: Facts, *, told: bool = True) -> Facts:
    bad = total["unanswered"]["bad_row"]
    if told:
        # The command tells of rows that are in no group; one whose name is too long is in one.
        assert bool(facts.bad) == bool(bad)
        assert facts.bad <= bad
    return Facts(facts.reads, facts.note, total["n"], total["answered"], bad)
