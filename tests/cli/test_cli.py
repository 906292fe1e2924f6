"""The command line answers, or says in one line what is wrong and what to do."""

import json
import os
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from gender_detection.config import PREFIX
from gender_detection.model import store
from tests.cli.command_line import COMMANDS, assert_reported_in_one_line, run


@pytest.mark.usefixtures("published")
def test_each_name_is_answered_on_its_own_line(capsys: pytest.CaptureFixture[str]):
    code, out, err = run(capsys, "predict", "Maria", "John", "Kim", "J. R.", "Mrs Smith")

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "Maria: female at 99.8% (by name)",
        "John: male at 99.8% (by name)",
        "Kim: unknown (ambiguous, female at 51.0%)",
        "J. R.: unknown (initials)",
        "Mrs Smith: female at 99.0% (by title)",
    ]


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]):
    assert run(capsys, "--version") == (0, f"gender-detection {version('gender-detection')}\n", "")


@pytest.mark.usefixtures("published")
def test_json_has_one_prediction_per_line(capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "predict", "--json", "Maria", "María José")

    first, second = map(json.loads, out.splitlines())
    assert code == 0
    assert (first["gender"], first["basis"], first["reason"]) == ("female", "name", None)
    assert first["evidence"] == {"count": 5010, "sources": 3}
    assert first["matched"] == "maria"
    assert second["name"] == "María José"


@pytest.mark.usefixtures("published")
def test_explanation_is_printed_below_its_answer(capsys: pytest.CaptureFixture[str]):
    names = ("Mrs. Andrea Rossi", "Mary Jane Smith", "")
    code, out, err = run(capsys, "predict", *names, "--explain", "--country", "IT")

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "Mrs. Andrea Rossi: female at 99.0% (by title)",
        "  words:",
        "    Mrs.: title",
        "    Andrea: given name (bearers: 10,200 as given name, 0 as family name)",
        "    Rossi: family name (bearers: 0 as given name, 91 as family name)",
        "  read as given name Andrea, family name Rossi: in the usual order",
        "  female by a title, a patronymic or a middle name, which decides alone",
        "  keys, in the order in which they are tried:",
        "    andrea: 49.0% female among 10,200 people in 3 sources, 0.4% in IT",
        "Mary Jane Smith: female at 99.5% (by name)",
        "  words:",
        "    Mary: given name (bearers: 5,010 as given name, 0 as family name)",
        "    Jane: given name (bearers: 0 as given name, 0 as family name)",
        "    Smith: family name (bearers: 0 as given name, 0 as family name)",
        "  read as given name Mary Jane, family name Smith: in the usual order",
        "  keys, in the order in which they are tried:",
        "    maryjane: 99.5% female among 402 people in 3 sources, which the answer is based on",
        "    mary: 99.8% female among 5,010 people in 3 sources",
        "    jane: in no source",
        ": unknown (empty)",
    ]


@pytest.mark.usefixtures("published")
def test_explained_json_is_that_of_the_api(capsys: pytest.CaptureFixture[str]):
    plain = run(capsys, "predict", "--json", "Maria Rossi")[1]
    explained = json.loads(run(capsys, "predict", "--json", "--explain", "Maria Rossi")[1])

    explanation = explained.pop("explanation")
    assert explained == json.loads(plain)
    assert list(explanation) == ["words", "readings", "title", "keys", "origins", "form"]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(("country", "gender"), [("IT", "male"), ("de", "female")])
def test_country_changes_the_answer_for_andrea(
    capsys: pytest.CaptureFixture[str], country: str, gender: str
):
    assert f"Andrea: {gender} at" in run(capsys, "predict", "Andrea", "--country", country)[1]


@pytest.mark.usefixtures("published")
def test_threshold_and_female_share_are_passed_on(capsys: pytest.CaptureFixture[str]):
    assert "Kim: female" in run(capsys, "predict", "Kim", "--threshold", "0.5")[1]
    assert "Kim: male" in run(capsys, "predict", "Kim", "--female-share", "0.01")[1]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("option", "value", "remedy"),
    [
        ("--threshold", "0.3", "0.5 to 1"),
        ("--threshold", "nan", "0.5 to 1"),
        ("--female-share", "1", "between 0 and 1"),
    ],
)
def test_value_out_of_range_is_reported_in_one_line(
    capsys: pytest.CaptureFixture[str], option: str, value: str, remedy: str
):
    assert_reported_in_one_line(run(capsys, "predict", "Maria", option, value), remedy)


@pytest.mark.usefixtures("model_dir")
@pytest.mark.parametrize(
    "arguments",
    [[], ["predict"], ["model"], ["forget"], ["predict", "Maria", "--threshold", "high"]],
)
def test_invalid_command_gets_its_usage(capsys: pytest.CaptureFixture[str], arguments: list[str]):
    code, out, err = run(capsys, *arguments)

    assert (code, out) == (2, "")
    assert err.startswith("usage: gender-detection")


@pytest.mark.parametrize("command", [("predict", "Maria"), ("model", "show")])
def test_missing_model_is_reported_with_the_remedy(
    capsys: pytest.CaptureFixture[str], model_dir: Path, command: tuple[str, ...]
):
    assert_reported_in_one_line(run(capsys, *command), str(model_dir), "make run")


@pytest.mark.parametrize("command", [("predict", "Maria"), ("model", "show")])
def test_damaged_model_is_reported_with_the_remedy(
    capsys: pytest.CaptureFixture[str], published: Path, command: tuple[str, ...]
):
    (published / "pattern_weights.npy").write_bytes(b"")

    assert_reported_in_one_line(run(capsys, *command), "pattern_weights.npy", "make train")


@pytest.mark.usefixtures("published")
def test_invalid_setting_is_reported_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(PREFIX + "PORT", "http")

    assert_reported_in_one_line(run(capsys, "predict", "Maria"), PREFIX + "PORT")


def test_ctrl_c_ends_quietly(
    capsys: pytest.CaptureFixture[str], model_dir: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupt(model_dir: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "current", interrupt)

    assert run(capsys, "predict", "Maria") == (130, "", "")


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_command_can_be_called_as(command: list[str]):
    done = subprocess.run(
        [*command, "predict", "Maria"], capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Maria: female at 99.8% (by name)\n"


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_name_that_a_terminal_cannot_show_is_answered(form: list[str], encoding: str):
    command: list[str | bytes] = [
        *COMMANDS["module"],
        "predict",
        *form,
        b"\xff\xfe",
        "Мария",
        "María",
    ]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}

    done = subprocess.run(command, capture_output=True, env=environment, timeout=60)

    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout.splitlines()) == 3


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("names", [1, 10_000])
def test_closed_output_pipe_is_not_an_error(names: int, monkeypatch: pytest.MonkeyPatch):
    # Output that Python keeps back meets the closed pipe only when Python ends.
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    reader, output = os.pipe()
    os.close(reader)
    with os.fdopen(output, "wb") as gone:
        done = subprocess.run(
            [*COMMANDS["module"], "predict", *["Maria"] * names],
            stdout=gone,
            stderr=subprocess.PIPE,
            timeout=60,
        )

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.usefixtures("published")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_full_disk_is_reported_in_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMANDS["module"], "predict", "Maria"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )

    assert_reported_in_one_line(
        (done.returncode, "", done.stderr), "No space left", "free some space"
    )
