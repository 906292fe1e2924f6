# cython: language_level=3
"""A person's name, full or in fields, to its given-name words and the keys to look them up by."""

from __future__ import annotations

import cython
import msgspec

if cython.compiled:
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.reader import Reader
    from cython.cimports.gender_detection.names.spans import FAMILY
else:
    from . import word_classes as kinds
    from .reader import Reader
    from .spans import FAMILY

from .customs import customs
from .splitting import script_of_fields
from .text import clean, script

# Names are read one by one here: few words recur.
_MOST_WORDS = 1 << 14
# Those that nobody uses at the moment.
_READERS: list[Reader] = []


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
    reader: Reader = _free_reader()
    reader.read_name(text, reader.customs.number_of(_code(country)))
    return _parsed(reader, script(clean(text)))


def parse_parts(
    given_name: str | None, family_name: str | None, country: str | None = None
) -> ParsedName:
    """Return the reading of a name whose given and family names stand in fields of their own."""
    given, family = given_name or "", family_name or ""
    reader: Reader = _free_reader()
    reader.read_parts(given, family, reader.customs.number_of(_code(country)))
    return _parsed(reader, script_of_fields(clean(given), clean(family)))


def family_gender(family: str) -> str | None:
    """Return "female" or "male" where a family name has the form that women or men bear.

    Of several words the last counts, of hyphenated ones too. It is a strong hint and no proof:
    families that moved keep one form for all.
    """
    reader: Reader = _free_reader()
    reader.read_parts("", family, 0)
    form: kinds.Classes = 0
    if reader.name.family_end > reader.name.family_start:
        form = reader.name.classes(reader.name.family_end - 1)
    _READERS.append(reader)
    if form & kinds.FEMALE_FORM:
        return "female"
    return "male" if form & kinds.MALE_FORM else None


def is_no_name(folded: str) -> bool:
    """Return whether a key is a company word, a test string or one letter over and over."""
    reader: Reader = _free_reader()
    reader.begin()
    classes: kinds.Classes = reader.known.words[reader.known.find_text(folded)].classes
    _READERS.append(reader)
    return classes & kinds.NO_NAME != 0


def plain_key(name: str) -> str:
    """Return the first key of given names in a field, "" where it has none or is no plain text."""
    reader: Reader = _free_reader()
    found = ""
    if reader.takes(name, ""):
        reader.name.read_fields(reader.customs.custom(0))
        found = reader.known.key_of(reader.name.keys[0]) if reader.name.asked else ""
    _READERS.append(reader)
    return found


def plain_family_key(name: str) -> str:
    """Return the key of a whole family name, "" where it has none or is no plain text."""
    reader: Reader = _free_reader()
    found = ""
    if reader.takes("", name) and reader.name.family_end > FAMILY:
        whole: cython.int = reader.known.together(reader.name.row, FAMILY, reader.name.family_end)
        is_name: cython.bint = reader.known.words[whole].classes & kinds.NO_NAME == 0
        if is_name and reader.known.words[whole].letters > 1:
            found = reader.known.key_of(whole)
    _READERS.append(reader)
    return found


def _free_reader() -> Reader:
    """Return a reader that no other thread uses, until it is put back; one that raised is not."""
    try:
        return _READERS.pop()
    except IndexError:
        return Reader(customs(), _MOST_WORDS)


def _parsed(reader: Reader, written: str):
    """Return what a reader read, and put it back."""
    parsed = ParsedName(
        reader.title_gender() or None,
        tuple(reader.given_words()),
        reader.family() or None,
        reader.reason() or None,
        tuple(reader.keys()),
        written,
    )
    _READERS.append(reader)
    return parsed


def _code(country: str | None) -> str:
    return country.strip().upper() if country else ""
