"""All commands, and what becomes of their errors; importing it takes a while."""

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Sequence

from .. import os_errors
from ..config import Settings
from ..errors import GenderDetectionError
from . import aggregate, evaluate, keys, metrics, model, predict, score, serve

COMMANDS = (predict, score, evaluate, aggregate, serve, metrics, keys, model)


def run(argv: Sequence[str] | None) -> int:
    """Run a command, by default that of this process, and return its exit code.

    What is wrong is said in one line, but for KeyboardInterrupt, which is raised.
    """
    arguments = _parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot show a name's letters gets their numbers instead.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = arguments.command(arguments, Settings.from_env())
        sys.stdout.flush()
        return code
    except GenderDetectionError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output (head, less) has left; that is no fault.
        _discard_output()
        return 0
    except OSError as err:
        print(f"error: {os_errors.describe(err)}", file=sys.stderr)
        _discard_output()
        return 1


def _discard_output() -> None:
    """Keep Python from writing what is left, and failing again, when it ends."""
    # What is no file, as where this is called in another program, holds nothing back.
    with contextlib.suppress(io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gender-detection",
        description="Infer from a personal name how that name is gendered, and how sure that is. "
        "It says nothing about who somebody is.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser
