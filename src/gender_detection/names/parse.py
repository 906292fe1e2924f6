# cython: language_level=3
"""A person's name, full or in fields, to its given-name words and the keys to look them up by."""

from __future__ import annotations

import msgspec

from . import reader
from .customs import customs
from .splitting import script_of_fields
from .text import clean, script

# Names are read one by one here: few words recur.
_MOST_WORDS = 1 << 14
# Those that nobody uses at the moment.
_READERS: list[reader.Reader] = []


class ParsedName(msgspec.Struct, frozen=True, gc=False):
    """What a name says.

    title_gender  "female" or "male" where a gendered title decides by itself
    given         given-name words as written, in order, without initials
    family        the family name as written, where there is one
    reason        None, or why no given name is left: "empty", "initials", "not_a_name"
    keys          up to four keys, most specific first
    script        "latin", "cyrillic", "greek", "arabic", "hebrew", "devanagari", "thai",
                  "hangul", "kana", "han", "other" or "none"
    """

    title_gender: str | None
    given: tuple[str, ...]
    family: str | None
    reason: str | None
    keys: tuple[str, ...]
    script: str


def parse(name: str | None, country: str | None = None) -> ParsedName:
    """Return the reading of a full name or a bare given name; never raises on any text.

    country is an ISO 3166-1 alpha-2 code in any case; it settles order and some titles.
    """
    text = name or ""
    own: reader.Reader = _free_reader()
    own.read_name(text, own.customs.number_of(_code(country)))
    return _parsed(own, script(clean(text)))


def parse_parts(
    given_name: str | None, family_name: str | None, country: str | None = None
) -> ParsedName:
    """Return the reading of a name whose given and family names stand in fields of their own."""
    given, family = given_name or "", family_name or ""
    own: reader.Reader = _free_reader()
    own.read_parts(given, family, own.customs.number_of(_code(country)))
    return _parsed(own, script_of_fields(clean(given), clean(family)))


def family_gender(family: str) -> str | None:
    """Return "female" or "male" where a family name has the form that women or men bear.

    Of several words the last counts, of hyphenated ones too. It is a strong hint and no proof:
    families that moved keep one form for all.
    """
    own: reader.Reader = _free_reader()
    own.read_parts("", family, 0)
    found = own.family_gender()
    _READERS.append(own)
    return found or None


def is_no_name(folded: str) -> bool:
    """Return whether a key is a company word, a test string or one letter over and over."""
    own: reader.Reader = _free_reader()
    found: bool = own.is_no_name(folded) != 0
    _READERS.append(own)
    return found


def plain_key(name: str) -> str:
    """Return the first key of given names in a field, "" where it has none or is no plain text."""
    own: reader.Reader = _free_reader()
    found = own.plain_key(name)
    _READERS.append(own)
    return found


def plain_family_key(name: str) -> str:
    """Return the key of a whole family name, "" where it has none or is no plain text."""
    own: reader.Reader = _free_reader()
    found = own.plain_family_key(name)
    _READERS.append(own)
    return found


def _free_reader() -> reader.Reader:
    """Return a reader that no other thread uses, until it is put back; one that raised is not."""
    try:
        return _READERS.pop()
    except IndexError:
        return reader.Reader(customs(), _MOST_WORDS)


def _parsed(own: reader.Reader, written: str):
    """Return what a reader read, and put it back."""
    parsed = ParsedName(
        own.title_gender() or None,
        tuple(own.given_words()),
        own.family() or None,
        own.reason() or None,
        tuple(own.keys()),
        written,
    )
    _READERS.append(own)
    return parsed


def _code(country: str | None) -> str:
    return country.strip().upper() if country else ""
