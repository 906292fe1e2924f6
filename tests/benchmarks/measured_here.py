"""What tests measure in a process of its own."""

import os
import subprocess
import sys


def answer(value: int) -> int:
    """Return what is given."""
    return value


def process_number() -> int:
    """Return the number of this process."""
    return os.getpid()


def fail() -> None:
    """Fail."""
    raise ValueError("no such thing")


def hold(children: int) -> None:
    """Hold 100 MB, and let children do so, until a line can be read; print one when all do."""
    held = bytearray(b"x") * 100_000_000
    if children:
        command = [sys.executable, __file__, str(children - 1)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
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
