# cython: language_level=3
"""A person's name, full or in fields, to its given-name words and the keys to look them up by."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cython
import msgspec

if cython.compiled:
    from cython.cimports.gender_detection.names.reader import Reader
else:
    from .reader import Reader

from .customs import customs
from .splitting import script_of_fields
from .text import clean, script

# Names are read one by one here: few words recur.
_MOST_WORDS = 1 << 14


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
    return _ask(lambda reader: _parse_full(reader, name or "", _code(country)))


def parse_parts(
    given_name: str | None, family_name: str | None, country: str | None = None
) -> ParsedName:
    """Return the reading of a name whose given and family names stand in fields of their own."""
    given, family = given_name or "", family_name or ""
    return _ask(lambda reader: _parse_parts(reader, given, family, _code(country)))


def is_no_name(folded: str) -> bool:
    """Return whether a key is a company word, a test string or one letter over and over."""
    return _ask(lambda reader: _is_no_name(reader, folded))


@cache
def _readers() -> list:
    """Return the readers that nobody uses at the moment."""
    return []


def _ask(question: Callable):
    """Return the answer of a reader that no other thread uses."""
    readers = _readers()
    try:
        reader = readers.pop()
    except IndexError:
        reader = Reader(customs(), _MOST_WORDS)
    # One that raised is not used again.
    answer = question(reader)
    readers.append(reader)
    return answer


@cython.cfunc
def _parse_full(reader: Reader, text: str, country: str):
    reader.read_name(text, reader.customs.number_of(country))
    return _parsed(reader, script(clean(text)))


@cython.cfunc
def _parse_parts(reader: Reader, given: str, family: str, country: str):
    reader.read_parts(given, family, reader.customs.number_of(country))
    return _parsed(reader, script_of_fields(clean(given), clean(family)))


@cython.cfunc
def _is_no_name(reader: Reader, folded: str):
    return reader.is_no_name(folded) != 0


@cython.cfunc
def _parsed(reader: Reader, written: str):
    return ParsedName(
        reader.title_gender() or None,
        tuple(reader.given_words()),
        reader.family() or None,
        reader.reason() or None,
        tuple(reader.keys()),
        written,
    )


def _code(country: str | None) -> str:
    return country.strip().upper() if country else ""
