"""gender-detection model says what is served."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from gender_detection.model import Model, store
from tests.cli.command_line import assert_reported_in_one_line, run


def sha256(artifact: Path) -> str:
    """Return what sha256sum prints of an artifact's manifest, which is what can be pinned."""
    return hashlib.sha256((artifact / "manifest.json").read_bytes()).hexdigest()


CARD = "# Model card\n\n## What it is not\n\nNo **judge** of a person.\n"


@pytest.fixture
def carded(tiny_model: Model, model_dir: Path, tmp_path: Path) -> Path:
    """The folder of a published model that has a card."""
    tiny_model.save(tmp_path / "artifact", documents={"card.md": CARD})
    return store.publish(model_dir, tmp_path / "artifact", "7")


def test_model_show_prints_the_card_plainly(capsys: pytest.CaptureFixture[str], carded: Path):
    code, out, err = run(capsys, "model", "show")

    assert (code, err) == (0, "")
    first, second, third, fourth, *lines = out.splitlines()
    assert first == f"gender-detection, version 7, in {carded}"
    assert second == f"SHA-256 {sha256(carded)}"
    assert re.match(r"The library is (not )?compiled", third)
    assert fourth.endswith("gender-detection model show 7")
    assert lines == ["", "Model card", "==========", "", "What it is not", "--------------", "",
                     "No judge of a person."]  # fmt: skip


def test_missing_card_is_reported_with_the_remedy(
    capsys: pytest.CaptureFixture[str], published: Path
):
    assert_reported_in_one_line(
        run(capsys, "model", "show"), str(published), "make train", "--json"
    )


def test_damaged_card_is_reported_with_the_remedy(capsys: pytest.CaptureFixture[str], carded: Path):
    (carded / "card.md").write_text("another card")

    assert_reported_in_one_line(run(capsys, "model", "show"), "card.md", "make train")


def test_model_show_prints_version_parameters_and_metrics_as_json(
    capsys: pytest.CaptureFixture[str], published: Path
):
    code, out, _ = run(capsys, "model", "show", "--json")

    shown = json.loads(out)
    assert code == 0
    assert shown["version"] == "7"
    assert shown["folder"] == str(published)
    assert shown["digest"] == sha256(published)
    assert shown["data_version"] == "tiny"
    assert shown["parameters"]["threshold"] == 0.8
    assert shown["metrics"]["unseen"]["forced"]["errorCoded"] == 0.1


@pytest.fixture
def forged(tiny_model: Model, model_dir: Path, tmp_path: Path) -> Path:
    """The folder of a published model that is whole, and not the one that was pinned."""
    changed = replace(tiny_model, parameters=replace(tiny_model.parameters, threshold=0.9))
    changed.save(tmp_path / "forged", documents={"card.md": CARD})
    return store.publish(model_dir, tmp_path / "forged", "7")


@pytest.mark.parametrize(
    "command",
    [
        ("predict", "Maria"),
        ("score", "people.csv", "answered.csv"),
        ("evaluate", "people.csv"),
        ("aggregate", "people.csv"),
        ("model", "show"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_model_that_is_not_the_pinned_one_is_refused(
    command: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    carded: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    request: pytest.FixtureRequest,
):
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("name,country,gender\nMaria,IT,female\n")
    pinned = sha256(carded)
    monkeypatch.setenv("GENDER_DETECTION_MODEL_SHA256", pinned)
    assert run(capsys, *command)[0] == 0
    Path("answered.csv").unlink(missing_ok=True)

    forged = request.getfixturevalue("forged")
    result = run(capsys, *command)

    assert_reported_in_one_line(result, "MODEL_SHA256", pinned, sha256(forged))
    assert not Path("answered.csv").exists()


def test_model_option_of_score_may_differ_from_the_pinned_one(
    capsys: pytest.CaptureFixture[str],
    forged: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    monkeypatch.setenv("GENDER_DETECTION_MODEL_SHA256", "0" * 64)
    people, answered = tmp_path / "people.csv", tmp_path / "answered.csv"
    people.write_text("name\nMaria\n")

    model = str(forged.parents[1])
    assert run(capsys, "score", str(people), str(answered), "--model", model)[0] == 0
