# cython: language_level=3, boundscheck=False, wraparound=False
"""The reading of a person's name: from its words to titles, given names, family name and keys."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.features.hashing import spread
    from cython.cimports.gender_detection.names.customs import (
        EAST_ASIA,
        JAPAN,
        MARIA,
        MUSLIM,
        NAMED,
        VIETNAM,
        Custom,
    )
    from cython.cimports.gender_detection.names.order import divide
    from cython.cimports.gender_detection.names.spans import ASIDE, FAMILY, MAX_WORDS, Spans
    from cython.cimports.gender_detection.names.word_classes import (
        ANY_TITLE,
        ANYWHERE,
        ARTICLE,
        BEFORE_TWO,
        COMMON,
        COMPANY,
        COMPOUND,
        CUTTING,
        DAUGHTER,
        DAUGHTER_OF,
        DOTTED,
        INITIAL,
        LOCAL_TITLE,
        LOOKUP,
        MA,
        MOHAMMED,
        NEEDS_DOT,
        NEVER_ALONE,
        NGUYEN,
        NO_NAME,
        OF_GIVEN,
        PARTICLE,
        REWRITTEN,
        SENIOR,
        SERVANT_OF,
        SON,
        SUFFIX,
        SURE_TITLE,
        TAIL,
        THI,
        TITLE_AFTER,
        TITLE_WORD,
        TRAILING,
        UNCLEAN,
        UNUSUAL,
        WRITTEN_TITLE,
        Classes,
    )
else:
    from ..features.hashing import spread
    from .customs import EAST_ASIA, JAPAN, MARIA, MUSLIM, NAMED, VIETNAM
    from .order import divide
    from .spans import ASIDE, FAMILY, MAX_WORDS, Spans
    from .word_classes import (
        ANY_TITLE,
        ANYWHERE,
        ARTICLE,
        BEFORE_TWO,
        COMMON,
        COMPANY,
        COMPOUND,
        CUTTING,
        DAUGHTER,
        DAUGHTER_OF,
        DOTTED,
        INITIAL,
        LOCAL_TITLE,
        LOOKUP,
        MA,
        MOHAMMED,
        NEEDS_DOT,
        NEVER_ALONE,
        NGUYEN,
        NO_NAME,
        OF_GIVEN,
        PARTICLE,
        REWRITTEN,
        SENIOR,
        SERVANT_OF,
        SON,
        SUFFIX,
        SURE_TITLE,
        TAIL,
        THI,
        TITLE_AFTER,
        TITLE_WORD,
        TRAILING,
        UNCLEAN,
        UNUSUAL,
        WRITTEN_TITLE,
    )

from .order import split_unspaced
from .splitting import CASED, SPACELESS, Split, rewritten
from .text import MAX_CHARACTERS
from .word_classes import GENDERS, LOCAL_TITLES
from .words import Words

INITIALS = 1
EMPTY = 2
NOT_A_NAME = 3
REASONS = {"initials": INITIALS, "empty": EMPTY, "not_a_name": NOT_A_NAME}

_FEMALE = cython.declare(cython.int, GENDERS["female"])
_MALE = cython.declare(cython.int, GENDERS["male"])
_NEUTRAL = cython.declare(cython.int, GENDERS["neutral"])
_NO_TITLE = cython.declare(cython.int, 0)
_MOST_BYTES = cython.declare(cython.int, MAX_CHARACTERS)
_MOST_KEYS = cython.declare(cython.int, 4)
_MOST_ENDS = cython.declare(cython.int, 16)
_FIELD = cython.declare(cython.int, 32)  # words of a field beyond which a row has no place
# A local title of one letter needs its dot.
_LETTER_TITLE = cython.declare(cython.int, LOCAL_TITLES.index("m"))
_SPACE = cython.declare(cython.uchar, ord(" "))
_COMMA = cython.declare(cython.uchar, ord(","))
_NO_UTF8 = cython.declare(cython.uchar, 0xF5)
_SCRATCH = cython.declare(cython.int, 128)
_MASK = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
_BY_PYTHON = cython.declare(cython.int, -1)


@cython.final
@cython.cclass
class Reading(Spans):
    """A name that is read: one object reads one name after the other.

    keys     the numbers of the words to look the given names up by, `asked` of them, the most
             specific first
    gender   1 where a title, a patronymic or a middle name says that it is a woman's, -1 a man's
    reason   why there is no key to look up: INITIALS, EMPTY or NOT_A_NAME; 0 where there is one
    ends     how many words there are up to each comma of a text, and up to its end
    seen     the classes of all its words
    cased    its script has small letters and capitals; spaceless: it needs no spaces
    nothing  why a field of given names holds none, 0 where it may
    """

    def __init__(self, known: Words) -> None:
        Spans.__init__(self, known)
        self.script = self.family_script = "latin"
        if not cython.compiled:
            self.keys, self.ends = [0] * 4, [0] * 40
        self.renew()

    @cython.cfunc
    @cython.exceptval(check=True)
    def renew(self) -> cython.void:
        """Begin anew after all words were forgotten."""
        self.mohammad = self.known.find_text("Mohammad")
        self.maria = self.known.find_text("Maria")

    # -- taking words in

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _begin(self) -> cython.void:
        self.size = self.n_ends = self.aside_end = self.nothing = 0
        self.start = self.end = self.family_start = self.family_end = 0
        self.asked = self.gender = self.reason = 0
        self.seen = 0
        self.titled = self.abbreviated = self.before_family = False
        self.cased, self.spaceless, self.dotted, self.no_family_titles = True, False, False, False

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def take(
        self,
        text: cython.p_const_uchar,
        start: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        into: cython.int,
    ) -> cython.int:
        """Take the words of a text that spaces and commas part into the row; return how many they
        are, or -1 where it needs cleaning, or has more than a row has a place for."""
        first: cython.Py_ssize_t = start
        at: cython.Py_ssize_t
        count: cython.int = 0
        last: cython.ulonglong = 0
        before: cython.ulonglong = 0
        if end - start > _MOST_BYTES:
            return _BY_PYTHON
        for at in range(start, end + 1):
            letter: cython.uchar = text[at] if at < end else _SPACE
            if letter > _COMMA or (letter != _SPACE and letter != _COMMA):
                if letter >= _NO_UTF8:
                    return _BY_PYTHON
                if at > first and (at - first) % 8 == 0:
                    before, last = spread(before ^ last), 0
                last = (last << 8 | letter) & _MASK
                continue
            if at > first:
                if count == MAX_WORDS:
                    return _BY_PYTHON
                number: cython.int = self.known.find_hashed(text, first, at - first, last, before)
                self.row[into + count] = number
                self.seen |= self.known.words[number].classes
                count += 1
            if letter == _COMMA:
                if self.n_ends == _MOST_ENDS:
                    return _BY_PYTHON
                self.ends[self.n_ends] = count
                self.n_ends += 1
            first, last, before = at + 1, 0, 0
        return count if self.seen & UNCLEAN == 0 else _BY_PYTHON

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def take_full(
        self, text: cython.p_const_uchar, start: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.int:
        """Take the words of a full name; return -1 where Python has to find them, else 0."""
        self._begin()
        self.size = self.take(text, start, end, 0)
        if self.size < 0:
            return _BY_PYTHON
        if self.n_ends == 0 and self.size == 0:
            self.reason = EMPTY
        self.ends[self.n_ends] = self.size
        self.n_ends += 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def take_fields(
        self,
        text: cython.p_const_uchar,
        start: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        family: cython.p_const_uchar,
        family_start: cython.Py_ssize_t,
        family_end: cython.Py_ssize_t,
    ) -> cython.int:
        """Take the words of a field of given names and one of family names; return -1 where Python
        has to find them, else 0."""
        self._begin()
        count: cython.int = self.take(family, family_start, family_end, FAMILY)
        if count < 0 or self.n_ends:
            return _BY_PYTHON
        self.family_start, self.family_end = FAMILY, FAMILY + count
        self.seen = 0
        self.size = self.take(text, start, end, 0)
        if self.size < 0 or self.n_ends:
            return _BY_PYTHON
        if self.size == 0:
            self.nothing = EMPTY
        self.ends[0], self.n_ends = self.size, 1
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def take_split(self, split: object) -> cython.int:
        """Take the words that Python found (splitting.Split)."""
        found: Split = split
        self._begin()
        self.script, self.family_script = found.script, found.family_script
        self.cased, self.spaceless = found.script in CASED, found.script in SPACELESS
        self.dotted = found.dotted
        self.no_family_titles = found.script == "thai"
        self.size = len(found.words)
        for at, word in enumerate(found.words):
            self.row[at] = self.known.find_text(word)
            self.seen |= self.classes(at)
        for at, end in enumerate(found.ends[: 2 * _MOST_ENDS]):
            self.ends[at] = end
        self.n_ends = min(len(found.ends), 2 * _MOST_ENDS)
        if self.n_ends:
            self.ends[self.n_ends - 1] = self.size
        for at, word in enumerate(found.aside):
            self.row[ASIDE + at] = self.known.find_text(word)
        self.aside_end = ASIDE + len(found.aside)
        for at, word in enumerate(found.family):
            self.row[FAMILY + at] = self.known.find_text(word)
        self.family_start, self.family_end = FAMILY, FAMILY + len(found.family)
        self.nothing = REASONS[found.reason] if found.reason else 0
        return 0

    # -- reading

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
        start: cython.int = self.family_start
        end: cython.int = self.family_end
        self.end = min(self.size, MAX_WORDS)
        if end > start:
            self._move(start, end, _SCRATCH)
        if self.n_ends > 1:
            # A family name before a comma counts where its own field is blank.
            if not self._arrange():
                self.family_start = self.family_end = 0
        if end > start:
            self._move(_SCRATCH, _SCRATCH + end - start, FAMILY)
            self.family_start, self.family_end = start, end
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
                    self._move(start, end, 0)
                    first_end = rest = rest_end = end - start
                else:
                    self._move(start, end, rest_end)
                    rest_end += end - start
                parts += 1
            start = end
        self.start, self.end = 0, min(first_end, MAX_WORDS)
        if parts < 2:
            return False
        if parts == 2 and self._are_titles(rest, rest_end):
            if first_end > 1 and self.classes(0) & PARTICLE == 0:
                self._move(0, first_end, FAMILY)
                self._move(rest, rest_end, 0)
                self._move(FAMILY, FAMILY + first_end, rest_end - rest)
                self.end = min(rest_end, MAX_WORDS)
                return False
        self.family_start, self.family_end = FAMILY, FAMILY + min(first_end, MAX_WORDS)
        self._move(0, first_end, FAMILY)
        self._move(rest, rest_end, 0)
        self.end = min(rest_end - rest, MAX_WORDS)
        return True

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _move(self, start: cython.int, end: cython.int, into: cython.int) -> cython.void:
        """Copy words of the row to another place, which is before them or apart."""
        at: cython.int
        for at in range(end - start):
            self.row[into + at] = self.row[start + at]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _are_titles(self, start: cython.int, end: cython.int) -> cython.bint:
        at: cython.int
        for at in range(start, end):
            classes: Classes = self.classes(at)
            if classes & (ANY_TITLE if classes & DOTTED else SURE_TITLE) == 0:
                return False
        return True

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _read_unusual(self, custom: cython.pointer[Custom]) -> cython.int:
        """Read a full name in which there may be more than names; return whether it has words."""
        self.end = self._take_titles(custom, self.start, self.end)
        self._take_aside(custom)
        self._spell_out(custom)
        words: cython.int = self.end - self.start
        self._take_initials()
        names: cython.int = self.end - self.start
        if names < words and self._is_only_family(names):
            self.reason = INITIALS
            self.family_start, self.family_end = self.start, self.end
        elif names and self._refuses():
            self.reason = NOT_A_NAME
        elif self.before_family and names == 1 and self.classes(self.start) & COMMON == 0:
            self.reason = EMPTY
            self.family_start, self.family_end = self.start, self.end
        else:
            self._join_servants()
            self._divide(custom)
        return words > 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _read_beside_family(self, custom: cython.pointer[Custom]) -> cython.int:
        """Read given names beside a known family name, which may hold a title; return whether there
        are words."""
        self.end = self._take_titles(custom, self.start, self.end)
        self._take_aside(custom)
        nothing: cython.int = 0 if self.titled else self.nothing
        if self.any_of(self.family_start, self.family_end) & UNUSUAL:
            self._take_title_of_family(custom)
        self._spell_out(custom)
        words: cython.int = self.end - self.start
        self._take_initials()
        if nothing:
            self.reason = nothing
        elif self.end > self.start and self._refuses():
            self.reason = NOT_A_NAME
        elif words > 1 and custom.flags & EAST_ASIA == 0:
            while self.end > self.start and self.classes(self.end - 1) & TRAILING:
                self.end -= 1
        self._join_servants()
        return words > 0

    # -- titles, suffixes, initials, abbreviations

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _take_titles(
        self, custom: cython.pointer[Custom], start: cython.int, end: cython.int
    ) -> cython.int:
        """Take titles and suffixes out of some words, noting what they say; return the new end."""
        left: cython.int = start
        at: cython.int
        title: cython.int = _NO_TITLE
        for at in range(start, end):
            classes: Classes = self.classes(at)
            if classes & UNUSUAL == 0:
                title = _NO_TITLE
            else:
                title = self._take_title(custom, at, left - start, end - at - 1, title != _NO_TITLE)
                if title != _NO_TITLE or (classes & SUFFIX and left > start):
                    continue
                if classes & DAUGHTER_OF and left > start and at + 1 < end:
                    self._add_title(_FEMALE)
                if classes & REWRITTEN and not self._rewrite(at, left == start):
                    continue
            self.row[left] = self.row[at]
            left += 1
        return left

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _take_title(
        self,
        custom: cython.pointer[Custom],
        at: cython.int,
        position: cython.int,
        following: cython.int,
        after_title: cython.bint,
    ) -> cython.int:
        """Return what title a word is there, 0 for none, and note what it says."""
        title: cython.int = self._title_of(custom, at, position, following, after_title)
        classes: Classes = self.classes(at)
        if title == _NO_TITLE:
            return title
        self._add_title(title)
        if title != _NEUTRAL and position == 0 and not self.no_family_titles:
            self.before_family = self.before_family or classes & OF_GIVEN == 0
        if title == _NEUTRAL and classes & INITIAL and self.cased:
            self.abbreviated = True
        return title

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _title_of(
        self,
        custom: cython.pointer[Custom],
        at: cython.int,
        position: cython.int,
        following: cython.int,
        after_title: cython.bint,
    ) -> cython.int:
        """Return what title a word is behind `position` others and before `following` ones.

        after_title says that a title stands right before it ("Lt Col"), which does for a dot.
        """
        classes: Classes = self.classes(at)
        entry: cython.int = self.known.words[self.row[at]].entry
        dotted: cython.bint = classes & DOTTED != 0 or after_title
        if classes & WRITTEN_TITLE and position + following > 0:
            return self.known.words[self.row[at]].written_title
        if classes & TITLE_WORD == 0:
            return _NO_TITLE
        if classes & LOCAL_TITLE and position + following > 0:
            place: cython.int = self.known.vocabulary.local_places[entry]
            if (custom.local_titles >> place) & 1:
                if position or following == 0 or (place == _LETTER_TITLE and not dotted):
                    return _NO_TITLE
                return self.known.vocabulary.local_titles[entry]
        if classes & TITLE_AFTER:
            stands_last: cython.bint = position > 0 and following == 0
            return self.known.vocabulary.other_titles[entry] if stands_last else _NO_TITLE
        if classes & SENIOR:
            return _MALE if position == 0 and following > 0 else _NO_TITLE
        if classes & BEFORE_TWO:
            stands_first: cython.bint = position == 0 and following >= 2
            return self.known.vocabulary.other_titles[entry] if stands_first else _NO_TITLE
        if classes & LOCAL_TITLE and (custom.flags & NAMED or following < 2):
            return _NO_TITLE
        if classes & NEEDS_DOT and not dotted:
            return _NO_TITLE
        if classes & NEVER_ALONE and (position > 0 or following == 0):
            return _NO_TITLE
        if position > 0 and classes & ANYWHERE == 0:
            return _NO_TITLE
        return self.known.vocabulary.titles[entry]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _add_title(self, title: cython.int) -> cython.void:
        """Note a title; the first gendered one decides."""
        self.titled = True
        if self.gender == 0 and title != _NEUTRAL:
            self.gender = title

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _rewrite(self, at: cython.int, is_first: cython.bint) -> cython.int:
        """Take digits and an attached title off a word; return its number, 0 if nothing is left."""
        with cython.gil:
            text = self.known.text_of(self.row[at])
            script = self.family_script if at >= FAMILY and at < ASIDE else self.script
            left, title, of_family = rewritten(text, script, is_first)
            if title is not None:
                self._add_title(GENDERS[title])
                self.before_family = self.before_family or of_family
            self.row[at] = self.known.find_text(left) if left else 0
        return self.row[at]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _take_aside(self, custom: cython.pointer[Custom]) -> cython.int:
        """Note the gender of titles that stand aside by themselves, as in "Kim Lee (Mrs.)"."""
        if self.aside_end == 0 or self.aside_end == ASIDE:
            return 0
        gender: cython.int = self.gender
        titled: cython.bint = self.titled
        abbreviated: cython.bint = self.abbreviated
        before_family: cython.bint = self.before_family
        self.gender, self.titled = 0, False
        left: cython.int = self._take_titles(custom, ASIDE, self.aside_end)
        found: cython.int = self.gender if self.titled and left == ASIDE else 0
        self.gender, self.titled = gender, titled
        self.abbreviated, self.before_family = abbreviated, before_family
        if found:
            self._add_title(found)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _take_title_of_family(self, custom: cython.pointer[Custom]) -> cython.int:
        """Take titles out of the family name: they count where it begins with one that is no family
        name (as Graf is)."""
        gender: cython.int = self.gender
        titled: cython.bint = self.titled
        abbreviated: cython.bint = self.abbreviated
        before_family: cython.bint = self.before_family
        first: Classes = self.classes(self.family_start)
        self._move(self.family_start, self.family_end, _SCRATCH)
        self.gender = 0
        end: cython.int = self._take_titles(custom, self.family_start, self.family_end)
        found: cython.int = self.gender
        self.gender, self.titled = gender, titled
        self.abbreviated, self.before_family = abbreviated, before_family
        if end == self.family_start:
            # Nothing but titles and suffixes: then these are the name.
            self._move(_SCRATCH, _SCRATCH + self.family_end - end, end)
            return 0
        self.family_end = end
        if found and first & (NEVER_ALONE | LOCAL_TITLE) == 0:
            self._add_title(found)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _spell_out(self, custom: cython.pointer[Custom]) -> cython.int:
        """Write Md and Ma. out as Mohammad and Maria where they are given names, and leave out dots
        behind words."""
        at: cython.int
        for at in range(self.start, self.end):
            classes: Classes = self.classes(at)
            if classes & (MOHAMMED | MA | DOTTED) == 0:
                continue
            full: cython.int = self._full_name_of(at, custom)
            if full:
                self.row[at] = full
            elif classes & DOTTED and (classes & INITIAL == 0 or not self.cased):
                self.row[at] = self.known.without_dots(self.row[at])
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _full_name_of(self, at: cython.int, custom: cython.pointer[Custom]) -> cython.int:
        """Return the number of the name that an abbreviation stands for, 0 where it is none."""
        classes: Classes = self.classes(at)
        is_last: cython.bint = at == self.end - 1
        if classes & MOHAMMED:
            alone: cython.bint = self.end - self.start == 1
            if alone and self.known.words[self.row[at]].letters <= 3:
                if custom.flags & MUSLIM == 0:
                    return 0
            return self.mohammad if at == self.start or not is_last else 0
        if classes & MA and not is_last and (classes & DOTTED or custom.flags & MARIA):
            return self.maria
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _take_initials(self) -> cython.void:
        """Take initials out of the given names; other scripts have none."""
        left: cython.int = self.start
        at: cython.int
        self.letters_taken = 0
        self.first_taken = False
        for at in range(self.start, self.end):
            if self.cased and self.classes(at) & INITIAL:
                self.letters_taken += self.known.words[self.row[at]].letters
                self.first_taken = self.first_taken or at == self.start
                continue
            self.row[left] = self.row[at]
            left += 1
        self.end = left

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _is_only_family(self, names: cython.int) -> cython.bint:
        """Return whether a full name keeps no given name without its initials."""
        if names == 0:
            return True
        first: Classes = self.classes(self.start)
        if self.first_taken and first & PARTICLE:
            return True
        if names > 1 or first & COMMON:
            return False
        return self.first_taken or self.letters_taken > 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _refuses(self) -> cython.bint:
        if self.classes(self.start) & NO_NAME:
            return True
        return self.any_of(self.start, self.end) & COMPANY != 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _join_servants(self) -> cython.int:
        """Join Abd al-Rahman, Abdul Karim into one word each."""
        left: cython.int = self.start
        at: cython.int = self.start
        stop: cython.int
        if self.any_of(self.start, self.end) & SERVANT_OF == 0:
            return 0
        while at < self.end:
            stop = at + 1
            if self.classes(at) & SERVANT_OF and stop < self.end:
                if self.classes(stop) & ARTICLE and stop + 1 < self.end:
                    stop += 1
                stop += 1
                with cython.gil:
                    texts = [self.known.text_of(self.row[of]) for of in range(at, stop)]
                    self.row[left] = self.known.find_text(" ".join(texts))
            else:
                self.row[left] = self.row[at]
            left += 1
            at = stop
        self.end = left
        return 0

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
            self._add_title(_FEMALE if last & DAUGHTER else _MALE)
            return self._take_keys_of(self.end - 1, False)
        nguyen: cython.bint = False
        if self.family_end - self.family_start == 1:
            nguyen = self.classes(self.family_start) & NGUYEN != 0
        vietnamese: cython.bint = nguyen or custom.flags & VIETNAM != 0
        if words > 1 and vietnamese and self.classes(self.start) & THI:
            # The middle name of women says what a title would.
            self._add_title(_FEMALE)
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
