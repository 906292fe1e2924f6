"""Run all drills, one after the other, on the model that is served.

    .venv/bin/python benchmarks/drills

Each prints a table of figures, aims and verdicts; the exit code is 1 where any aim was missed. They
take about ten minutes, and a quiet machine: the last line of each table says who else was at work.
Each is a program of its own too, with options (--help).
"""

import subprocess
import sys
from pathlib import Path


def drills() -> list[Path]:
    """Return the programs beside this one."""
    others = sorted(Path(__file__).parent.glob("[a-z]*.py"))
    return [path for path in others if "\ndef main(" in path.read_text(encoding="utf-8")]


def main() -> int:
    """Run them and return the exit code."""
    # In processes of their own: none leaves anything behind for the next.
    return max(
        [subprocess.run([sys.executable, path], check=False).returncode for path in drills()]
    )


if __name__ == "__main__":
    sys.exit(main())
