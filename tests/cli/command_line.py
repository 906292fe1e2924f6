"""The command line, called in this process, and what is expected of every error."""

import sys
from pathlib import Path

import pytest

from gender_detection import cli

COMMANDS = {
    "module": [sys.executable, "-m", "gender_detection.cli"],
    "console script": [str(Path(sys.executable).with_name("gender-detection"))],
}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return the exit code, and what was printed as output and as errors."""
    try:
        code = cli.main(arguments)
    except SystemExit as end:  # how argparse ends
        code = int(end.code or 0)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def assert_reported_in_one_line(result: tuple[int, str, str], *parts: str) -> None:
    """Assert that a command failed with one line on stderr that holds the parts."""
    code, out, err = result
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    for part in parts:
        assert part in err
