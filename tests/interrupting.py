"""Programs that Ctrl-C meets while they import a module: a stand-in, and what is expected."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

SECONDS = 60  # on a busy machine
RAISED = "raise KeyboardInterrupt"
# The handler runs at one of the next steps of the interpreter, if there are any.
SIGNALLED = """
import os, signal
os.kill(os.getpid(), signal.SIGINT)
for step in range(1000):
    pass
print("not interrupted")
"""
# As it happens in callbacks of the import system, which can raise nothing.
IN_A_CALLBACK = """
import os, signal
class Dropped:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        for step in range(1000):
            pass
Dropped()
print("not interrupted")
"""
# Says that it is being imported, and waits for the signal of the test.
WAITING = """
import sys
print("importing", flush=True)
sys.stdin.read()
"""


def stand_in(folder: Path, module: str, text: str) -> dict[str, str]:
    """Return an environment in which a module is this text."""
    (folder / f"{module}.py").write_text(text)
    # Were it not interrupted, what it begins would be in that folder too.
    own = {"GENDER_DETECTION_HOME": str(folder / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
    return {**os.environ, **own, "PYTHONPATH": str(folder)}


def assert_ends_quietly(command: Sequence[str], folder: Path, module: str, text: str) -> None:
    """Assert that a program says nothing and has exit code 130 where a module is this text."""
    done = subprocess.run(
        command, env=stand_in(folder, module, text), capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=SECONDS,
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def assert_signal_ends_quietly(command: Sequence[str], folder: Path, module: str) -> None:
    """Assert that a program that imports a module ends by Ctrl-C, quietly."""
    with subprocess.Popen(
        command, env=stand_in(folder, module, WAITING), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            assert process.stdout.readline() == "importing\n"
            process.send_signal(signal.SIGINT)
            code = process.wait(SECONDS)
        finally:
            process.kill()
        printed = process.stdout.read(), process.stderr.read()

    assert (code, *printed) == (130, "", "")
