"""Ctrl-C in the first second of a command, and in its last: no traceback, exit code 130."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gender_detection import interrupts
from tests.cli.command_line import COMMANDS
from tests.interrupting import (
    IN_A_CALLBACK,
    RAISED,
    SECONDS,
    SIGNALLED,
    assert_ends_quietly,
    assert_signal_ends_quietly,
)

pytestmark = pytest.mark.usefixtures("published")
# Modules that take long, and commands that import them.
LATE = {
    "uvicorn": ["serve"],
    "prometheus_client": ["metrics"],
    "mlflow": ["model", "list"],
    "matplotlib": ["evaluate", "people.csv", "--report", "report.html"],
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("module", ["msgspec", "numpy", "pyarrow"])
@pytest.mark.parametrize("text", [RAISED, SIGNALLED, IN_A_CALLBACK], ids=["raised", "sent", "lost"])
def test_ctrl_c_while_modules_are_imported_is_quiet(tmp_path: Path, command, module, text):
    assert_ends_quietly([*command, "predict", "Maria"], tmp_path, module, text)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_signal_while_modules_are_imported_is_quiet(tmp_path: Path, command):
    assert_signal_ends_quietly([*command, "predict", "Maria"], tmp_path, "pyarrow")


@pytest.mark.parametrize("module", LATE)
def test_ctrl_c_while_a_command_imports_its_own_modules_is_quiet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("name,gender\nMaria,f\n")

    assert_ends_quietly([*COMMANDS["module"], *LATE[module]], tmp_path, module, IN_A_CALLBACK)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_ctrl_c_while_a_command_ends_is_quiet(tmp_path: Path, command):
    # atexit is what Python does after the command.
    text = "import atexit, os, signal\natexit.register(os.kill, os.getpid(), signal.SIGINT)\n"
    (tmp_path / "sitecustomize.py").write_text(text)

    done = subprocess.run(
        [*command, "predict", "Maria"], env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip

    assert done.stdout == "Maria: female at 99.8% (by name)\n"
    assert (done.returncode, done.stderr) == (130, "")


def test_ignored_or_handled_ctrl_c_stays_so():
    before = signal.getsignal(signal.SIGINT)
    try:
        for handler in (signal.SIG_IGN, signal.SIG_DFL, lambda *_: None):
            signal.signal(signal.SIGINT, handler)
            with interrupts.ending_at_once():
                assert signal.getsignal(signal.SIGINT) is handler
            assert signal.getsignal(signal.SIGINT) is handler
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with interrupts.ending_at_once():
            assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_command_can_be_called_in_a_thread_and_keeps_the_callers_handler():
    text = (
        "import signal, sys, threading\n"
        "from gender_detection import cli\n"
        "codes = []\n"
        "thread = threading.Thread(target=lambda: codes.append(cli.main(['predict', 'Maria'])))\n"
        "thread.start(); thread.join()\n"
        "assert cli.main(['predict', 'Maria']) == 0\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
        "sys.exit(codes[0])\n"
    )

    done = subprocess.run([sys.executable, "-c", text], capture_output=True, timeout=SECONDS)

    assert (done.returncode, done.stderr) == (0, b"")
