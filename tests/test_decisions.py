"""The index of decisions names each of them, by its own title."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "decisions"
ROW = re.compile(
    r"^\| \[(?P<number>\d+)\]\((?P<file>[^)]+)\) \| (?P<title>.*) \| .+ \|$", re.MULTILINE
)


def test_index_has_a_row_for_each_decision():
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = {row["file"]: f"# {row['number']}. {row['title']}" for row in ROW.finditer(index)}
    titles = {
        path.name: next(line for line in path.read_text("utf-8").splitlines() if line[:2] == "# ")
        for path in FOLDER.glob("0*.md")
    }

    assert rows == titles
