# cython: language_level=3, boundscheck=False, wraparound=False
"""Reads names from texts: plain ones from their bytes, others after Python has split them."""

from __future__ import annotations

import cython

from . import customs, reading, spans, taking, words
from . import word_classes as kinds
from .spans import REASONS
from .splitting import split_fields, split_full
from .text import MAX_CHARACTERS, clean

# A character is four bytes at most.
_MOST_BYTES = 4 * MAX_CHARACTERS
_TITLE_GENDERS = {1: "female", -1: "male"}
_REASON_NAMES = {code: reason for reason, code in REASONS.items()}


class Reader:
    """A reading, the words it knows, and the customs of all countries; for one thread at a time."""

    def __init__(self, customs: customs.Customs, most_words: int) -> None:
        self.known = words.Words(most_words)
        self.name = reading.Reading(self.known)
        self.customs = customs

    def begin(self) -> cython.int:
        """Make room for one more name: its words keep their numbers until the next."""
        if self.known.count > self.known.most:
            self.known.forget()
            with cython.gil:
                self.name.renew()
        return 0

    def read_full(
        self,
        text: cython.p_const_uchar,
        start: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        custom: cython.int,
    ) -> cython.int:
        """Read a full name from its bytes in UTF-8."""
        self.begin()
        if taking.take_full(self.name, text, start, end) < 0:
            with cython.gil:
                whole: bytes = text[start : _cut(start, end)]
                taking.take_split(self.name, split_full(clean(_decoded(whole))))
        return self.name.read_full(self.customs.custom(custom))

    def read_fields(
        self,
        text: cython.p_const_uchar,
        start: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        family: cython.p_const_uchar,
        family_start: cython.Py_ssize_t,
        family_end: cython.Py_ssize_t,
        custom: cython.int,
    ) -> cython.int:
        """Read given and family names in fields from their bytes in UTF-8."""
        self.begin()
        if taking.take_fields(self.name, text, start, end, family, family_start, family_end) < 0:
            with cython.gil:
                given: bytes = text[start : _cut(start, end)]
                other: bytes = family[family_start : _cut(family_start, family_end)]
                split = split_fields(clean(_decoded(given)), clean(_decoded(other)))
                taking.take_split(self.name, split)
        return self.name.read_fields(self.customs.custom(custom))

    def read_name(self, name: str, custom: cython.int) -> cython.int:
        """Read a full name."""
        raw: bytes = _encoded(name)
        return self.read_full(raw, 0, len(raw), custom)

    def read_parts(self, given: str, family: str, custom: cython.int) -> cython.int:
        """Read given and family names in fields."""
        raw: bytes = _encoded(given)
        other: bytes = _encoded(family)
        return self.read_fields(raw, 0, len(raw), other, 0, len(other), custom)

    # -- what was read, for people

    def given_words(self) -> list:
        """Return the given names as they are written; none where no key is to be looked up."""
        if not self.name.asked:
            return []
        return self._texts(self.name.start, self.name.end)

    def family(self) -> str:
        """Return the family name as it is written, "" for none."""
        return " ".join(self._texts(self.name.family_start, self.name.family_end))

    def _texts(self, start: cython.int, end: cython.int) -> list:
        return [self.known.text_of(self.name.row[at]) for at in range(start, end)]

    def keys(self) -> list:
        """Return the keys to look the given names up by, the most specific first."""
        return [self.known.key_of(self.name.keys[at]) for at in range(self.name.asked)]

    def reason(self) -> str:
        """Return why no given name is left, "" where one is."""
        return "" if self.name.asked else _REASON_NAMES[self.name.reason]

    def title_gender(self) -> str:
        """Return the gender that a title says, "" for none."""
        return _TITLE_GENDERS.get(self.name.gender, "")

    def family_gender(self) -> str:
        """Return the gender of those who bear a family name of its form, "" where all may."""
        if self.name.family_end == self.name.family_start:
            return ""
        form: kinds.Classes = self.name.classes(self.name.family_end - 1)
        if form & kinds.FEMALE_FORM:
            return "female"
        return "male" if form & kinds.MALE_FORM else ""

    # -- keys of what sources list

    def plain_key(self, name: str) -> str:
        """Return the first key of given names in a field, "" where it has none or is no plain
        text."""
        raw: bytes = _encoded(name)
        self.begin()
        if taking.take_fields(self.name, raw, 0, len(raw), raw, 0, 0) < 0:
            return ""
        self.name.read_fields(self.customs.custom(0))
        return self.known.key_of(self.name.keys[0]) if self.name.asked else ""

    def plain_family_key(self, name: str) -> str:
        """Return the key of a whole family name, "" where it has none or is no plain text."""
        raw: bytes = _encoded(name)
        self.begin()
        if (
            taking.take_fields(self.name, raw, 0, 0, raw, 0, len(raw)) < 0
            or self.name.family_end == spans.FAMILY
        ):
            return ""
        whole: cython.int = self.known.together(self.name.row, spans.FAMILY, self.name.family_end)
        if self.known.words[whole].letters < 2 or self.known.words[whole].classes & kinds.NO_NAME:
            return ""
        return self.known.key_of(whole)

    def is_no_name(self, folded: str) -> cython.bint:
        """Return whether a key is a company word, a test string or one letter over and over."""
        self.begin()
        return self.known.words[self.known.find_text(folded)].classes & kinds.NO_NAME != 0


def _encoded(text: str) -> bytes:
    # Lone surrogates pass: cleaning drops them.
    return text[:MAX_CHARACTERS].encode("utf-8", "surrogatepass")


def _cut(start: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Return the end of what is looked at of a text in UTF-8, or of some bytes more."""
    return min(end, start + _MOST_BYTES)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")
