"""The index of decisions lists each of them, with its title and its status."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "decisions"
ROW = re.compile(
    r"^\| \[(?P<number>\d+)\]\((?P<file>[^)]+)\) \| (?P<title>.*) \| (?P<status>.+) \|$",
    re.MULTILINE,
)
STATUS = re.compile(r"^\*\*Status:\*\* (.+)$", re.MULTILINE)


def rows() -> list[re.Match[str]]:
    return list(ROW.finditer((FOLDER / "README.md").read_text(encoding="utf-8")))


def decisions() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("0*.md")}


def test_index_has_a_row_for_each_decision():
    titles = {
        name: next(line for line in text.splitlines() if line[:2] == "# ")
        for name, text in decisions().items()
    }

    assert {row["file"]: f"# {row['number']}. {row['title']}" for row in rows()} == titles


def test_index_has_the_status_of_each_decision():
    found = {name: STATUS.findall(text) for name, text in decisions().items()}

    assert {row["file"]: [row["status"]] for row in rows()} == found
