"""Ending a program on Ctrl-C with exit code 130 and without a traceback, even while it imports.

Imports take a second. A KeyboardInterrupt during an import prints a traceback, or is ignored if it
is raised in a callback of the import system. Imports have nothing to clean up, so the process may
end at once. This module imports little, because programs import it first.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

INTERRUPTED = 130  # as shells report it: 128 plus the number of SIGINT


def _end(*_: object) -> None:
    os._exit(INTERRUPTED)


def end_at_once() -> None:
    """Make Ctrl-C end this process at once, unless SIGINT is ignored or has a handler already."""
    _replace(signal.default_int_handler, _end)


def raise_again() -> None:
    """Make Ctrl-C raise KeyboardInterrupt again; undoes end_at_once."""
    _replace(_end, signal.default_int_handler)


@contextmanager
def ending_at_once() -> Iterator[None]:
    """Make Ctrl-C end the process at once within the block; only for imports."""
    end_at_once()
    try:
        yield
    finally:
        raise_again()


def run(main: Callable[..., int], *arguments: Any) -> NoReturn:
    """Run a program's main function and exit with the code that it returns."""
    try:
        raise_again()
        code = main(*arguments)
    except KeyboardInterrupt:
        code = INTERRUPTED
    end_at_once()
    sys.exit(code)


def _replace(before: Any, now: Any) -> None:
    # Other handlers stay, and only the main thread may set one.
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and signal.getsignal(signal.SIGINT) is before:
        signal.signal(signal.SIGINT, now)
