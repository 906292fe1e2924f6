"""Reads tables of golden answers: names with the expected answers.

Invisible characters, and those that an editor may change, are written as escapes: \\u200b.
"""

import csv
import re
from pathlib import Path

_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table as text by column, with escapes replaced."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            {column: _ESCAPE.sub(_character, text) for column, text in row.items()}
            for row in csv.DictReader(lines)
        ]


def label(row: dict[str, str]) -> str:
    """Return the name of a row in the list of tests."""
    name = row["name"] or f"{row['given_name']} ~ {row['family_name']}"
    return f"{name} {row['country']}".strip()


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))
