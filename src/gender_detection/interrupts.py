"""Ctrl-C while a program starts and ends: no traceback, whenever it comes, and exit code 130.

Imports take a second. A KeyboardInterrupt that is raised in one of them is told with a traceback,
or, in a callback of the import system, told and forgotten. They have begun nothing that would have
to be undone, so the process may end on the spot. It is light itself, to be there first.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells tell it


def _end(*_: object) -> None:
    os._exit(INTERRUPTED)


def end_at_once() -> None:
    """Let Ctrl-C end this process on the spot from now on, unless it means something else here."""
    _replace(signal.default_int_handler, _end)


def raise_again() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again, as it did before end_at_once."""
    _replace(_end, signal.default_int_handler)


@contextmanager
def ending_at_once() -> Iterator[None]:
    """Let Ctrl-C end the process on the spot within; for imports alone."""
    end_at_once()
    try:
        yield
    finally:
        raise_again()


def run(main: Callable[..., int], *arguments: Any) -> NoReturn:
    """Run a program's main function and end the process with the exit code that it returns."""
    try:
        raise_again()
        code = main(*arguments)
    except KeyboardInterrupt:
        code = INTERRUPTED
    end_at_once()
    sys.exit(code)


def _replace(before: Any, now: Any) -> None:
    # Whoever ignores SIGINT, or handles it, goes on; and threads may set no handler.
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and signal.getsignal(signal.SIGINT) is before:
        signal.signal(signal.SIGINT, now)
