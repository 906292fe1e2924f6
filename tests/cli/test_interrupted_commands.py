"""Commands that are interrupted while they read leave nothing half-written, and no traceback."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.command_line import COMMANDS

DEADLINE = 60  # seconds, on a busy machine
# More than pipes and a first block hold: once it is written, the command has begun to read.
ROWS = f"Maria,f,{'x' * 4000}\n" * 8_000
ARGUMENTS = {
    "score": ("out.csv", "--jobs", "1"),
    "aggregate": ("--plot", "out.svg"),
    "evaluate": ("--report", "out.html"),
    "check": ("--out", "out.csv"),
}


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)], ids=["INT", "TERM"]
)
@pytest.mark.parametrize("command", ARGUMENTS)
def test_old_output_stays(tmp_path: Path, command: str, sent: int, code: int):
    folder = tmp_path / "made"
    folder.mkdir()
    arguments = [
        str(folder / word) if word.startswith("out.") else word for word in ARGUMENTS[command]
    ]
    (out,) = (Path(word) for word in arguments if word.startswith(str(folder)))
    out.write_text("before")
    process = subprocess.Popen(
        [*COMMANDS["module"], command, "-", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    try:
        process.stdin.write("name,gender,filler\n" + ROWS)
        process.stdin.flush()
        os.killpg(process.pid, sent)
        process.wait(DEADLINE)
        assert process.stdout is not None
        assert process.stderr is not None
        printed, err = process.stdout.read(), process.stderr.read()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    assert (process.returncode, printed) == (code, "")
    assert "Traceback" not in err
    assert out.read_text() == "before"
    left = [entry.name for entry in folder.iterdir() if entry != out]
    # A command that is killed cannot tidy up: the next one does.
    assert all(name.startswith(".") for name in left)
    assert not left or sent == signal.SIGTERM
