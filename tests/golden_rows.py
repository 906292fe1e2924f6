"""Rows of a table of golden answers: what is asked, and what is to be answered.

Characters that cannot be seen, or that an editor may change, are written as \\u200b and the like.
"""

import csv
import re
from pathlib import Path

_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table as text by column, escapes resolved."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            {column: _ESCAPE.sub(_character, text) for column, text in row.items()}
            for row in csv.DictReader(lines)
        ]


def label(row: dict[str, str]) -> str:
    """Return what to call a row in the list of tests."""
    asked = row["name"] or f"{row['given_name']} ~ {row['family_name']}"
    return f"{asked} {row['country']}".strip()


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))
