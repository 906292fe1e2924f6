# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""The shape of a word: its letters and marks, scanned once, and the key that they make."""

from __future__ import annotations

import cython

from .text import MAX_KEY_LETTERS
from .word_classes import CASED, LATIN, vocabulary

_LONGEST = cython.declare(cython.int, MAX_KEY_LETTERS)
_LATIN = cython.declare(cython.int, LATIN)
_CASED = cython.declare(cython.uint, CASED)
_DOT = cython.declare(cython.uint, ord("."))
_HYPHEN = cython.declare(cython.uint, ord("-"))
_SPACE = cython.declare(cython.uint, ord(" "))
_APOSTROPHE = cython.declare(cython.uint, ord("'"))
_CURLED = cython.declare(cython.uint, ord("’"))
# What is before a character.
_NOTHING = cython.declare(cython.int, 0)
_LETTER = cython.declare(cython.int, 1)
_MARK = cython.declare(cython.int, 2)
_PARTING = cython.declare(cython.int, 3)
_DIGIT = cython.declare(cython.int, 4)
# CamelCase: two to four parts, each of a capital and so many small letters.
_FEWEST_SMALL = cython.declare(cython.int, 2)
_MOST_SMALL = cython.declare(cython.int, 20)
_FEWEST_PARTS = cython.declare(cython.int, 2)
_MOST_PARTS = cython.declare(cython.int, 4)
_NO_CAMEL = cython.declare(cython.int, -1)


class Shape:
    """The shape of the word that was scanned last.

    key, size     the letters of its key; complete only if is_latin
    chars         its number of characters; letters: how many of them are letters
    last_part     where in the key the part behind the last hyphen or space begins
    is_latin      all letters are Latin, and other characters are ASCII
    is_clean      a text does not need cleaning because of it: letters of Latin, Greek or Cyrillic
                  with hyphens and apostrophes between them, a dot at the end, or dots between
                  single letters; or only letters and digits
    is_parted     has hyphens or spaces
    is_capital    has two letters or more, and none is small
    is_camel      is CamelCase, such as AnnaMaria
    is_lettered   is one letter, or single letters with dots or hyphens
    is_initials   is_lettered, or two letters without a vowel
    """

    def __init__(self) -> None:
        self.vocabulary = vocabulary()
        if not cython.compiled:
            self.key = bytearray(_LONGEST)

    def set_key(self, text, start, end) -> None:
        """Take bytes as the key."""
        at: cython.Py_ssize_t
        self._reset()
        for at in range(start, end):
            self.add(text[at])

    def scan(self, text, start, end) -> None:
        """Scan a word in UTF-8; invalid bytes are allowed."""
        at: cython.Py_ssize_t = start
        code: cython.uint
        more: cython.int
        self._reset()
        while at < end:
            code = text[at]
            at += 1
            if code >= 0x80:
                more = 1 if code < 0xE0 else 2 if code < 0xF0 else 3
                code &= 0x3F >> more
                while more and at < end:
                    code = code << 6 | (text[at] & 0x3F)
                    at += 1
                    more -= 1
                self.is_ascii = False
            self._take(code)
        self._finish()

    def _reset(self) -> None:
        self.size = self.chars = self.letters = self.last_part = 0
        self.is_ascii = self.is_latin = self.is_clean = True
        self.ends_in_dot = self.has_hyphen = self.is_parted = self.has_digit = False
        self.is_capital = True
        self.is_camel = self.is_initials = self.is_lettered = False
        self._part = self._longest_part = self._separators = self._dots = self._all_dots = 0
        self._before, self._chunks, self._run = _NOTHING, 0, _FEWEST_SMALL

    def _take(self, code) -> None:
        self.chars += 1
        if code == _DOT:
            self._dots += 1
            self._all_dots += 1
            self._chunks = _NO_CAMEL
            self.is_clean = self.is_clean and self._before == _LETTER
            self._before = _PARTING
            return
        if self._dots:
            # Dots separate, except at the end of a word.
            self._separators += self._dots
            self._longest_part = max(self._longest_part, self._part)
            self._part = self._dots = 0
        if code < _CASED and self.vocabulary.simple[code] != 0:
            self._take_letter(code)
        else:
            self._take_mark(code)

    def _take_letter(self, code) -> None:
        at: cython.int
        self.letters += 1
        self._part += 1
        self._before = _LETTER
        self.is_capital = self.is_capital and self.vocabulary.small[code] == 0
        if code >= 0x80 or self._chunks == _NO_CAMEL:
            self._chunks = _NO_CAMEL
        elif code >= 97:
            self._run += 1
            if self._chunks == 0 or self._run > _MOST_SMALL:
                self._chunks = _NO_CAMEL
        elif self._run >= _FEWEST_SMALL:
            self._chunks += 1
            self._run = 0
        else:
            self._chunks = _NO_CAMEL
        if self.vocabulary.simple[code] != _LATIN:
            self.is_latin = False
            return
        for at in range(self.vocabulary.latin[code, 0]):
            self.add(self.vocabulary.latin[code, 1 + at])

    def _take_mark(self, code) -> None:
        self._chunks = _NO_CAMEL
        if 48 <= code <= 57:
            self._part += 1
            self.has_digit = True
            self.is_clean = self.is_clean and self._before in (_NOTHING, _LETTER, _DIGIT)
            self._before = _DIGIT
            return
        if code in (_HYPHEN, _SPACE):
            self.is_parted = True
            self.last_part = self.size
            self.has_hyphen = self.has_hyphen or code == _HYPHEN
        if code == _HYPHEN:
            self.is_clean = self.is_clean and (self._before == _LETTER or self._before == _PARTING)
            self._separators += 1
            self._longest_part = max(self._longest_part, self._part)
            self._part = 0
        else:
            self._part += 1
            if code in (_APOSTROPHE, _CURLED, _SPACE):
                self.is_clean = self.is_clean and self._before == _LETTER
            else:
                self.is_clean = False
                self.is_latin = self.is_latin and code < 0x80
        self._before = _MARK

    def _finish(self) -> None:
        self._longest_part = max(self._longest_part, self._part)
        self.ends_in_dot = self._dots > 0
        self.is_clean = self.is_clean and (
            self._before in (_LETTER, _DIGIT) or (self._before == _PARTING and self._dots == 1)
        )
        # Dots separate words; "n.a." is a missing value.
        if self._all_dots > self._dots:
            missing: cython.bint = self.size == 2 and self.key[0] == 110 and self.key[1] == 97
            self.is_clean = self.is_clean and self._longest_part <= 1 and not missing
        self.is_camel = _FEWEST_PARTS <= self._chunks <= _MOST_PARTS and self._run >= _FEWEST_SMALL
        self.is_capital = self.is_capital and self.letters > 1
        self.is_initials = self.are_initials()

    def are_initials(self) -> bool:
        """Set is_lettered, and return whether the word is initials."""
        if self.letters == self.chars and self.chars > 2:
            return False
        self.is_lettered = self.letters == 1 or (self._separators > 0 and self._longest_part <= 1)
        if self.is_lettered:
            return True
        if self.letters != 2 or self.size != 2:
            return False
        return not (is_vowel(self.key[0]) or is_vowel(self.key[1]))

    def add(self, letter) -> None:
        """Add a letter to the key, up to MAX_KEY_LETTERS."""
        if self.size < _LONGEST:
            self.key[self.size] = letter
            self.size += 1


def is_vowel(letter) -> bool:
    """Return whether a letter of a key is a vowel."""
    return letter in (97, 101, 105, 111, 117, 121)  # aeiouy
