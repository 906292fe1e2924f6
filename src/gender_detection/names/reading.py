# cython: language_level=3, boundscheck=False, wraparound=False
"""The reading of a person's name: from its words to given names, family name and keys."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names import abbreviations, customs, order, spans, titles
    from cython.cimports.gender_detection.names import word_classes as kinds
else:
    from . import abbreviations, customs, order, spans, titles
    from . import word_classes as kinds

from .order import split_unspaced
from .words import Words

_MOST_KEYS = cython.declare(cython.int, 4)


class Reading(spans.Spans):
    """A name that is read: one object reads one name after the other."""

    def __init__(self, known: Words) -> None:
        spans.Spans.__init__(self, known)
        self.renew()

    def renew(self) -> None:
        """Begin anew after all words were forgotten."""
        self.mohammad = self.known.find_text("Mohammad")
        self.maria = self.known.find_text("Maria")

    def read_full(self, custom) -> int:
        """Read a full name, or a bare given name, whose words were taken in."""
        had_words: cython.bint = self.size > 0
        if self.nothing:
            self.reason = self.nothing
        if self.reason:
            return 0
        self.end = min(self.size, spans.MAX_WORDS)
        if self.n_ends > 1 and self._arrange():
            had_words = self._read_beside_family(custom)
        elif self.seen & kinds.UNUSUAL or self.aside_end > spans.ASIDE or not self.cased:
            had_words = self._read_unusual(custom)
        else:
            self._divide(custom)
        if not self.reason:
            self._take_keys(custom, had_words)
        return 0

    def read_fields(self, custom) -> None:
        """Read names in fields whose words were taken in."""
        of_family: cython.int = self.family_end - spans.FAMILY
        self.end = min(self.size, spans.MAX_WORDS)
        if of_family:
            self.move(spans.FAMILY, spans.FAMILY + of_family, spans.SCRATCH)
        # A family name before a comma counts where its own field is blank.
        if self.n_ends > 1 and not self._arrange():
            self.family_start = self.family_end = 0
        if of_family:
            self.move(spans.SCRATCH, spans.SCRATCH + of_family, spans.FAMILY)
            self.family_start, self.family_end = spans.FAMILY, spans.FAMILY + of_family
        had_words: cython.bint = self._read_beside_family(custom)
        if not self.reason:
            self._take_keys(custom, had_words)

    def _arrange(self) -> bool:
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
            if end > start and not (at and self.all_of(start, end) & kinds.TAIL):
                if parts == 0:
                    self.move(start, end, 0)
                    first_end = rest = rest_end = end - start
                else:
                    self.move(start, end, rest_end)
                    rest_end += end - start
                parts += 1
            start = end
        self.start, self.end = 0, min(first_end, spans.MAX_WORDS)
        if parts < 2:
            return False
        is_whole: cython.bint = first_end > 1 and self.classes(0) & kinds.PARTICLE == 0
        if parts == 2 and is_whole and titles.are_titles(self, rest, rest_end):
            self.move(0, first_end, spans.FAMILY)
            self.move(rest, rest_end, 0)
            self.move(spans.FAMILY, spans.FAMILY + first_end, rest_end - rest)
            self.end = min(rest_end, spans.MAX_WORDS)
            return False
        self.move(0, first_end, spans.FAMILY)
        self.family_start = spans.FAMILY
        self.family_end = spans.FAMILY + min(first_end, spans.MAX_WORDS)
        self.move(rest, rest_end, 0)
        self.end = min(rest_end - rest, spans.MAX_WORDS)
        return True

    def _read_unusual(self, custom) -> int:
        """Read a full name in which there may be more than names; return whether it has words."""
        self.end = titles.take_titles(self, custom, self.start, self.end)
        titles.take_aside(self, custom)
        abbreviations.spell_out(self, custom)
        words: cython.int = self.end - self.start
        abbreviations.take_initials(self)
        names: cython.int = self.end - self.start
        if names < words and abbreviations.is_only_family(self, names):
            self.reason = spans.INITIALS
            self.family_start, self.family_end = self.start, self.end
        elif names and self._refuses():
            self.reason = spans.NOT_A_NAME
        elif self.before_family and names == 1 and self.classes(self.start) & kinds.COMMON == 0:
            self.reason = spans.EMPTY
            self.family_start, self.family_end = self.start, self.end
        else:
            abbreviations.join_servants(self)
            self._divide(custom)
        return words > 0

    def _read_beside_family(self, custom) -> int:
        """Read given names beside a known family name, which may hold a title; return whether there
        are words."""
        self.end = titles.take_titles(self, custom, self.start, self.end)
        titles.take_aside(self, custom)
        nothing: cython.int = 0 if self.titled else self.nothing
        if self.any_of(self.family_start, self.family_end) & kinds.UNUSUAL:
            titles.take_title_of_family(self, custom)
        abbreviations.spell_out(self, custom)
        words: cython.int = self.end - self.start
        abbreviations.take_initials(self)
        if nothing:
            self.reason = nothing
        elif self.end > self.start and self._refuses():
            self.reason = spans.NOT_A_NAME
        elif words > 1 and custom.flags & customs.EAST_ASIA == 0:
            while self.end > self.start and self.classes(self.end - 1) & kinds.TRAILING:
                self.end -= 1
        abbreviations.join_servants(self)
        return words > 0

    # -- titles, suffixes, initials, abbreviations

    def _refuses(self) -> bool:
        if self.classes(self.start) & kinds.NO_NAME:
            return True
        return self.any_of(self.start, self.end) & kinds.COMPANY != 0

    # -- order and keys

    def _divide(self, custom) -> None:
        """Find the given words of a full name and its family name."""
        words: cython.int = self.end - self.start
        if words > 1 and not self.spaceless:
            order.divide(self, custom)
        elif words > 1 and self.dotted:
            self.family_start, self.family_end = self.end - 1, self.end
            self.end -= 1
        elif words > 1:
            self.family_start, self.family_end = self.start, self.start + 1
            self.start += 1
        elif words == 1 and self.spaceless:
            with cython.gil:
                self._split_unspaced(custom)

    def _split_unspaced(self, custom) -> None:
        country = "JP" if custom.flags & customs.JAPAN else ""
        whole = self.known.text_of(self.row[self.start])
        given, family = split_unspaced(whole, self.script, country)
        self.row[self.start] = self.known.find_text(given)
        if family:
            self.row[spans.FAMILY] = self.known.find_text(family)
            self.family_start, self.family_end = spans.FAMILY, spans.FAMILY + 1

    def _take_keys(self, custom, had_words) -> None:
        """Take the keys of the given words, and what these say of a gender."""
        words: cython.int = self.end - self.start
        if words == 1 and self.classes(self.start) & kinds.COMPOUND == 0:
            self._take_key(self.row[self.start])
        elif words > 0:
            self._take_several(words, custom)
        if words > 0:
            self.reason = 0 if self.asked else spans.NOT_A_NAME
        elif had_words or (self.abbreviated and not self.gender):
            self.reason = spans.INITIALS
        else:
            self.reason = spans.EMPTY if self.titled else spans.NOT_A_NAME

    def _take_several(self, words, custom) -> None:
        last: kinds.Classes = self.classes(self.end - 1)
        nguyen: cython.bint = False
        if self.family_end - self.family_start == 1:
            nguyen = self.classes(self.family_start) & kinds.NGUYEN != 0
        vietnamese: cython.bint = nguyen or custom.flags & customs.VIETNAM != 0
        if words > 1 and last & (kinds.DAUGHTER | kinds.SON):
            titles.add_title(self, kinds.FEMALE if last & kinds.DAUGHTER else kinds.MALE)
            self._take_keys_of(self.end - 1, False)
        else:
            if words > 1 and vietnamese and self.classes(self.start) & kinds.THI:
                # The middle name of women says what a title would.
                titles.add_title(self, kinds.FEMALE)
            self._take_keys_of(self.end, vietnamese)

    def _take_keys_of(self, end, vietnamese) -> None:
        """Take keys of the given words up to an end: together; then, as far as the first particle
        that cuts ("del"), the first two, each, its parts.

        In Vietnamese order the last word is the name proper and comes before the others.
        """
        words: cython.int = end - self.start
        size: cython.int = 1
        at: cython.int
        while size < words and (vietnamese or self.classes(self.start + size) & kinds.CUTTING == 0):
            size += 1
        self._take_key(self.known.together(self.row, self.start, end))
        if words > 2 and size >= 2:
            self._take_key(self.known.together(self.row, self.start, self.start + 2))
        for at in range(size):
            if self.asked == _MOST_KEYS:
                break
            place: cython.int = (at + words - 1) % words if vietnamese else at
            self._take_word(self.row[self.start + place])

    def _take_word(self, number) -> None:
        """Take the key of a word, and those of its parts where it is put together of names."""
        at: cython.int
        self._take_key(number)
        if self.known.words[number].classes & kinds.COMPOUND:
            parts: cython.int = self.known.parts(number)
            for at in range(parts + 1, parts + 1 + self.known.links[parts]):
                self._take_key(self.known.links[at])

    def _take_key(self, number) -> None:
        """Take one more key, if it is worth asking for and there is a place for it."""
        at: cython.int
        if self.asked == _MOST_KEYS or self.known.words[number].classes & kinds.LOOKUP == 0:
            return
        for at in range(self.asked):
            if self.known.words[self.keys[at]].hashed == self.known.words[number].hashed:
                return
        self.keys[self.asked] = number
        self.asked += 1
