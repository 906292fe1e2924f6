"""The lines of a bibliography, and the entries that they make up."""

import codecs
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ..errors import InvalidInput
from .works import Report

# Characters of the longest entry: one with 5,000 authors and their addresses has some 2 million.
LONGEST_ENTRY = 16 * 1024 * 1024


class Entry(NamedTuple):
    """The lines of an entry without their ends, and the number of the first."""

    number: int
    lines: list[str]
    is_complete: bool = True

    @property
    def place(self) -> str:
        """Where the entry begins."""
        return f"line {self.number}"


def numbered(lines: Iterable[bytes], report: Report) -> Iterator[tuple[int, str]]:
    """Yield each line as text with its number from 1 on, without its end and a byte order mark.

    Bytes that are not UTF-8 become U+FFFD.
    """
    for number, line in enumerate(lines, 1):
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        try:
            text = line.decode()
        except UnicodeDecodeError:
            report.not_utf8.add(f"line {number}")
            text = line.decode(errors="replace")
        yield number, text.rstrip("\r\n")


def entries_from(
    lines: Iterable[tuple[int, str]], begins: Callable[[str], object]
) -> Iterator[Entry]:
    """Yield entries that end where the next begins; lines before the first are left out."""
    entry: list[str] = []
    number = size = 0
    for at, line in lines:
        if begins(line):
            if entry:
                yield Entry(number, entry)
            number, entry, size = at, [line], len(line)
        elif entry:
            entry.append(line)
            size += len(line)
            _check_size(size, number)
    if entry:
        yield Entry(number, entry)


def entries_between(
    lines: Iterable[tuple[int, str]],
    begins: Callable[[str], object],
    ends: Callable[[str], object],
    passed: Callable[[str], object],
    report: Report,
) -> Iterator[Entry]:
    """Yield entries with a line at their end, which is left out; one without it is incomplete.

    Other lines are counted, unless they are blank or passed.
    """
    entry: list[str] = []
    number = size = 0
    for at, line in lines:
        if begins(line):
            if entry:
                yield Entry(number, entry, is_complete=False)
            number, entry, size = at, [line], len(line)
        elif entry and ends(line):
            yield Entry(number, entry)
            entry = []
        elif not line.strip():
            continue
        elif entry:
            entry.append(line)
            size += len(line)
            _check_size(size, number)
        elif not passed(line):
            report.stray.add(f"line {at}")
    if entry:
        yield Entry(number, entry, is_complete=False)


def _check_size(size: int, number: int) -> None:
    if size > LONGEST_ENTRY:
        raise InvalidInput(
            f"the entry that begins in line {number} has more than {LONGEST_ENTRY:,} characters: "
            "remove it, or export the bibliography again"
        )
