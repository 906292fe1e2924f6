"""gender-detection model says what is served."""

import json
from pathlib import Path

import pytest
from command_line import assert_says_in_one_line, run

from gender_detection.model import Model, store

CARD = "# Model card\n\n## What it is not\n\nNo **judge** of a person.\n"


@pytest.fixture
def carded(tiny_model: Model, model_dir: Path, tmp_path: Path) -> Path:
    """The folder of a published model that has a card."""
    tiny_model.save(tmp_path / "artifact", documents={"card.md": CARD})
    return store.publish(model_dir, tmp_path / "artifact", "7")


def test_model_show_prints_the_card_plainly(capsys: pytest.CaptureFixture[str], carded: Path):
    code, out, err = run(capsys, "model", "show")

    assert (code, err) == (0, "")
    first, *lines = out.splitlines()
    assert first == f"gender-detection, version 7, in {carded}"
    assert lines == ["", "Model card", "==========", "", "What it is not", "--------------", "",
                     "No judge of a person."]  # fmt: skip


def test_model_without_a_card_is_said_with_the_remedy(
    capsys: pytest.CaptureFixture[str], published: Path
):
    assert_says_in_one_line(run(capsys, "model", "show"), str(published), "make train", "--json")


def test_damaged_card_is_said_with_the_remedy(capsys: pytest.CaptureFixture[str], carded: Path):
    (carded / "card.md").write_text("another card")

    assert_says_in_one_line(run(capsys, "model", "show"), "card.md", "make train")


def test_model_show_prints_version_parameters_and_metrics_as_json(
    capsys: pytest.CaptureFixture[str], published: Path
):
    code, out, _ = run(capsys, "model", "show", "--json")

    shown = json.loads(out)
    assert code == 0
    assert shown["version"] == "7"
    assert shown["folder"] == str(published)
    assert shown["data_version"] == "tiny"
    assert shown["parameters"]["threshold"] == 0.8
    assert shown["metrics"]["unseen"]["forced"]["errorCoded"] == 0.1
