"""The commands of docs/bibliographies.md, run on an export of 500 works."""

import csv
import re
import shlex
from pathlib import Path
from random import Random

import pytest

from tests.cli.command_line import run

PAGE = Path(__file__).parents[2] / "docs/bibliographies.md"
GIVEN = ("Maria", "John", "Andrea", "Kim", "Zunda", "J.", "M. K.")
FAMILY = ("Rossi", 'M{\\"u}ller', "Garc{\\'\\i}a", "{van der Berg}", "Smith")
WORKS, MOST_AUTHORS = 500, 6


def export(works: int) -> str:
    """Return a bibliography as a search exports it: names with LaTeX, initials, and a group."""
    draw = Random(5)
    entries = []
    for number in range(works):
        people = [
            f"{draw.choice(FAMILY)}, {draw.choice(GIVEN)}"
            for _ in range(draw.randint(1, MOST_AUTHORS))
        ]
        if number % 50 == 0:
            people.append("{Invented Results Collaboration}")
        entries.append(
            f"@article{{work{number},\n  author = {{{' and '.join(people)}}},\n"
            f"  title = {{On the number {number}}},\n  year = {{{2010 + number % 10}}}\n}}\n"
        )
    return "\n".join(entries)


def commands() -> list[list[str]]:
    blocks = re.findall(r"```bash\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line]


@pytest.mark.usefixtures("published", "pandas_as_it_is")
def test_commands_of_the_page_lead_from_an_export_to_a_figure(
    capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    text = export(WORKS)
    Path("papers.bib").write_text(text)

    outputs = []
    for command in commands():
        assert command[0] == ".venv/bin/gender-detection"
        code, out, err = run(capsys, *command[1:])
        assert (code, "error" in err) == (0, False)
        outputs.append(out)

    with Path("people.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == text.count(" and ") + WORKS
    assert len({row["work"] for row in rows}) == WORKS
    assert sum(row["reason"] == "not_a_person" for row in rows) == WORKS // 50
    assert {row["position"] for row in rows} == {"first", "middle", "last", "only"}
    assert outputs[-1].startswith("Share of women")
    assert ">2019<" in Path("shares.svg").read_text()
