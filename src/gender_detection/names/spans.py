# cython: language_level=3, boundscheck=False, wraparound=False
"""One name on its way through the reading: its words in a row, and what is known of it so far."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names.word_classes import Classes
    from cython.cimports.gender_detection.names.words import Words
else:
    from .words import Words

MAX_WORDS = 16  # of a field: others are not looked at
# Where in a row the words of a family name begin that stands apart, those set aside, and a place to
# keep some for a while.
FAMILY = 64
ASIDE = 112
SCRATCH = 128
ROW = 160
INITIALS = 1
EMPTY = 2
NOT_A_NAME = 3
REASONS = {"initials": INITIALS, "empty": EMPTY, "not_a_name": NOT_A_NAME}
"""Why a name holds no given name to look up."""

_MOST_ENDS = 40
_MOST_KEYS = 4
_ALL = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)


class Spans:
    """The numbers of a name's words (words.Words) in a row: given names from start to end, the
    family name from family_start to family_end.

    keys       the numbers of the words to look the given names up by, `asked` of them, the most
               specific first
    gender     1 where a title, a patronymic or a middle name says that it is a woman's, -1 a man's
    reason     why there is no key to look up: INITIALS, EMPTY or NOT_A_NAME; 0 where there is one
    size       how many words were taken in, and ends how many there are up to each comma
    seen       the classes of all its words
    cased      its script has small letters and capitals; spaceless: it needs no spaces
    nothing    why a field of given names holds none, 0 where it may
    aside_end  where the words set aside end
    apart      the gender that the titles say which were taken last out of words that stand apart
    titled     a title was taken; before_family: one that stands before family names;
               abbreviated: one that could be initials
    letters_taken  how many letters its initials have; first_taken: one was its first word
    mohammad, maria  the numbers of names that are abbreviated
    """

    def __init__(self, known: Words) -> None:
        self.known = known
        self.start = self.end = self.family_start = self.family_end = 0
        if not cython.compiled:
            self.row, self.keys, self.ends = [0] * ROW, [0] * _MOST_KEYS, [0] * _MOST_ENDS
        self.script = self.family_script = "latin"
        self.clear()

    def clear(self) -> None:
        """Begin a name of plain words in Latin letters."""
        self.size = self.n_ends = self.aside_end = self.nothing = 0
        self.start = self.end = self.family_start = self.family_end = 0
        self.asked = self.gender = self.reason = 0
        self.seen = 0
        self.titled = self.abbreviated = self.before_family = False
        self.cased, self.spaceless, self.dotted, self.no_family_titles = True, False, False, False

    def move(self, start, end, into) -> None:
        """Copy words of the row to another place, which is before them or apart."""
        at: cython.int
        for at in range(end - start):
            self.row[into + at] = self.row[start + at]

    def classes(self, at) -> int:
        """Return the classes of a word of the row."""
        return self.known.words[self.row[at]].classes

    def any_of(self, start, end) -> int:
        """Return the classes that any of some words has."""
        found: Classes = 0
        at: cython.int
        for at in range(start, end):
            found |= self.classes(at)
        return found

    def all_of(self, start, end) -> int:
        """Return the classes that all of some words have."""
        found: Classes = _ALL
        at: cython.int
        for at in range(start, end):
            found &= self.classes(at)
        return found
