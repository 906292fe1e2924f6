"""The command line, one module a command: predict, score, evaluate, aggregate, serve and more."""

from collections.abc import Sequence

from ..interrupts import INTERRUPTED, end_at_once, ending_at_once


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; errors are reported in one line.

    Ctrl-C gives exit code 130 without a traceback at any time. Without argv, the arguments are
    those of this process, which ends with the code.
    """
    try:
        with ending_at_once():
            # Imported here: Ctrl-C during a module-level import would print a traceback.
            from .commands import run
        code = run(argv)
    except KeyboardInterrupt:
        code = INTERRUPTED
    if argv is None:
        end_at_once()
    return code
