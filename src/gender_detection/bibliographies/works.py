"""Works, their authors, and what was not understood in a bibliography."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_SHORT_NAME = re.compile(
    r"(?P<family>.+?),? (?P<initials>(?:[^\W\d_]\.?-?){1,4})(?:,? (?:Jr|Sr|2nd|3rd|II|III|IV)\.?)?"
)
# Initials before the family name, as Google Scholar has them: AB Rossi.
_INITIALS_FIRST = re.compile(r"(?P<initials>[^\W\d_]{1,3}) [^\W\d_].*")
# Letters of a title that is surely of one work, and of how many works titles are remembered.
_LONG_TITLE, _MOST_WORKS = 20, 1_000_000
_OTHERS = re.compile(r"(?:and )?(?:others|et\.? ?al\.?)", re.IGNORECASE)


class Author(NamedTuple):
    """An author as the bibliography names them: a name, or a given and a family name.

    country is an ISO 3166-1 alpha-2 code, None if it is not known or there are several.
    """

    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    country: str | None = None


@dataclass(slots=True)
class Work:
    """A work with its authors in order; more_authors: whether there are others, not listed.

    title is only compared with those of other works; it may be blank.
    """

    id: str
    year: int | None
    authors: list[Author]
    more_authors: bool = False
    title: str = ""


@dataclass(slots=True)
class Faults:
    """How many there are, and the place of the first."""

    n: int = 0
    first: str = ""

    def add(self, place: str) -> None:
        """Count one."""
        self.n += 1
        self.first = self.first or place


@dataclass(slots=True)
class Report:
    """What was left out of a bibliography, or not understood, so far.

    unread            entries without any author that could be read because of an error
    cut               entries with an error, of which the part before it is read
    stray             lines that belong to no entry
    not_utf8          lines with bytes that are not UTF-8
    without_authors   entries without authors, for example with editors only
    with_others       works that end with "and others" or "et al.", or whose list is cut off
    blank             authors without a name
    repeated          works with the number, or the title and year, of one before
    """

    unread: Faults = field(default_factory=Faults)
    cut: Faults = field(default_factory=Faults)
    stray: Faults = field(default_factory=Faults)
    not_utf8: Faults = field(default_factory=Faults)
    without_authors: int = 0
    with_others: int = 0
    blank: int = 0
    repeated: int = 0
    _known: set[int] = field(default_factory=set)

    def compare(self, work: Work) -> None:
        """Count a work if it is there for the second time."""
        title = "".join(filter(str.isalnum, work.title.casefold()))
        marks = {hash(work.id.casefold())}
        if len(title) >= _LONG_TITLE:
            marks.add(hash((title, work.year)))
        self.repeated += not marks.isdisjoint(self._known)
        if len(self._known) < _MOST_WORKS:
            self._known |= marks

    def sentence(self) -> str | None:
        """Return all counts that are not 0, None if all are."""
        places = {
            "entries that cannot be read": self.unread,
            "entries read only up to an error": self.cut,
            "lines outside of entries": self.stray,
            "lines that are not in UTF-8": self.not_utf8,
        }
        parts = [
            f"{what}: {faults.n:,} (the first: {faults.first})"
            for what, faults in places.items()
            if faults.n
        ]
        counts = {
            "entries without authors": self.without_authors,
            'works with further authors ("et al.") who are not named': self.with_others,
            "authors without a name, left out": self.blank,
            "works that are there more than once, and are counted each time": self.repeated,
        }
        parts += [f"{what}: {n:,}" for what, n in counts.items() if n]
        return "; ".join(parts) or None


def finished(work: Work, report: Report) -> Work | None:
    """Return a work without the authors who are no persons, None if no author is left.

    These are blank names, and the marks of further authors, which set more_authors.
    """
    authors = []
    for author in work.authors:
        if not any(part and part.strip() for part in author[:3]):
            report.blank += 1
        elif author.name and _OTHERS.fullmatch(author.name.strip("{} ")):
            work.more_authors = True
        else:
            authors.append(author)
    report.with_others += work.more_authors
    if not authors:
        report.without_authors += 1
        return None
    report.compare(work)
    work.authors = authors
    return work


def year_of(*texts: str | None) -> int | None:
    """Return the first number of four digits in the first text that has one."""
    for text in texts:
        if text and (found := _YEAR.search(text)):
            return int(found[0])
    return None


def doi_of(text: str | None) -> str | None:
    """Return a DOI in lower case without its address, so that it is the same in all formats."""
    return _DOI_PREFIX.sub("", text.strip()).lower() or None if text else None


def with_initials(name: str) -> str:
    """Return a short name (Rossi AM) as Rossi, A M: together, initials would look like a name."""
    found = _SHORT_NAME.fullmatch(name)
    if found is None or not found["initials"].isupper():
        return name
    return f"{found['family']}, {' '.join(filter(str.isalpha, found['initials']))}"


def is_short(name: str) -> bool:
    """Return whether a name is a family name with initials behind or before it."""
    forms = (_SHORT_NAME.fullmatch(name), _INITIALS_FIRST.fullmatch(name))
    return any(found is not None and found["initials"].isupper() for found in forms)


def first_filled(texts: Iterable[str | None]) -> str | None:
    """Return the first text that is not blank."""
    return next((text.strip() for text in texts if text and text.strip()), None)
