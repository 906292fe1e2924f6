"""--corrections: own answers to names, in every command that answers, counted and told."""

import csv
import json
from pathlib import Path

import pytest

from gender_detection.config import PREFIX
from tests.cli.command_line import assert_reported_in_one_line, run

PEOPLE = "name,country,sex\nMaria,IT,f\nMaria,DE,f\nJohn,,m\n"
OWN = "name,country,gender\nMaria,IT,male\nOlga,,male\n"


@pytest.fixture(autouse=True)
def _served(published: Path) -> None:
    """A model."""


@pytest.fixture
def people(tmp_path: Path) -> str:
    (tmp_path / "people.csv").write_text(PEOPLE)
    return str(tmp_path / "people.csv")


@pytest.fixture
def own(tmp_path: Path) -> str:
    (tmp_path / "own.csv").write_text(OWN)
    return str(tmp_path / "own.csv")


@pytest.fixture
def out(tmp_path: Path) -> str:
    return str(tmp_path / "out.csv")


def answers(out: str) -> list[tuple[str, str]]:
    with Path(out).open() as table:
        return [(row["gender"], row["basis"]) for row in csv.DictReader(table)]


@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_score_counts_what_was_corrected_and_what_was_not_needed(capsys, people, own, out, jobs):
    code, said, err = run(capsys, "score", people, out, "--corrections", own, *jobs)

    assert code == 0
    assert answers(out)[:2] == [("male", "correction"), ("female", "name")]
    assert "\ncorrected: 1\n" in said
    assert f"note: 1 of 2 corrections were not needed: row 3 of {own}\n" in err


def test_all_corrections_that_were_used_are_not_mentioned(capsys, tmp_path, people, out):
    (tmp_path / "own.csv").write_text("name,gender\nMaria,male\nJohn,female\n")
    code, said, err = run(capsys, "score", people, out, "--corrections", str(tmp_path / "own.csv"))

    assert (code, len(answers(out))) == (0, 3)
    assert "\ncorrected: 3\n" in said
    assert "not needed" not in err


def test_the_setting_is_used_without_the_option(capsys, monkeypatch, people, own, out):
    monkeypatch.setenv(f"{PREFIX}CORRECTIONS", own)
    run(capsys, "score", people, out)

    assert answers(out)[0] == ("male", "correction")


def test_without_corrections_nothing_is_said_of_them(capsys, people, out):
    _, said, err = run(capsys, "score", people, out)

    assert answers(out)[0] == ("female", "name")
    assert "correct" not in said
    assert "note:" not in err


def test_predict_aggregate_evaluate_and_check_use_them_too(capsys, people, own):
    option = "--corrections", own
    _, predicted, _ = run(capsys, "predict", "Maria", "--country", "IT", *option)
    _, shares, _ = run(capsys, "aggregate", people, "--by", "country", "--json", *option)
    _, report, _ = run(capsys, "evaluate", people, "--gender-column", "sex", "--json", *option)
    _, checked, _ = run(capsys, "check", people, "--gender-column", "sex", "--json", *option)

    assert "male at 99.99% (by correction)" in predicted
    groups = {
        group["group"]["country"]: group["female_share"] for group in json.loads(shares)["groups"]
    }
    assert groups["IT"] < 0.5 < groups["DE"]
    assert json.loads(report)["slices"]["basis"]["correction"]["n"] == 1
    assert json.loads(checked.splitlines()[0])["disagreeing"] == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,gender\nMaria,other\n", "row 2: the gender is not understood"),
        ("name,gender\nMaria,male\nMaria,female\n", "rows 2 and 3 correct the same name"),
    ],
)
def test_what_is_wrong_with_them_is_said_before_anything_is_written(
    capsys, tmp_path, people, text, said
):
    path, out = tmp_path / "own.csv", tmp_path / "out.csv"
    path.write_text(text)
    result = run(capsys, "score", people, str(out), "--corrections", str(path))

    assert_reported_in_one_line(result, said, str(path))
    assert not out.exists()


def test_a_file_that_is_not_there_is_named(capsys, tmp_path, people):
    path = str(tmp_path / "none.csv")
    result = run(capsys, "score", people, "-", "--corrections", path)

    assert_reported_in_one_line(result, f"no file {path}")
