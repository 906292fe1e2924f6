# cython: language_level=3, boundscheck=False, wraparound=False
"""The words of one name in a row, and which of them are the given names and the family name."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names.word_classes import Classes
    from cython.cimports.gender_detection.names.words import Words
else:
    from .words import Words

MAX_WORDS = 16  # of a field: others are not looked at
# Where in a row the words of a family name begin that stands apart, and those set aside.
FAMILY = 64
ASIDE = 112
ROW = 160
_ALL = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)


@cython.cclass
class Spans:
    """The numbers of words (words.Words) in a row: given names from start to end, the family name
    from family_start to family_end."""

    def __init__(self, known: Words) -> None:
        self.known = known
        self.start = self.end = self.family_start = self.family_end = 0
        if not cython.compiled:
            self.row = [0] * ROW

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def classes(self, at: cython.int) -> Classes:
        """Return the classes of a word of the row."""
        return self.known.words[self.row[at]].classes

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def any_of(self, start: cython.int, end: cython.int) -> Classes:
        """Return the classes that any of some words has."""
        found: Classes = 0
        at: cython.int
        for at in range(start, end):
            found |= self.classes(at)
        return found

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def all_of(self, start: cython.int, end: cython.int) -> Classes:
        """Return the classes that all of some words have."""
        found: Classes = _ALL
        at: cython.int
        for at in range(start, end):
            found &= self.classes(at)
        return found
