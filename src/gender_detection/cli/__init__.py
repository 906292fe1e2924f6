"""The command line, one module a command: predict, score, evaluate, aggregate, serve and more."""

from collections.abc import Sequence

from ..interrupts import INTERRUPTED, end_at_once, ending_at_once


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; what is wrong is said in one line.

    Ctrl-C is 130 and no traceback, whenever it comes. Without argv the command is that of this
    process, which has nothing left to do but end with the code.
    """
    try:
        with ending_at_once():
            # Here: above, Ctrl-C would come while nobody is there to hear it.
            from .commands import run
        code = run(argv)
    except KeyboardInterrupt:
        code = INTERRUPTED
    if argv is None:
        end_at_once()
    return code
