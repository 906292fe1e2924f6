"""Works in JSON: CSL-JSON, and the answers of OpenAlex and Crossref, whose items are like CSL's."""

import codecs
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from ..errors import InvalidInput
from .works import Author, Report, Work, doi_of, first_filled, year_of

# Bytes of a document, which is read as a whole: some 20,000 works of OpenAlex.
MOST_BYTES = 512 * 1024 * 1024
# In how many lines works are looked for.
LINES_TO_LOOK_AT = 100
# What msgspec raises for text that is not JSON, not of the type, not UTF-8, or nested too deep.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Name(
    msgspec.Struct, rename={"dropping": "dropping-particle", "von": "non-dropping-particle"}
):
    family: str | None = None
    given: str | None = None
    literal: str | None = None
    name: str | None = None
    dropping: str | None = None
    von: str | None = None


class _Institution(msgspec.Struct):
    country_code: str | None = None


class _OpenAlexAuthor(msgspec.Struct):
    display_name: str | None = None


class _Authorship(msgspec.Struct):
    author: _OpenAlexAuthor | None = None
    raw_author_name: str | None = None
    countries: list[str] | None = None
    institutions: list[_Institution] | None = None


class _Item(msgspec.Struct):
    """An item of CSL or Crossref, or a work of OpenAlex, which has authorships."""

    id: str | int | float | None = None
    DOI: str | None = None
    author: list[_Name] | None = None
    issued: Any = None
    title: Any = None
    doi: str | None = None
    publication_year: int | None = None
    authorships: list[_Authorship] | UnsetType | None = UNSET
    is_authors_truncated: bool | None = None


class _Envelope(msgspec.Struct):
    """The documents that hold items, or one item."""

    results: list[msgspec.Raw] | UnsetType = UNSET
    items: list[msgspec.Raw] | UnsetType = UNSET
    message: msgspec.Raw | UnsetType = UNSET


_ITEM, _ENVELOPE = msgspec.json.Decoder(_Item), msgspec.json.Decoder(_Envelope)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
NOT_WORKS = (
    "this is no JSON of works or people: export CSL-JSON, save an answer of OpenAlex or Crossref, "
    "or write people as a list of objects"
)


class JsonWorks:
    """The works among items, of one form: that of the first which has authors.

    place is what an item is called in messages, with its number from 1 on.
    """

    def __init__(self, items: Iterable[bytes | msgspec.Raw], place: str) -> None:
        self._items, self._place = iter(items), place
        self.is_open_alex = False
        self._waiting: list[bytes | msgspec.Raw] = []
        for item in self._items:
            self._waiting.append(item)
            if (form := form_of(item)) is not None:
                self.is_open_alex = form
                break

    def works(self, report: Report) -> Iterator[Work]:
        """Yield the works; count items that cannot be read, or have another form."""
        of = _open_alex_work if self.is_open_alex else _csl_work
        for number, item in enumerate(self._all(), 1):
            place = f"{self._place} {number}"
            try:
                decoded = _ITEM.decode(item)
            except UNREADABLE:
                if bytes(item).strip():
                    report.unread.add(place)
                continue
            is_other = decoded.authorships is not UNSET
            if is_other is not self.is_open_alex and (decoded.author or is_other):
                report.unread.add(place)
                continue
            yield of(decoded, place)

    def _all(self) -> Iterator[bytes | msgspec.Raw]:
        yield from self._waiting
        self._waiting = []
        yield from self._items


def document_in(lines: Iterable[bytes]) -> bytes:
    """Return a document without a byte order mark; raise InvalidInput if it is too large."""
    parts, size = [], 0
    for line in lines:
        parts.append(line)
        size += len(line)
        if size > MOST_BYTES:
            raise InvalidInput(
                f"the JSON document has more than {MOST_BYTES:,} bytes: write one work per line, "
                "in a file with the ending .jsonl ('jq -c .[]' does)"
            )
    return b"".join(parts).removeprefix(codecs.BOM_UTF8)


def from_document(document: bytes) -> JsonWorks:
    """Return the works of a document; raise InvalidInput if it has none."""
    items = _as_list(document)
    if items is None:
        raise InvalidInput(NOT_WORKS)
    return JsonWorks(items, "item")


def has_authors(document: bytes) -> bool:
    """Return whether a document holds a work with authors."""
    return any(form_of(item) is not None for item in _as_list(document) or ())


def _as_list(text: bytes | msgspec.Raw) -> list[Any] | None:
    """Return the items of a document, None if it is not one of works."""
    try:
        if bytes(text[:64]).lstrip().startswith(b"["):
            return _LIST.decode(text)
        envelope = _ENVELOPE.decode(text)
    except UNREADABLE:
        return None
    if envelope.results is not UNSET:
        return list(envelope.results)
    if envelope.items is not UNSET:
        return list(envelope.items)
    if envelope.message is not UNSET:
        return _as_list(bytes(envelope.message))
    return [text]


def holds_works(lines: Iterable[bytes]) -> bool:
    """Return whether one of the first lines is a work with authors."""
    return any(form_of(line) is not None for line in islice(lines, LINES_TO_LOOK_AT))


def form_of(item: bytes | msgspec.Raw) -> bool | None:
    """Return whether an item with authors is of OpenAlex; None if it has none, or is no item."""
    try:
        decoded = _ITEM.decode(item)
    except UNREADABLE:
        return None
    if decoded.authorships is not UNSET:
        return True
    return False if decoded.author else None


def _csl_work(item: _Item, place: str) -> Work:
    key = str(item.id) if item.id is not None else None
    return Work(
        id=first_filled([doi_of(item.DOI), key]) or place,
        year=_issued(item.issued),
        authors=[_csl_author(name) for name in item.author or ()],
        title=_title(item.title),
    )


def _csl_author(name: _Name) -> Author:
    if name.family is None:
        # A group, or a name that nobody has split; Crossref's groups have a name.
        return Author(first_filled([name.literal, name.name, name.given]))
    family = " ".join(part for part in (name.dropping, name.von, name.family) if part)
    return Author(None, name.given, family)


def _issued(issued: Any) -> int | None:
    """Return the year of a date in CSL, which has parts, or text that a person wrote."""
    if not isinstance(issued, dict):
        return year_of(str(issued)) if isinstance(issued, (str, int)) else None
    match issued.get("date-parts"):
        case [[(int() | str()) as year, *_], *_]:
            return year_of(str(year))
    return year_of(*(str(issued.get(name) or "") for name in ("raw", "literal")))


def _open_alex_work(item: _Item, place: str) -> Work:
    key = str(item.id) if item.id is not None else None
    return Work(
        id=first_filled([doi_of(item.doi), key]) or place,
        year=year_of(str(item.publication_year)),
        authors=[_open_alex_author(one) for one in item.authorships or ()],
        more_authors=bool(item.is_authors_truncated),
        title=_title(item.title),
    )


def _title(title: Any) -> str:
    # Crossref has a list.
    return " ".join(map(str, title)) if isinstance(title, list) else str(title or "")


def _open_alex_author(one: _Authorship) -> Author:
    known = one.author.display_name if one.author else None
    # OpenAlex gathers an author's works under one name, which is often longer than the printed one.
    name = first_filled([known, one.raw_author_name])
    places = [place.country_code for place in one.institutions or ()]
    countries = {code for code in one.countries or places if code}
    return Author(name, country=countries.pop() if len(countries) == 1 else None)
