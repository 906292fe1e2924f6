# cython: language_level=3, boundscheck=False, wraparound=False
"""Reads names from texts: plain ones from their bytes, others after Python has split them."""

from __future__ import annotations

import cython

from . import customs, reading, spans, taking, words
from . import word_classes as kinds
from .spans import REASONS
from .splitting import split_fields, split_full
from .text import MAX_CHARACTERS, clean

BLOCK = 16
"""Names that each step is taken for at once."""

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
        if not cython.compiled:
            of_words = ("ends", "first", "size", "last", "before", "number")
            self.fields = [
                taking.Field(**{name: [0] * (spans.MAX_WORDS + 1) for name in of_words})
                for _ in range(2 * BLOCK)
            ]
            self.is_full, self.custom = [False] * BLOCK, [0] * BLOCK

    def begin(self) -> cython.int:
        """Make room for a block of names: their words keep their numbers until the next."""
        if self.known.count > self.known.most:
            self.known.forget()
            with cython.gil:
                self.name.renew()
        return 0

    # -- a block of names, each at a place of its own from 0 to BLOCK - 1; each step for all of them

    def put_full(
        self,
        at: cython.int,
        text: cython.p_const_uchar,
        start: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        custom: cython.int,
    ) -> cython.void:
        """Put a full name at a place: its bytes in UTF-8."""
        self.is_full[at], self.custom[at] = True, custom
        self._put(2 * at, text, start, end)
        self.fields[2 * at + 1].count = 0

    def put_fields(
        self,
        at: cython.int,
        text: cython.p_const_uchar,
        start: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        family: cython.p_const_uchar,
        family_start: cython.Py_ssize_t,
        family_end: cython.Py_ssize_t,
        custom: cython.int,
    ) -> cython.void:
        """Put given and family names in fields at a place: their bytes in UTF-8."""
        self.is_full[at], self.custom[at] = False, custom
        self._put(2 * at, text, start, end)
        self._put(2 * at + 1, family, family_start, family_end)

    def _put(
        self,
        at: cython.int,
        text: cython.p_const_uchar,
        start: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
    ) -> cython.void:
        self.fields[at].text = text
        self.fields[at].start, self.fields[at].end = start, end
        taking.split(self.fields, at, self.known)

    def fetch(self, at: cython.int) -> cython.void:
        """Have the processor fetch what is known of the words at a place."""
        taking.fetch(self.fields, 2 * at, self.known)
        taking.fetch(self.fields, 2 * at + 1, self.known)

    def find(self, at: cython.int) -> cython.int:
        """Find the numbers of the words at a place."""
        taking.find(self.fields, 2 * at, self.known)
        return taking.find(self.fields, 2 * at + 1, self.known)

    def read(self, at: cython.int) -> cython.int:
        """Read the name at a place, whose words are found."""
        if self.is_full[at]:
            if taking.take_full(self.name, self.fields, 2 * at) < 0:
                with cython.gil:
                    self._split_full(self._text_at(2 * at))
            return self.name.read_full(self.custom_at(at))
        if taking.take_fields(self.name, self.fields, 2 * at) < 0:
            with cython.gil:
                self._split_fields(self._text_at(2 * at), self._text_at(2 * at + 1))
        return self.name.read_fields(self.custom_at(at))

    def custom_at(self, at: cython.int) -> cython.pointer[customs.Custom]:
        """Return the custom of the country of the name at a place."""
        return self.customs.custom(self.custom[at])

    # Apart from what needs no Python: a function with objects of Python waits for the interpreter
    # each time that it ends.
    def _split_full(self, text: str) -> cython.int:
        return taking.take_split(self.name, split_full(clean(text)))

    def _split_fields(self, given: str, family: str) -> cython.int:
        return taking.take_split(self.name, split_fields(clean(given), clean(family)))

    def _text_at(self, at: cython.int) -> str:
        """Return the text of a field, as far as it is looked at."""
        start: cython.Py_ssize_t = self.fields[at].start
        end: cython.Py_ssize_t = min(self.fields[at].end, start + _MOST_BYTES)
        return _decoded(self.fields[at].text[start:end])

    # -- one name

    def read_name(self, name: str, custom: cython.int) -> cython.int:
        """Read a full name."""
        raw: bytes = _encoded(name)
        self.begin()
        self.put_full(0, raw, 0, len(raw), custom)
        self.find(0)
        return self.read(0)

    def read_parts(self, given: str, family: str, custom: cython.int) -> cython.int:
        """Read given and family names in fields."""
        self.begin()
        raw: bytes = _encoded(given)
        other: bytes = _encoded(family)
        self.put_fields(0, raw, 0, len(raw), other, 0, len(other), custom)
        self.find(0)
        return self.read(0)

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
        if not self._takes(name, ""):
            return ""
        self.name.read_fields(self.customs.custom(0))
        return self.known.key_of(self.name.keys[0]) if self.name.asked else ""

    def plain_family_key(self, name: str) -> str:
        """Return the key of a whole family name, "" where it has none or is no plain text."""
        if not self._takes("", name) or self.name.family_end == spans.FAMILY:
            return ""
        whole: cython.int = self.known.together(self.name.row, spans.FAMILY, self.name.family_end)
        if self.known.words[whole].letters < 2 or self.known.words[whole].classes & kinds.NO_NAME:
            return ""
        return self.known.key_of(whole)

    def _takes(self, given: str, family: str) -> cython.bint:
        """Return whether names in fields are plain texts, whose words are taken then."""
        self.begin()
        raw: bytes = _encoded(given)
        other: bytes = _encoded(family)
        self.put_fields(0, raw, 0, len(raw), other, 0, len(other), 0)
        self.find(0)
        return taking.take_fields(self.name, self.fields, 0) == 0

    def is_no_name(self, folded: str) -> cython.bint:
        """Return whether a key is a company word, a test string or one letter over and over."""
        self.begin()
        return self.known.words[self.known.find_text(folded)].classes & kinds.NO_NAME != 0


def _encoded(text: str) -> bytes:
    # Lone surrogates pass: cleaning drops them.
    return text[:MAX_CHARACTERS].encode("utf-8", "surrogatepass")


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")
