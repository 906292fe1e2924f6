"""BibTeX and BibLaTeX, read entry by entry with pybtex.

An entry ends where the next begins at the start of a line, whatever its braces: a brace that is
never closed costs that entry alone, and only one entry is in memory.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

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

_BEGIN = re.compile(r"\s*@\s*\w+\s*[{(]")


class _Parser(LowLevelParser):  # type: ignore[misc]
    # Also keys with spaces, and empty ones: the authors of the entry count all the same.
    KEY_BRACE = Pattern(r'[^,{}="]*', "entry key")


def read_bibtex(lines: Iterable[bytes], report: Report) -> Iterator[Work]:
    """Yield the entries of a .bib file; names keep their LaTeX."""
    macros = CaseInsensitiveDict(month_names)
    for entry in entries_from(numbered(lines, report), _BEGIN.match):
        yield from _works(entry, macros, report)


def _works(entry: Entry, macros: Any, report: Report) -> Iterator[Work]:
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
            yield _work(key, fields, entry.place)
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
        authors=[Author(name) for name in names],
    )
