"""Check that the logs of a test run hold none of the names that the tests sent.

    make test && .venv/bin/python benchmarks/search_logs.py

Each server of the tests writes the names in its requests to a file beside its log (*.names). This
program searches all logs (*.log) of the run for all these names, word by word. The run is the last
one in the folder of pytest's temporary files, or the folder given.
"""

import argparse
import getpass
import os
import re
import sys
import tempfile
from pathlib import Path

# By the examples of the README, which its tests run unchanged.
SENT_ELSEWHERE = frozenset({"Maria", "Andrea", "Rossi", "Olga"})
WORD = re.compile(r"[^\W\d_]{2,}")


def last_run() -> Path:
    """Return the folder of pytest's last run."""
    root = Path(os.environ.get("PYTEST_DEBUG_TEMPROOT") or tempfile.gettempdir())
    return (root / f"pytest-of-{getpass.getuser()}" / "pytest-current").resolve()


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 1 if a name or no log is found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=None)
    folder = parser.parse_args(arguments).folder or last_run()
    written = list(folder.rglob("*.names"))
    names = set(SENT_ELSEWHERE)
    for path in written:
        names.update(path.read_text(encoding="utf-8").split())
    logs = sorted(path for path in folder.rglob("*.log") if path.is_file())
    size = found = 0
    for path in logs:
        text = path.read_text(encoding="utf-8", errors="replace")
        size += len(text)
        if shown := sorted(names.intersection(WORD.findall(text))):
            found += 1
            print(f"{path}: {', '.join(shown)}")
    verdict = "MISS" if found or not written or not logs else "PASS"
    print(
        f"{folder}: {len(logs)} logs, {size:,} characters, {len(names):,} names; "
        f"{found} logs hold a name  {verdict}"
    )
    return 1 if verdict == "MISS" else 0


if __name__ == "__main__":
    sys.exit(main())
