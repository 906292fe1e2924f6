"""Functions that tests measure in another process."""

import os
import subprocess
import sys


def answer(value: int) -> int:
    """Return the argument."""
    return value


def process_number() -> int:
    """Return the id of this process."""
    return os.getpid()


def fail() -> None:
    """Raise an error."""
    raise ValueError("no such thing")


def hold(children: int) -> None:
    """Hold 100 MB, with children that do the same, until a line is read; print one when all do."""
    held = bytearray(b"x") * 100_000_000
    if children:
        command = [sys.executable, __file__, str(children - 1)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            sys.stdout.write(f"{len(held)}\n")
            sys.stdout.flush()
            sys.stdin.readline()
            child.communicate("\n")
    else:
        sys.stdout.write(f"{len(held)}\n")
        sys.stdout.flush()
        sys.stdin.readline()


if __name__ == "__main__":
    hold(int(sys.argv[1]))
