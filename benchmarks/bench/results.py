"""Write RESULTS.md: one section for each part of the benchmark."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load_tests.report import Line, Report

OPENING = """# Speed and memory

`make bench` measures all parts and writes this file; `make bench ONLY=memory,spelling` measures
some parts and replaces their sections. A figure with an aim compares two measurements that
alternate in one run: it is the median of all rounds, with the minimum and maximum in brackets.
Figures without an aim are for information. The modules in `benchmarks/bench` describe the
parts.
"""
VERDICTS = {True: "reached", False: "**missed**", None: ""}
SECTION = re.compile(r"^## (\w+)\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Circumstances:
    """When, how and on which machine and code a part was measured."""

    date: str
    command: str
    machine: str
    versions: str
    code: str
    busy: str
    minutes: float

    def shown(self) -> str:
        """Return them as a paragraph of Markdown."""
        return (
            f"{self.date}, `{self.command}`, {self.minutes:.0f} minutes. {self.machine}; "
            f"{self.busy}. {self.versions}; {self.code}."
        )


def section(part: str, report: Report, measured: Circumstances) -> str:
    """Return the section of a part in Markdown."""
    rows = "".join(_row(line) for line in report.lines)
    head = "| figure | measured | aim | |\n|---|---|---|---|\n"
    return f"## {part}\n\n{report.title}\n\n{head}{rows}\n{measured.shown()}\n\n"


def _row(line: Line) -> str:
    cells = (line.what, line.figure, line.aim, VERDICTS[line.passed])
    return "".join(f"| {cell.replace('|', ' ')} " for cell in cells) + "|\n"


def merge(text: str, new: dict[str, str], order: Sequence[str]) -> str:
    """Return a document with its sections replaced by the new ones, in order."""
    sections = {match[1]: match[0] for match in SECTION.finditer(text)} | new
    known = [sections[part].rstrip("\n") for part in order if part in sections]
    return "\n\n".join([OPENING.rstrip("\n"), *known]) + "\n"


def write(path: Path, new: dict[str, str], order: Sequence[str]) -> None:
    """Replace sections of the file atomically."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    staged = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        staged.write_text(merge(before, new, order), encoding="utf-8")
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
