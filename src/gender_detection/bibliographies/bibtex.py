"""BibTeX and BibLaTeX, read entry by entry with pybtex.

An entry ends where the next begins at the start of a line, whatever its braces: a brace that is
never closed costs that entry alone, and only one entry is in memory.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..errors import InvalidInput
from .lines import Entry, entries_from, numbered
from .works import Author, Report, Work, doi_of, first_filled, year_of

try:
    from pybtex.bibtex.utils import split_name_list
    from pybtex.database.input.bibtex import LowLevelParser, UndefinedMacro, month_names
    from pybtex.scanner import Pattern
    from pybtex.utils import CaseInsensitiveDict
except ImportError as err:
    raise InvalidInput(
        ".bib files need pybtex, which is not installed: run 'pip install pybtex', or export the "
        "bibliography as CSL-JSON"
    ) from err

# Types of entries that others name, and what these take from them.
_CAN_BE_PARENTS = frozenset(
    "xdata proceedings mvproceedings book mvbook collection mvcollection reference mvreference "
    "periodical set".split()
)
_OF_PARENT = ("year", "date")
_OF_XDATA = (*_OF_PARENT, "author", "doi")
# DBLP tells people of the same name apart: Anna Rossi 0001.
_NUMBER = re.compile(r" \d{4}$")
_BEGIN = re.compile(r"\s*@\s*\w+\s*[{(]")


class _Parser(LowLevelParser):  # type: ignore[misc]
    # Also keys with spaces, and empty ones: the authors of the entry count all the same.
    KEY_BRACE = Pattern(r'[^,{}="]*', "entry key")


def read_bibtex(lines: Iterable[bytes], report: Report) -> Iterator[Work]:
    """Yield the entries of a .bib file; names keep their LaTeX.

    An entry takes its year from the one that its crossref or xdata names. If that one is below, the
    entry follows it.
    """
    macros = CaseInsensitiveDict(month_names)
    parents = _Parents()
    for entry in entries_from(numbered(lines, report), _BEGIN.match):
        for found in _entries(entry, macros, report):
            yield from parents.completed(found)
    yield from parents.rest()


class _Found(NamedTuple):
    """An entry that was read."""

    kind: str
    key: str
    fields: dict[str, str]
    place: str


class _Parents:
    """Entries that others take fields from, and those that wait for one."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}
        self._waiting: dict[str, list[_Found]] = {}

    def completed(self, found: _Found) -> Iterator[Work]:
        """Yield the work of an entry, and those that waited for it."""
        key = found.key.strip().lower()
        fields = found.fields
        if found.kind in _CAN_BE_PARENTS:
            names = _OF_XDATA if found.kind == "xdata" else _OF_PARENT
            self._known[key] = {name: fields[name] for name in names if name in fields}
        if found.kind != "xdata":
            missing = [name for name in _parents_of(fields) if name not in self._known]
            if missing and not _has_year(fields):
                self._waiting.setdefault(missing[0], []).append(found)
            else:
                yield self._work(found)
        for waiting in self._waiting.pop(key, []) if key in self._known else []:
            yield from self.completed(waiting)

    def rest(self) -> Iterator[Work]:
        """Yield the works whose parents are not there."""
        for waiting in self._waiting.values():
            yield from map(self._work, waiting)

    def _work(self, found: _Found) -> Work:
        fields = dict(found.fields)
        for parent in _parents_of(fields):
            for name, value in self._known.get(parent, {}).items():
                if not (name in _OF_PARENT and _has_year(found.fields)):
                    fields.setdefault(name, value)
        return _work(found.key, fields, found.place)


def _parents_of(fields: dict[str, str]) -> list[str]:
    named = f"{fields.get('crossref', '')},{fields.get('xdata', '')}".lower().split(",")
    return [name.strip() for name in named if name.strip()]


def _has_year(fields: dict[str, str]) -> bool:
    return year_of(fields.get("year"), fields.get("date")) is not None


def _entries(entry: Entry, macros: Any, report: Report) -> Iterator[_Found]:
    errors: list[Any] = []

    def note(error: Any) -> None:
        # An undefined abbreviation matters only where it stands for authors.
        is_harmless = isinstance(error, UndefinedMacro) and _folded(parser) != "author"
        if not is_harmless:
            errors.append(error)

    parser = _Parser("\n".join(entry.lines), macros=macros, handle_error=note)
    for command, content in parser:
        if command.lower() in ("string", "preamble"):
            if errors:
                report.unread.add(entry.place)
            continue
        key, parts = content
        fields: dict[str, str] = {}
        for name, value in parts:
            fields.setdefault(name.lower(), "".join(value))
        if errors and "author" not in fields:
            report.unread.add(entry.place)
        else:
            if errors:
                report.cut.add(entry.place)
            yield _Found(command.lower(), key, fields, entry.place)
        errors.clear()


def _folded(parser: Any) -> str:
    return (parser.current_field_name or "").lower()


def _work(key: str, fields: dict[str, str], place: str) -> Work:
    doi = doi_of(fields.get("doi", "").strip("{} ").replace("\\_", "_"))
    # With blanks around them, also an "and" before the first name or after the last divides names.
    names = split_name_list(f" {' '.join(fields['author'].split())} ") if "author" in fields else []
    return Work(
        id=first_filled([doi, key]) or place,
        year=year_of(fields.get("year"), fields.get("date")),
        authors=[Author(_NUMBER.sub("", name)) for name in names],
        title=fields.get("title", ""),
    )
