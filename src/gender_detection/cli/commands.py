"""All commands, and how their errors are reported. Importing this module is slow."""

import argparse
import contextlib
import importlib.metadata
import io
import os
import sys
from collections.abc import Sequence

from .. import os_errors
from ..config import Settings
from ..errors import GenderDetectionError
from . import aggregate, check, clean_old, evaluate, keys, metrics, model, predict, score, serve

COMMANDS = (predict, score, evaluate, aggregate, check, serve, metrics, keys, model, clean_old)


def run(argv: Sequence[str] | None) -> int:
    """Run a command, by default that of this process, and return its exit code.

    Errors are reported in one line, except KeyboardInterrupt, which is raised.
    """
    arguments = parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Letters that the terminal cannot show are printed as escapes.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code: int = arguments.command(arguments, Settings.from_env())
        sys.stdout.flush()
        return code
    except GenderDetectionError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The program that read our output (head, less) has ended, which is no error.
        _discard_output()
        return 0
    except OSError as err:
        print(f"error: {os_errors.describe(err)}", file=sys.stderr)
        _discard_output()
        return 1


def _discard_output() -> None:
    """Keep Python from flushing stdout, and failing again, at exit."""
    # Without a file descriptor, as inside another program, there is nothing to flush.
    with contextlib.suppress(io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Version(argparse.Action):
    """Prints the version, which takes a while to find out, only when it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it, and end."""
        print(parser.prog, importlib.metadata.version("gender-detection"))
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="gender-detection",
        description="Estimate how a personal name is gendered, with the probability. A name does "
        "not tell who somebody is.",
    )
    parser.add_argument("--version", action=_Version, help="print the version of this program")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser
