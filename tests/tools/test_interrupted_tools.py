"""Ctrl-C in the first second of a script that make starts: no traceback, exit code 130."""

import sys
from pathlib import Path

import pytest

from tests.interrupting import (
    IN_A_CALLBACK,
    SIGNALLED,
    assert_ends_quietly,
    assert_signal_ends_quietly,
)

TOOLS = Path(__file__).resolve().parents[2] / "tools"
# A module that each script imports, and whose import takes long. The scripts do nothing else here.
IMPORTED = {
    "airflow_env": "subprocess",
    "run_notebook": "nbclient",
    "run_pipeline": "subprocess",
    "ui": "subprocess",
    "bootstrap": "subprocess",
    "package": "packaging",
    "preflight": "subprocess",
}


def command(tool: str) -> list[str]:
    return [sys.executable, str(TOOLS / f"{tool}.py"), "nothing"]


@pytest.mark.parametrize("tool", IMPORTED)
@pytest.mark.parametrize("text", [SIGNALLED, IN_A_CALLBACK], ids=["sent", "lost"])
def test_ctrl_c_while_modules_are_imported_is_quiet(tmp_path: Path, tool: str, text: str):
    assert_ends_quietly(command(tool), tmp_path, IMPORTED[tool], text)


@pytest.mark.parametrize("tool", IMPORTED)
def test_signal_while_modules_are_imported_is_quiet(tmp_path: Path, tool: str):
    assert_signal_ends_quietly(command(tool), tmp_path, IMPORTED[tool])


def test_every_script_that_make_starts_is_tested():
    makefile = (TOOLS.parent / "Makefile").read_text()
    started = {path.stem for path in TOOLS.glob("*.py") if f"tools/{path.name} " in makefile}
    # tools/airflow, and the DAG model_training.
    by_others = {"airflow_env", "run_notebook"}

    assert {tool for tool in IMPORTED if tool not in by_others} <= started
    assert started <= set(IMPORTED)
