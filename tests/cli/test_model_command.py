"""gender-detection model says what is served."""

import json
from pathlib import Path

import pytest
from command_line import run


def test_model_show_prints_version_parameters_and_metrics(
    capsys: pytest.CaptureFixture[str], published: Path
):
    code, out, _ = run(capsys, "model", "show")

    shown = json.loads(out)
    assert code == 0
    assert shown["version"] == "7"
    assert shown["folder"] == str(published)
    assert shown["data_version"] == "tiny"
    assert shown["parameters"]["threshold"] == 0.8
    assert shown["metrics"]["unseen"]["forced"]["errorCoded"] == 0.1
