"""RESULTS.md: a section for each part of the benchmark, measured together or one by one."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load_tests.report import Line, Report

OPENING = """# Speed and memory

Written by `make bench`, which measures all of this; `make bench ONLY=memory,spelling` does parts of
it, whose sections are replaced. Each figure is a ratio of two things measured in turn in one run:
the median, and in brackets the least and the most of all rounds. What is not judged is told beside
it. What each part does, its module in [benchmarks/bench](bench) says.
"""
VERDICTS = {True: "reached", False: "**missed**", None: ""}
SECTION = re.compile(r"^## (\w+)\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Circumstances:
    """What a part was measured on, when, and how."""

    date: str
    command: str
    machine: str
    versions: str
    code: str
    busy: str
    minutes: float

    def shown(self) -> str:
        """Return a paragraph of Markdown."""
        return (
            f"{self.date}, `{self.command}`, {self.minutes:.0f} minutes. {self.machine}; "
            f"{self.busy}. {self.versions}; {self.code}."
        )


def section(part: str, report: Report, measured: Circumstances) -> str:
    """Return a part's section."""
    rows = "".join(_row(line) for line in report.lines)
    head = "| figure | measured | asked | |\n|---|---|---|---|\n"
    return f"## {part}\n\n{report.title}\n\n{head}{rows}\n{measured.shown()}\n\n"


def _row(line: Line) -> str:
    cells = (line.what, line.figure, line.aim, VERDICTS[line.passed])
    return "".join(f"| {cell.replace('|', ' ')} " for cell in cells) + "|\n"


def merge(text: str, new: dict[str, str], order: Sequence[str]) -> str:
    """Return a document with new sections in place of those it had, in order."""
    sections = {match[1]: match[0] for match in SECTION.finditer(text)} | new
    known = [sections[part].rstrip("\n") for part in order if part in sections]
    return "\n\n".join([OPENING.rstrip("\n"), *known]) + "\n"


def write(path: Path, new: dict[str, str], order: Sequence[str]) -> None:
    """Put new sections into the file, in one step."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    staged = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        staged.write_text(merge(before, new, order), encoding="utf-8")
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
