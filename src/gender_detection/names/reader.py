# cython: language_level=3, boundscheck=False, wraparound=False
"""Reads names from texts: plain ones from their bytes, others after Python has split them."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names.customs import Customs
    from cython.cimports.gender_detection.names.reading import Reading
    from cython.cimports.gender_detection.names.taking import (
        fetch,
        find,
        split,
        take_fields,
        take_full,
        take_split,
    )
    from cython.cimports.gender_detection.names.words import Words
else:
    from types import SimpleNamespace

    from .customs import Customs
    from .reading import Reading
    from .spans import MAX_WORDS
    from .taking import fetch, find, split, take_fields, take_full, take_split
    from .words import Words

from .spans import REASONS
from .splitting import split_fields, split_full
from .text import MAX_CHARACTERS, clean

BLOCK = 16
"""Names that take each step together."""

# A character is four bytes at most.
_MOST_BYTES = cython.declare(cython.int, 4 * MAX_CHARACTERS)
_TITLE_GENDERS = {1: "female", -1: "male"}
_REASON_NAMES = {code: reason for reason, code in REASONS.items()}


class Reader:
    """A reading, the words it knows, and the customs of all countries; for one thread at a time."""

    def __init__(self, customs: Customs, most_words: int) -> None:
        self.known = Words(most_words)
        self.name = Reading(self.known)
        self.customs = customs
        # The bytes of texts, as long as their block is read.
        self.held: list[bytes] = [b""] * (2 * BLOCK)
        if not cython.compiled:
            of_words = ("ends", "first", "size", "last", "before", "hashed", "number")
            self.fields = [
                SimpleNamespace(text=b"", **{name: [0] * (MAX_WORDS + 1) for name in of_words})
                for _ in range(2 * BLOCK)
            ]
            self.is_full, self.custom = [False] * BLOCK, [0] * BLOCK

    def begin(self) -> None:
        """Make room for a block of names: their words keep their numbers until the next."""
        if self.known.count > self.known.most:
            self.known.forget()
            with cython.gil:
                self.name.renew()

    # -- a block of names, each at a place of its own below BLOCK; each step for all, then the next

    def put_full(self, at, text, start, end, custom) -> None:
        """Put a full name at a place: its bytes in UTF-8."""
        self.is_full[at], self.custom[at] = True, custom
        self._put(2 * at, text, start, end)
        self.fields[2 * at + 1].count = 0

    def put_fields(self, at, text, start, end, family, family_start, family_end, custom) -> None:
        """Put given and family names in fields at a place: their bytes in UTF-8."""
        self.is_full[at], self.custom[at] = False, custom
        self._put(2 * at, text, start, end)
        self._put(2 * at + 1, family, family_start, family_end)

    def _put(self, at, text, start, end) -> None:
        self.fields[at].text = text
        self.fields[at].start, self.fields[at].end = start, end
        split(self.fields, at, self.known)

    def fetch(self, at) -> None:
        """Have the processor fetch what is known of the words at a place."""
        fetch(self.fields, 2 * at, self.known)
        fetch(self.fields, 2 * at + 1, self.known)

    def find(self, at) -> None:
        """Find the numbers of the words at a place."""
        find(self.fields, 2 * at, self.known)
        find(self.fields, 2 * at + 1, self.known)

    def read(self, at) -> None:
        """Read the name at a place, whose words are found."""
        if self.is_full[at]:
            if take_full(self.name, self.fields, 2 * at) < 0:
                with cython.gil:
                    self._split_full(at)
            self.name.read_full(self.custom_at(at))
        else:
            if take_fields(self.name, self.fields, 2 * at) < 0:
                with cython.gil:
                    self._split_fields(at)
            self.name.read_fields(self.custom_at(at))

    def custom_at(self, at):
        """Return the custom of the country of the name at a place."""
        return self.customs.custom(self.custom[at])

    # Apart from what runs without the interpreter: a function that holds objects of Python waits
    # for that at its end, each time.
    def _split_full(self, at) -> None:
        take_split(self.name, split_full(clean(self._text_of(2 * at))))

    def _split_fields(self, at) -> None:
        given, family = self._text_of(2 * at), self._text_of(2 * at + 1)
        take_split(self.name, split_fields(clean(given), clean(family)))

    def _text_of(self, field) -> str:
        """Return the text of a field, as far as it is looked at."""
        start: cython.Py_ssize_t = self.fields[field].start
        end: cython.Py_ssize_t = min(self.fields[field].end, start + _MOST_BYTES)
        return _decoded(self.fields[field].text[start:end])

    # -- names as texts

    def put_name(self, at, name: str, custom) -> None:
        """Put a full name at a place."""
        raw: bytes = _encoded(name)
        self.held[2 * at] = raw
        self.put_full(at, raw, 0, len(raw), custom)

    def put_parts(self, at, given: str, family: str, custom) -> None:
        """Put given and family names in fields at a place."""
        raw: bytes = _encoded(given)
        other: bytes = _encoded(family)
        self.held[2 * at], self.held[2 * at + 1] = raw, other
        self.put_fields(at, raw, 0, len(raw), other, 0, len(other), custom)

    def read_name(self, name: str, custom) -> None:
        """Read a full name alone."""
        self.begin()
        self.put_name(0, name, custom)
        self.find(0)
        self.read(0)

    def read_parts(self, given: str, family: str, custom) -> None:
        """Read given and family names in fields alone."""
        self.begin()
        self.put_parts(0, given, family, custom)
        self.find(0)
        self.read(0)

    def takes(self, given: str, family: str) -> bool:
        """Return whether names in fields are plain texts, whose words are taken then."""
        self.begin()
        self.put_parts(0, given, family, 0)
        self.find(0)
        return take_fields(self.name, self.fields, 0) == 0

    # -- what was read, for people

    def given_words(self) -> list:
        """Return the given names as they are written; none where no key is to be looked up."""
        if not self.name.asked:
            return []
        return self._texts(self.name.start, self.name.end)

    def family(self) -> str:
        """Return the family name as it is written, "" for none."""
        return " ".join(self._texts(self.name.family_start, self.name.family_end))

    def _texts(self, start, end) -> list:
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


def _encoded(text: str) -> bytes:
    """Return a text in UTF-8, as far as it is looked at."""
    # Lone surrogates pass: cleaning drops them.
    return text[:MAX_CHARACTERS].encode("utf-8", "surrogatepass")


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")
