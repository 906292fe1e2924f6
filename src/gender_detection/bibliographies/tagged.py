"""RIS, MEDLINE (PubMed) and the plain text of Web of Science, whose lines begin with a tag.

rispy reads the lines of an entry. Entries are told apart here, because rispy passes over lines
between them, and over a last entry without its end, without a word.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from ..errors import InvalidInput
from .lines import Entry, entries_between, entries_from, numbered
from .works import Author, Report, Work, doi_of, first_filled, with_initials, year_of

try:
    from rispy.parser import RisParser, WokParser
except ImportError as err:
    raise InvalidInput(
        ".ris, .nbib, .ciw and .txt files need rispy, which is not installed: run 'pip install "
        "rispy', or export the bibliography as CSL-JSON"
    ) from err

Fields = dict[str, Any]

_RIS_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: |$)(.*)")
_MEDLINE_TAG = re.compile(r"([A-Z]{2,4}) {0,2}-(?: |$)(.*)")
_WOS_BEGIN = re.compile(r"PT ")
_WOS_FRAME = re.compile(r"(?:FN|VR) |EF\b")


def _mapping(start: str, *tags: str, **others: str) -> dict[str, str]:
    """Return a mapping for rispy: of tags to themselves, and of others to one of these."""
    return {tag: tag for tag in (start, "ER", *tags)} | others


class _Ris(RisParser):  # type: ignore[misc]
    # A1 is another tag of authors; A2 and ED are editors.
    DEFAULT_MAPPING: ClassVar = {
        **_mapping("TY", "AU", "PY", "Y1", "DA", "DO", "ID", "AN", "TI"),
        "A1": "AU",
        "T1": "TI",
    }
    DEFAULT_LIST_TAGS: ClassVar = ["AU", "A1"]

    def parse_line(self, line: str) -> tuple[str | None, str]:
        return _parsed(_RIS_TAG, line)


class _Medline(RisParser):  # type: ignore[misc]
    START_TAG = "PMID"
    # Groups (CN) stand among the authors, in their order.
    DEFAULT_MAPPING: ClassVar = _mapping("PMID", "FAU", "AU", "DP", "LID", "AID", "TI", CN="FAU")
    DEFAULT_LIST_TAGS: ClassVar = ["FAU", "CN", "AU", "LID", "AID"]

    def parse_line(self, line: str) -> tuple[str | None, str]:
        return _parsed(_MEDLINE_TAG, line)

    def _add_tag(self, record: Any, tag: Any, content: Any, extend_multiline: bool = False) -> None:
        # A wrapped line continues the name before it, and is not one more author.
        if extend_multiline and tag in self.list_tags:
            names = record[self.mapping[tag]]
            names[-1] = f"{names[-1]} {content}"
        else:
            super()._add_tag(record, tag, content, extend_multiline)


class _WebOfScience(WokParser):  # type: ignore[misc]
    DEFAULT_MAPPING: ClassVar = _mapping(
        "PT", "AU", "AF", "BA", "BF", "CA", "PY", "EY", "DI", "UT", "TI"
    )


def read_ris(lines: Iterable[bytes], report: Report) -> Iterator[Work]:
    """Yield the entries of a .ris file."""

    def begins(line: str) -> bool:
        return _parsed(_RIS_TAG, line)[0] == "TY"

    def ends(line: str) -> bool:
        return _parsed(_RIS_TAG, line)[0] == "ER"

    entries = entries_between(numbered(lines, report), begins, ends, lambda _: False, report)
    return _works(entries, _Ris, "ER  - ", _ris_work, report)


def read_medline(lines: Iterable[bytes], report: Report) -> Iterator[Work]:
    """Yield the entries of a file in PubMed's format."""
    entries = entries_from(_counted_before(numbered(lines, report), report), _is_pmid)
    return _works(entries, _Medline, "ER  - ", _medline_work, report)


def read_web_of_science(lines: Iterable[bytes], report: Report) -> Iterator[Work]:
    """Yield the entries of a plain text export of Web of Science."""
    entries = entries_between(
        numbered(lines, report),
        _WOS_BEGIN.match,
        lambda line: line.rstrip() == "ER",
        _WOS_FRAME.match,
        report,
    )
    return _works(entries, _WebOfScience, "ER", _web_of_science_work, report)


def _works(
    entries: Iterable[Entry],
    parser: type[Any],
    end: str,
    work_of: Callable[[Fields, str], Work],
    report: Report,
) -> Iterator[Work]:
    reader = parser(skip_unknown_tags=True)
    for entry in entries:
        # At a damaged line, such as ER with something behind it, the parser would end an entry.
        lines = [line for line in entry.lines if reader.parse_line(line)[0] != reader.END_TAG]
        (fields,) = reader.parse_lines(iter([*lines, end]))
        work = work_of(fields, entry.place)
        if not entry.is_complete or len(lines) < len(entry.lines):
            (report.cut if work.authors else report.unread).add(entry.place)
            if not work.authors:
                continue
        yield work


def _parsed(tag: re.Pattern[str], line: str) -> tuple[str | None, str]:
    """Return the tag and the content of a line, None for one that continues the line before."""
    found = tag.match(line)
    return (found[1], found[2].strip()) if found else (None, line.strip())


def _is_pmid(line: str) -> bool:
    return line.startswith("PMID-")


def _counted_before(lines: Iterable[tuple[int, str]], report: Report) -> Iterator[tuple[int, str]]:
    """Pass lines on; count those before the first entry, unless they are blank."""
    has_begun = False
    for number, line in lines:
        has_begun = has_begun or _is_pmid(line)
        if not has_begun and line.strip():
            report.stray.add(f"line {number}")
        if line.strip():
            yield number, line


def _ris_work(fields: Fields, place: str) -> Work:
    ids = [doi_of(fields.get("DO")), fields.get("ID"), fields.get("AN")]
    return Work(
        id=first_filled(ids) or place,
        year=year_of(fields.get("PY"), fields.get("Y1"), fields.get("DA")),
        # A name that is not inverted may end in a comma: it is that of an organisation.
        authors=[Author(name.rstrip(", ")) for name in fields.get("AU", [])],
        title=_text(fields.get("TI")),
    )


def _medline_work(fields: Fields, place: str) -> Work:
    full, short = fields.get("FAU", []), fields.get("AU", [])
    # Old entries have no full names; then only groups are among them.
    names = full if len(full) >= len(short) else [*map(with_initials, short), *full]
    identifiers = [*fields.get("LID", []), *fields.get("AID", [])]
    dois = [text.removesuffix("[doi]") for text in identifiers if text.endswith("[doi]")]
    return Work(
        id=first_filled([doi_of(first_filled(dois)), fields.get("PMID")]) or place,
        year=year_of(fields.get("DP")),
        authors=[Author(name) for name in names],
        title=_text(fields.get("TI")),
    )


def _web_of_science_work(fields: Fields, place: str) -> Work:
    # Books have book authors, who are not repeated as authors.
    short = fields.get("AU") or fields.get("BA") or []
    full = fields.get("AF") or fields.get("BF") or []
    # Where there is no full name, the short one is repeated: family name and initials.
    names = [with_initials(name) if name in short else name for name in full]
    names = names or [with_initials(name) for name in short]
    return Work(
        id=first_filled([doi_of(fields.get("DI")), fields.get("UT")]) or place,
        year=year_of(fields.get("PY"), fields.get("EY")),
        authors=[Author(name) for name in (*names, *fields.get("CA", []))],
        title=_text(fields.get("TI")),
    )


def _text(content: str | list[str] | None) -> str:
    return " ".join(content) if isinstance(content, list) else content or ""
