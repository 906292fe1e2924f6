"""Commands read names with the family name first if they are told to, and score tells when most
names of a table are written so."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gender_detection.scoring.order_counts import OrderCounts
from tests.cli.command_line import run

pytestmark = pytest.mark.usefixtures("published", "pandas_as_it_is")

FAMILY_FIRST = [f"{family} {given}" for family in ("ROSSI", "WEBER") for given in ("Maria", "Kim")]
GIVEN_FIRST = [f"{given} {family}" for family in ("ROSSI", "WEBER") for given in ("Maria", "Kim")]
NOTE = "names that tell their order, among {} rows looked at, have the family name first"


def written(path: Path, names: list[str]) -> Path:
    path.write_text("\n".join(["name", *names]) + "\n")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"


def notes(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    code, _, err = run(capsys, "score", *arguments)
    assert code == 0
    return [line for line in err.splitlines() if line.startswith("note: ")]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_score_tells_if_most_names_have_the_family_name_first(capsys, tmp_path, out, jobs):
    people = written(tmp_path / "a.csv", [*FAMILY_FIRST * 10, *GIVEN_FIRST * 3, "Andrea Kim"])

    assert notes(capsys, str(people), str(out), "--jobs", jobs) == [
        f"note: {people}: 40 of 52 {NOTE.format(53)}: if the whole column is written so, use "
        "--family-name-first"
    ]


def test_names_that_are_repeated_count_in_each_of_their_rows(capsys, tmp_path, out):
    people = written(tmp_path / "a.csv", ["ROSSI Maria"] * 20)
    (note,) = notes(capsys, str(people), str(out))
    assert f"20 of 20 {NOTE.format(20)}" in note


@pytest.mark.parametrize(
    "names",
    [
        FAMILY_FIRST * 4,  # too few
        [*FAMILY_FIRST * 10, *GIVEN_FIRST * 10],
        GIVEN_FIRST * 10,
        ["Andrea Kim", "Maria"] * 50,
        ["Rossi, Maria"] * 50,
    ],
)
def test_score_tells_nothing_otherwise(capsys, tmp_path, out, names):
    people = written(tmp_path / "a.csv", names)
    assert notes(capsys, str(people), str(out)) == []


def test_score_tells_nothing_if_the_option_is_given(capsys, tmp_path, out):
    people = written(tmp_path / "a.csv", FAMILY_FIRST * 10)
    assert notes(capsys, str(people), str(out), "--family-name-first") == []


def test_note_is_about_one_table_and_its_column_of_full_names(capsys, tmp_path):
    folder, target = tmp_path / "tables", tmp_path / "answered"
    folder.mkdir()
    first = written(folder / "1.csv", FAMILY_FIRST * 10)
    written(folder / "2.csv", GIVEN_FIRST * 10)
    fields = pa.table({"given_name": FAMILY_FIRST * 10, "family_name": ["x"] * 40})
    pq.write_table(fields, folder / "3.parquet")
    fourth = folder / "4.parquet"
    pq.write_table(pa.table({"name": FAMILY_FIRST * 10}), fourth)

    found = notes(capsys, str(folder), str(target))

    assert [note.split(": ")[1] for note in found] == [str(first), str(fourth)]


def test_few_rows_of_a_long_table_are_looked_at(capsys, tmp_path, out):
    people = written(tmp_path / "a.csv", FAMILY_FIRST * 1_000)
    (note,) = notes(capsys, str(people), str(out), "--jobs", "1")
    assert f"1,000 of 1,000 {NOTE.format('1,000')}" in note


def test_more_than_half_of_twenty_names_are_needed():
    assert OrderCounts(30, 19, 0).note() is None
    assert OrderCounts(30, 20, 0).note()
    assert OrderCounts(30, 10, 10).note() is None
    assert OrderCounts(30, 11, 10).note()


def genders(path: Path) -> list[str]:
    return [line.split(",")[1] for line in path.read_text().splitlines()[1:]]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_score_reads_names_so_if_it_is_told_to(capsys, tmp_path, out, jobs):
    people = written(tmp_path / "a.csv", ["John Maria", "Maria John"])

    run(capsys, "score", str(people), str(out), "--jobs", jobs)
    assert genders(out) == ["male", "female"]
    run(capsys, "score", str(people), str(out), "--jobs", jobs, "--family-name-first")
    assert genders(out) == ["female", "male"]


def test_predict_reads_names_so_if_it_is_told_to(capsys):
    _, usual, _ = run(capsys, "predict", "John Maria")
    _, told, _ = run(capsys, "predict", "John Maria", "--family-name-first", "--json")

    assert "male at" in usual
    assert (json.loads(told)["given_name"], json.loads(told)["gender"]) == ("Maria", "female")


def test_aggregate_reads_names_so_if_it_is_told_to(capsys, tmp_path):
    people = written(tmp_path / "a.csv", ["John Maria"] * 30)

    def share(*options: str) -> float:
        _, printed, _ = run(capsys, "aggregate", str(people), "--json", *options)
        return float(json.loads(printed)["total"]["female_share"])

    assert share() < 0.1
    assert share("--family-name-first") > 0.9


def test_evaluate_reads_names_so_if_it_is_told_to_and_reports_it(capsys, tmp_path):
    people = tmp_path / "a.csv"
    people.write_text("name,gender\n" + "John Maria,female\nMaria John,male\n" * 5)

    def report(*options: str) -> Any:
        _, printed, _ = run(capsys, "evaluate", str(people), "--json", *options)
        return json.loads(printed)

    usual, told = report(), report("--family-name-first")
    assert (usual["family_name_first"], told["family_name_first"]) == (False, True)
    assert usual["forced"]["errorCoded"] == 1.0
    assert told["forced"]["errorCoded"] == 0.0
    _, text, _ = run(capsys, "evaluate", str(people), "--family-name-first")
    assert "full names were read with the family name first" in text
