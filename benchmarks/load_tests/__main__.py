"""Run all load tests, one after the other, on the current model.

    .venv/bin/python benchmarks/load_tests

Each prints a table of figures, aims and verdicts; the exit code is 1 if any figure missed its aim.
They take about a quarter of an hour on a quiet machine, and need wrk: the last line of each table
shows how busy other programs were. Each can be run alone, with options (--help):

    .venv/bin/python -m benchmarks.load_tests.overload --times 2
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def load_tests() -> list[str]:
    """Return the modules beside this one that are load tests, sorted."""
    others = sorted(Path(__file__).parent.glob("[a-z]*.py"))
    programs = [path for path in others if "\ndef main(" in path.read_text(encoding="utf-8")]
    return [f"benchmarks.load_tests.{path.stem}" for path in programs]


def main() -> int:
    """Run them and return the exit code."""
    # `python benchmarks/load_tests` puts this folder on the path, not the root of the checkout.
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    variables = {**os.environ, "PYTHONPATH": path}
    # Each in a process of its own, so that none affects the next.
    commands = [[sys.executable, "-m", module] for module in load_tests()]
    return max(subprocess.run(c, env=variables, check=False).returncode for c in commands)


if __name__ == "__main__":
    sys.exit(main())
