# cython: language_level=3, boundscheck=False, wraparound=False
"""The reading of a person's name: from its words to given names, family name and keys."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names.abbreviations import (
        is_only_family,
        join_servants,
        spell_out,
        take_initials,
    )
    from cython.cimports.gender_detection.names.customs import EAST_ASIA, JAPAN, VIETNAM, Custom
    from cython.cimports.gender_detection.names.order import divide
    from cython.cimports.gender_detection.names.spans import (
        ASIDE,
        EMPTY,
        FAMILY,
        INITIALS,
        MAX_WORDS,
        NOT_A_NAME,
        SCRATCH,
        Spans,
    )
    from cython.cimports.gender_detection.names.titles import (
        add_title,
        are_titles,
        take_aside,
        take_title_of_family,
        take_titles,
    )
    from cython.cimports.gender_detection.names.word_classes import (
        COMMON,
        COMPANY,
        COMPOUND,
        CUTTING,
        DAUGHTER,
        LOOKUP,
        NGUYEN,
        NO_NAME,
        PARTICLE,
        SON,
        TAIL,
        THI,
        TRAILING,
        UNUSUAL,
        Classes,
    )
else:
    from .abbreviations import is_only_family, join_servants, spell_out, take_initials
    from .customs import EAST_ASIA, JAPAN, VIETNAM
    from .order import divide
    from .spans import ASIDE, EMPTY, FAMILY, INITIALS, MAX_WORDS, NOT_A_NAME, SCRATCH, Spans
    from .titles import add_title, are_titles, take_aside, take_title_of_family, take_titles
    from .word_classes import (
        COMMON,
        COMPANY,
        COMPOUND,
        CUTTING,
        DAUGHTER,
        LOOKUP,
        NGUYEN,
        NO_NAME,
        PARTICLE,
        SON,
        TAIL,
        THI,
        TRAILING,
        UNUSUAL,
    )

from .order import split_unspaced
from .word_classes import GENDERS
from .words import Words

_FEMALE = cython.declare(cython.int, GENDERS["female"])
_MALE = cython.declare(cython.int, GENDERS["male"])
_MOST_KEYS = cython.declare(cython.int, 4)


@cython.final
@cython.cclass
class Reading(Spans):
    """A name that is read: one object reads one name after the other."""

    def __init__(self, known: Words) -> None:
        Spans.__init__(self, known)
        self.renew()

    @cython.cfunc
    @cython.exceptval(check=True)
    def renew(self) -> cython.void:
        """Begin anew after all words were forgotten."""
        self.mohammad = self.known.find_text("Mohammad")
        self.maria = self.known.find_text("Maria")

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def read_full(self, custom: cython.pointer[Custom]) -> cython.int:
        """Read a full name, or a bare given name, whose words were taken in."""
        had_words: cython.bint = self.size > 0
        if self.nothing:
            self.reason = self.nothing
        if self.reason:
            return 0
        self.end = min(self.size, MAX_WORDS)
        if self.n_ends > 1 and self._arrange():
            had_words = self._read_beside_family(custom)
        elif self.seen & UNUSUAL or self.aside_end > ASIDE or not self.cased:
            had_words = self._read_unusual(custom)
        else:
            self._divide(custom)
        if not self.reason:
            self._take_keys(custom, had_words)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def read_fields(self, custom: cython.pointer[Custom]) -> cython.int:
        """Read names in fields whose words were taken in."""
        of_family: cython.int = self.family_end - FAMILY
        self.end = min(self.size, MAX_WORDS)
        if of_family:
            self.move(FAMILY, FAMILY + of_family, SCRATCH)
        # A family name before a comma counts where its own field is blank.
        if self.n_ends > 1 and not self._arrange():
            self.family_start = self.family_end = 0
        if of_family:
            self.move(SCRATCH, SCRATCH + of_family, FAMILY)
            self.family_start, self.family_end = FAMILY, FAMILY + of_family
        had_words: cython.bint = self._read_beside_family(custom)
        if not self.reason:
            self._take_keys(custom, had_words)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _arrange(self) -> cython.bint:
        """Put the words that commas part in order; return whether the first ones are a family name.

        Degrees behind a comma are left out. Titles alone behind a whole name ("Anna Schmidt, Dr.
        med.") are put before it.
        """
        first_end: cython.int = 0
        rest: cython.int = 0
        rest_end: cython.int = 0
        parts: cython.int = 0
        start: cython.int = 0
        at: cython.int
        for at in range(self.n_ends):
            end: cython.int = self.ends[at]
            if end > start and not (at and self.all_of(start, end) & TAIL):
                if parts == 0:
                    self.move(start, end, 0)
                    first_end = rest = rest_end = end - start
                else:
                    self.move(start, end, rest_end)
                    rest_end += end - start
                parts += 1
            start = end
        self.start, self.end = 0, min(first_end, MAX_WORDS)
        if parts < 2:
            return False
        is_whole: cython.bint = first_end > 1 and self.classes(0) & PARTICLE == 0
        if parts == 2 and is_whole and are_titles(self, rest, rest_end):
            self.move(0, first_end, FAMILY)
            self.move(rest, rest_end, 0)
            self.move(FAMILY, FAMILY + first_end, rest_end - rest)
            self.end = min(rest_end, MAX_WORDS)
            return False
        self.family_start, self.family_end = FAMILY, FAMILY + min(first_end, MAX_WORDS)
        self.move(0, first_end, FAMILY)
        self.move(rest, rest_end, 0)
        self.end = min(rest_end - rest, MAX_WORDS)
        return True

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _read_unusual(self, custom: cython.pointer[Custom]) -> cython.int:
        """Read a full name in which there may be more than names; return whether it has words."""
        self.end = take_titles(self, custom, self.start, self.end)
        take_aside(self, custom)
        spell_out(self, custom)
        words: cython.int = self.end - self.start
        take_initials(self)
        names: cython.int = self.end - self.start
        if names < words and is_only_family(self, names):
            self.reason = INITIALS
            self.family_start, self.family_end = self.start, self.end
        elif names and self._refuses():
            self.reason = NOT_A_NAME
        elif self.before_family and names == 1 and self.classes(self.start) & COMMON == 0:
            self.reason = EMPTY
            self.family_start, self.family_end = self.start, self.end
        else:
            join_servants(self)
            self._divide(custom)
        return words > 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _read_beside_family(self, custom: cython.pointer[Custom]) -> cython.int:
        """Read given names beside a known family name, which may hold a title; return whether there
        are words."""
        self.end = take_titles(self, custom, self.start, self.end)
        take_aside(self, custom)
        nothing: cython.int = 0 if self.titled else self.nothing
        if self.any_of(self.family_start, self.family_end) & UNUSUAL:
            take_title_of_family(self, custom)
        spell_out(self, custom)
        words: cython.int = self.end - self.start
        take_initials(self)
        if nothing:
            self.reason = nothing
        elif self.end > self.start and self._refuses():
            self.reason = NOT_A_NAME
        elif words > 1 and custom.flags & EAST_ASIA == 0:
            while self.end > self.start and self.classes(self.end - 1) & TRAILING:
                self.end -= 1
        join_servants(self)
        return words > 0

    # -- titles, suffixes, initials, abbreviations

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _refuses(self) -> cython.bint:
        if self.classes(self.start) & NO_NAME:
            return True
        return self.any_of(self.start, self.end) & COMPANY != 0

    # -- order and keys

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _divide(self, custom: cython.pointer[Custom]) -> cython.int:
        """Find the given words of a full name and its family name."""
        words: cython.int = self.end - self.start
        if not self.spaceless:
            return divide(self, custom) if words > 1 else 0
        if words == 1:
            with cython.gil:
                return self._split_unspaced(custom)
        if words > 1:
            if self.dotted:
                self.family_start, self.family_end = self.end - 1, self.end
                self.end -= 1
            else:
                self.family_start, self.family_end = self.start, self.start + 1
                self.start += 1
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _split_unspaced(self, custom: cython.pointer[Custom]) -> cython.int:
        country = "JP" if custom.flags & JAPAN else ""
        whole = self.known.text_of(self.row[self.start])
        given, family = split_unspaced(whole, self.script, country)
        self.row[self.start] = self.known.find_text(given)
        if family:
            self.row[FAMILY] = self.known.find_text(family)
            self.family_start, self.family_end = FAMILY, FAMILY + 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _take_keys(self, custom: cython.pointer[Custom], had_words: cython.bint) -> cython.int:
        """Take the keys of the given words, and what these say of a gender."""
        words: cython.int = self.end - self.start
        if words == 1 and self.classes(self.start) & COMPOUND == 0:
            self._take_key(self.row[self.start])
        elif words > 0:
            self._take_several(words, custom)
        if self.asked:
            return 0
        if words > 0:
            self.reason = NOT_A_NAME
        elif had_words or (self.abbreviated and not self.gender):
            self.reason = INITIALS
        else:
            self.reason = EMPTY if self.titled else NOT_A_NAME
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _take_several(self, words: cython.int, custom: cython.pointer[Custom]) -> cython.int:
        last: Classes = self.classes(self.end - 1)
        if words > 1 and last & (DAUGHTER | SON):
            add_title(self, _FEMALE if last & DAUGHTER else _MALE)
            return self._take_keys_of(self.end - 1, False)
        nguyen: cython.bint = False
        if self.family_end - self.family_start == 1:
            nguyen = self.classes(self.family_start) & NGUYEN != 0
        vietnamese: cython.bint = nguyen or custom.flags & VIETNAM != 0
        if words > 1 and vietnamese and self.classes(self.start) & THI:
            # The middle name of women says what a title would.
            add_title(self, _FEMALE)
        return self._take_keys_of(self.end, vietnamese)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _take_keys_of(self, end: cython.int, vietnamese: cython.bint) -> cython.int:
        """Take keys of the given words up to an end: together, the first two, each, its parts.

        In Vietnamese order the last word is the name proper and comes before the others.
        """
        words: cython.int = end - self.start
        size: cython.int = 1
        at: cython.int
        while size < words and (vietnamese or self.classes(self.start + size) & CUTTING == 0):
            size += 1
        self._take_key(self.known.together(self.row, self.start, end))
        if words > 2 and size >= 2:
            self._take_key(self.known.together(self.row, self.start, self.start + 2))
        for at in range(size):
            if self.asked == _MOST_KEYS:
                break
            place: cython.int = (at + words - 1) % words if vietnamese else at
            self._take_word(self.row[self.start + place])
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _take_word(self, number: cython.int) -> cython.int:
        """Take the key of a word, and those of its parts where it is put together of names."""
        at: cython.int
        self._take_key(number)
        if self.known.words[number].classes & COMPOUND:
            parts: cython.int = self.known.parts(number)
            for at in range(parts + 1, parts + 1 + self.known.links[parts]):
                self._take_key(self.known.links[at])
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _take_key(self, number: cython.int) -> cython.void:
        """Take one more key, if it is worth asking for and there is a place for it."""
        at: cython.int
        if self.asked == _MOST_KEYS or self.known.words[number].classes & LOOKUP == 0:
            return
        for at in range(self.asked):
            if self.known.words[self.keys[at]].hashed == self.known.words[number].hashed:
                return
        self.keys[self.asked] = number
        self.asked += 1
