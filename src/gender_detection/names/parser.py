# cython: language_level=3, boundscheck=False, wraparound=False
"""From the words of a name in a row to its given names, family name and keys."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names import (
        abbreviations,
        customs,
        titles,
        word_row,
    )
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.order import (
        divide,
        family_words,
        is_japanese,
        take_family_first,
        take_given_first,
    )
else:
    from . import abbreviations, customs, titles, word_row
    from . import word_classes as kinds
    from .order import divide, family_words, is_japanese, take_family_first, take_given_first

from .order import split_unspaced
from .words import Words

_MOST_KEYS = cython.declare(cython.int, 4)
# Native keys of a word of two Han characters: the word's, and those of the characters. And of an
# Arabic word: the word's, and that of its consonants.
_TWO_CHARACTERS = cython.declare(cython.int, 3)
_WITH_CONSONANTS = cython.declare(cython.int, 2)


class NameParser(word_row.WordRow):
    """Parses one name after the other, in its row."""

    def __init__(self, table: Words) -> None:
        word_row.WordRow.__init__(self, table)
        self.find_full_names()

    def find_full_names(self) -> None:
        """Find the numbers of Mohammad and Maria, which change when the words are cleared."""
        self.mohammad = self.table.find_text("Mohammad")
        self.maria = self.table.find_text("Maria")

    def parse_full(self, custom) -> int:
        """Parse a full name, or a given name alone, whose words are loaded."""
        had_words: cython.bint = self.size > 0
        if self.field_reason:
            self.reason = self.field_reason
        if self.reason:
            return 0
        self.end = min(self.size, word_row.MAX_WORDS)
        if self.n_ends > 1 and self._arrange():
            self.order = word_row.BY_COMMA
            had_words = self._parse_beside_family(custom)
        elif self.all_classes & kinds.UNUSUAL or self.aside_end > word_row.ASIDE or not self.cased:
            had_words = self._parse_unusual(custom)
        else:
            self._divide(custom)
        if not self.reason:
            self._take_keys(custom, had_words)
        return 0

    def parse_fields(self, custom) -> None:
        """Parse names in fields whose words are loaded."""
        of_family: cython.int = self.family_end - word_row.FAMILY
        self.order = word_row.BY_FIELDS
        self.end = min(self.size, word_row.MAX_WORDS)
        if of_family:
            self.move(word_row.FAMILY, word_row.FAMILY + of_family, word_row.SCRATCH)
        # A family name before a comma counts where its own field is blank.
        if self.n_ends > 1:
            if not self._arrange():
                self.family_start = self.family_end = 0
            elif of_family == 0:
                self.order = word_row.BY_COMMA
        if of_family:
            self.move(word_row.SCRATCH, word_row.SCRATCH + of_family, word_row.FAMILY)
            self.family_start, self.family_end = word_row.FAMILY, word_row.FAMILY + of_family
        had_words: cython.bint = self._parse_beside_family(custom)
        if not self.reason:
            self._take_keys(custom, had_words)

    def _arrange(self) -> bool:
        """Reorder words around commas; return whether those before the first are a family name.

        Degrees behind a comma are left out. If only titles are behind a whole name ("Anna Schmidt,
        Dr. med."), they are moved before it.
        """
        first_end: cython.int = 0
        rest: cython.int = 0
        rest_end: cython.int = 0
        parts: cython.int = 0
        start: cython.int = 0
        at: cython.int
        for at in range(self.n_ends):
            end: cython.int = self.ends[at]
            if end > start and not (at and self._take_tail(start, end)):
                if parts == 0:
                    self.move(start, end, 0)
                    first_end = rest = rest_end = end - start
                else:
                    self.move(start, end, rest_end)
                    rest_end += end - start
                parts += 1
            start = end
        self.start, self.end = 0, min(first_end, word_row.MAX_WORDS)
        if parts < 2:
            return False
        is_whole: cython.bint = first_end > 1 and self.classes(0) & kinds.PARTICLE == 0
        if parts == 2 and is_whole and titles.are_titles(self, rest, rest_end):
            self.move(0, first_end, word_row.FAMILY)
            self.move(rest, rest_end, 0)
            self.move(word_row.FAMILY, word_row.FAMILY + first_end, rest_end - rest)
            self.end = min(rest_end, word_row.MAX_WORDS)
            return False
        self.move(0, first_end, word_row.FAMILY)
        self.family_start = word_row.FAMILY
        self.family_end = word_row.FAMILY + min(first_end, word_row.MAX_WORDS)
        self.move(rest, rest_end, 0)
        self.end = min(rest_end - rest, word_row.MAX_WORDS)
        return True

    def _take_tail(self, start, end) -> bool:
        """Return whether words behind a comma are left out; record the generation that they are."""
        at: cython.int
        if not self._is_tail(start, end):
            return False
        if end == start + 1:
            titles.take_generation(self, start)
        for at in range(start, end):
            self.note(self.row[at], word_row.SUFFIX, 0)
        return True

    def _is_tail(self, start, end) -> bool:
        """Return whether words behind a comma are degrees or a description, not given names.

        They are where they are listed. Behind a whole name ("Anna Schmidt"), so are capitals
        without a vowel if the name has small letters (MBBS), a generation (V), and words in small
        letters or with digits ("dies at 84").
        """
        at: cython.int
        whole: cython.bint = self.ends[0] > 1 and self.classes(0) & kinds.PARTICLE == 0
        if self.all_of(start, end) & kinds.TAIL:
            return self._are_listed_tails(start, end, whole)
        if not whole or self.classes(0) & kinds.CAPITALS:
            return False
        if end == start + 1 and titles.is_generation(self, start):
            return True
        degrees: cython.bint = True
        small: cython.int = 0
        for at in range(start, end):
            classes: kinds.Classes = self.classes(at)
            if classes & kinds.COMMON or self.roles(at) & kinds.AND:
                return False
            no_name: cython.bint = classes & kinds.CAPITALS != 0
            no_name = no_name and not self.table.has_vowel(self.row[at])
            degrees = degrees and (no_name or classes & kinds.TAIL != 0)
            small += classes & kinds.PARTICLE == 0 and not self.table.is_capitalised(self.row[at])
        return degrees or (small > 0 and end > start + 1)

    def _are_listed_tails(self, start, end, whole) -> bool:
        """Return whether listed words behind a comma are degrees where they stand.

        Behind one word, only those that are degrees anywhere, as "Svensson, Asa" and "Smith, J.D."
        have given names; behind a whole name, not short words in title case ("Holm Brandt, Ea").
        """
        at: cython.int
        for at in range(start, end):
            classes: kinds.Classes = self.classes(at)
            number: cython.int = self.row[at]
            sure: cython.bint = classes & kinds.SUFFIX != 0 and not self.table.has_inner_dot(number)
            if self.ends[0] and not whole and not sure:
                return False
            listed: cython.bint = classes & (kinds.SUFFIX | kinds.DOTTED) != 0
            mixed: cython.bint = classes & kinds.ASCII == 0 or self.table.is_title_case(number)
            if not listed and mixed and self.table.words[number].letters < 5:
                return False
        return True

    def _parse_unusual(self, custom) -> int:
        """Parse a full name with more than plain names; return whether words are left."""
        self.end = titles.take_titles(self, custom, self.start, self.end)
        titles.take_aside(self, custom)
        abbreviations.spell_out(self, custom)
        titles.take_patronymic(self, custom)
        words: cython.int = self.end - self.start
        titles.take_initials(self)
        names: cython.int = self.end - self.start
        alone: cython.bint = not self.titled and not self.first_taken
        self.doubtful = alone and (self.doubtful or self._is_doubtful())
        self.word_open = names == 1 and (names < words or self.titled)
        if self.several and not (names and self._is_no_name()):
            self._refuse_several()
        elif names < words and titles.is_only_family(self, names):
            self.reason, self.order = word_row.INITIALS, word_row.BY_INITIALS
            self.family_start, self.family_end = self.start, self.end
        elif names and self._is_no_name():
            self.reason = self._why_no_name()
        elif self.before_family and names == 1 and self.classes(self.start) & kinds.COMMON == 0:
            self.reason, self.order = word_row.EMPTY, word_row.BY_TITLE
            self.family_start, self.family_end = self.start, self.end
        else:
            titles.join_servants(self)
            self._divide(custom)
        return words > 0

    def _parse_beside_family(self, custom) -> int:
        """Parse given names whose family name is separate and may have a title; return whether
        words are left."""
        self.end = titles.take_titles(self, custom, self.start, self.end)
        titles.take_aside(self, custom)
        reason: cython.int = 0 if self.titled else self.field_reason
        if self.any_of(self.family_start, self.family_end) & kinds.UNUSUAL:
            titles.take_family_titles(self, custom)
        abbreviations.spell_out(self, custom)
        titles.take_patronymic(self, custom)
        words: cython.int = self.end - self.start
        titles.take_initials(self)
        if reason:
            self.reason = reason
        elif self.end > self.start and self._is_no_name():
            self.reason = self._why_no_name()
        elif self.several:
            self._refuse_several()
        elif words > 1 and custom.flags & customs.EAST_ASIA == 0:
            while self.end > self.start and self.classes(self.end - 1) & kinds.TRAILING:
                self.end -= 1
        titles.join_servants(self)
        return words > 0

    def _is_doubtful(self) -> bool:
        """Return whether words of a full name are found in other names than those of people."""
        at: cython.int
        for at in range(self.start, self.end):
            roles: cython.int = self.roles(at)
            if roles & kinds.FAMILY_TOO or (roles & kinds.OF and at > self.start):
                return True
        return False

    def _is_no_name(self) -> bool:
        """Return whether the given words are a test string or name an organisation."""
        if self.classes(self.start) & kinds.NO_NAME:
            return True
        return self.any_of(self.start, self.end) & kinds.COMPANY != 0

    def _refuse_several(self) -> None:
        """Give no answer to the names of several people."""
        self.reason = word_row.SEVERAL_PEOPLE
        self.gender = self.form = 0
        self.start = self.end = self.family_start = self.family_end = 0

    def _why_no_name(self) -> int:
        """Return NOT_A_PERSON for an organisation, NOT_A_NAME for a test string."""
        company: cython.bint = self.any_of(self.start, self.end) & kinds.COMPANY != 0
        return word_row.NOT_A_PERSON if company else word_row.NOT_A_NAME

    # -- order and keys

    def put_family_first(self, custom) -> int:
        """Divide a name again, with the family name first."""
        self.end = self.family_end
        take_family_first(self, family_words(self))
        return self._take_keys_again(custom)

    def put_given_first(self, custom) -> int:
        """Divide a name again, with the given name first."""
        self.start = self.family_start
        take_given_first(self, custom)
        return self._take_keys_again(custom)

    def lengthen_family(self, custom) -> int:
        """Take the first of the given names as a part of the family name before it."""
        self.start += 1
        self.family_end += 1
        return self._take_keys_again(custom)

    def exchange(self, custom) -> int:
        """Exchange the given names and the family name."""
        self.start, self.family_start = self.family_start, self.start
        self.end, self.family_end = self.family_end, self.end
        return self._take_keys_again(custom)

    def put_other_order(self, custom) -> int:
        """Divide a name the other way round, until put_back()."""
        self.kept[0], self.kept[1] = self.start, self.end
        self.kept[2], self.kept[3] = self.family_start, self.family_end
        self.kept[4], self.kept[5] = self.order, self.gender
        if self.by_capitals:
            return self.exchange(custom)
        if self.family_start < self.start:
            return self.put_given_first(custom)
        return self.put_family_first(custom)

    def put_back(self, custom) -> int:
        """Divide a name as before put_other_order()."""
        self.start, self.end = self.kept[0], self.kept[1]
        self.family_start, self.family_end = self.kept[2], self.kept[3]
        self._take_keys_again(custom)
        self.order, self.gender = self.kept[4], self.kept[5]
        return 0

    def _take_keys_again(self, custom) -> int:
        """Take the keys of a name that was divided again."""
        self.n_keys, self.order = 0, word_row.BY_BEARERS
        self._take_keys(custom, True)
        return 0

    def put_only_family(self) -> None:
        """Take the only word as the family name; only an initial of a given name is left."""
        self.family_start, self.family_end = self.start, self.end
        self.end = self.start
        self.n_keys, self.order = 0, word_row.BY_BEARERS
        self.reason = word_row.INITIALS if self.letters_taken else word_row.EMPTY

    def put_only_given(self, custom) -> int:
        """Take the only word, until now the family name, as the given name."""
        self.start, self.end = self.family_start, self.family_end
        self.family_start = self.family_end = 0
        return self._take_keys_again(custom)

    def _divide(self, custom) -> None:
        """Divide a full name into given names and family name."""
        words: cython.int = self.end - self.start
        if self.spaceless:
            self.order = word_row.BY_SCRIPT
        if words > 1 and not self.spaceless:
            divide(self, custom)
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
        whole = self.table.text_of(self.row[self.start])
        given, family = split_unspaced(whole, self.script, country)
        self.row[self.start] = self.table.find_text(given)
        if family:
            self.row[word_row.FAMILY] = self.table.find_text(family)
            self.family_start, self.family_end = word_row.FAMILY, word_row.FAMILY + 1

    def _take_keys(self, custom, had_words) -> None:
        """Take the keys of the given words, or the reason why there are none."""
        words: cython.int = self.end - self.start
        if not self.cased and words > 0:
            self.japanese = is_japanese(self, custom)
        if words == 1 and self.classes(self.start) & (kinds.COMPOUND | kinds.UNCASED) == 0:
            self._take_key(self.row[self.start])
        elif words > 0:
            self._take_keys_of_several(words, custom)
        if words > 0:
            self.reason = 0 if self.n_keys else word_row.NOT_A_NAME
        elif had_words or (self.abbreviated and not self.gender):
            self.reason = word_row.INITIALS
        else:
            self.reason = word_row.EMPTY if self.titled else word_row.NOT_A_NAME

    def _take_keys_of_several(self, words, custom) -> None:
        last: kinds.Classes = self.classes(self.end - 1)
        nguyen: cython.bint = False
        if self.family_end - self.family_start == 1:
            nguyen = self.classes(self.family_start) & kinds.NGUYEN != 0
        vietnamese: cython.bint = nguyen or custom.flags & customs.VIETNAM != 0
        if words > 1 and last & (kinds.DAUGHTER | kinds.SON):
            titles.add_title(self, kinds.FEMALE if last & kinds.DAUGHTER else kinds.MALE)
            self._take_keys_before(self.end - 1, False)
        else:
            if words > 1 and vietnamese and self.classes(self.start) & kinds.THI:
                # The middle name of women counts as a title.
                titles.add_title(self, kinds.FEMALE)
            self._take_keys_before(self.end, vietnamese)

    def _take_keys_before(self, end, vietnamese) -> None:
        """Take the keys of the given words before `end`.

        The first key is that of all words together. The next are, before the first cutting particle
        ("del"): the first two words together, each word, and its parts. In Vietnamese, the last
        word is the name in use and comes before the others. A word in a script without capitals has
        its native keys before its others.
        """
        words: cython.int = end - self.start
        size: cython.int = 1
        at: cython.int
        while size < words and (vietnamese or self.classes(self.start + size) & kinds.CUTTING == 0):
            size += 1
        if words == 1:
            self._take_natives(self.row[self.start])
        self._take_key(self.table.together(self.row, self.start, end))
        if words > 2 and size >= 2:
            self._take_key(self.table.together(self.row, self.start, self.start + 2))
        for at in range(size):
            if self.n_keys == _MOST_KEYS:
                break
            position: cython.int = (at + words - 1) % words if vietnamese else at
            self._take_word(self.row[self.start + position])

    def _take_word(self, number) -> None:
        """Take the keys of a word and, if it is a compound, those of its parts."""
        at: cython.int
        self._take_natives(number)
        self._take_key(number)
        if self.table.words[number].classes & kinds.COMPOUND:
            parts: cython.int = self.table.parts(number)
            for at in range(parts + 1, parts + 1 + self.table.links[parts]):
                self._take_key(self.table.links[at])

    def _take_natives(self, number) -> int:
        """Take the native key of a word in a script without capitals.

        With it go the consonants of an Arabic name, the characters of a Chinese name of two, and
        the last of a Japanese name, which tells most (子, 郎).
        """
        if self.table.words[number].classes & kinds.UNCASED == 0:
            return 0
        first: cython.int = self.table.natives(number)
        count: cython.int = self.table.links[first]
        if count > 0:
            self._take_key(self.table.links[first + 1])
        if count == _WITH_CONSONANTS:
            self._take_key(self.table.links[first + 2])
        if count == _TWO_CHARACTERS and not self.japanese:
            self._take_key(self.table.links[first + 2])
        if count >= _TWO_CHARACTERS and (self.japanese or count == _TWO_CHARACTERS):
            self._take_key(self.table.links[first + count])
        return 0

    def _take_key(self, number) -> None:
        """Take one more key if it can be looked up, is new and there is room for it."""
        at: cython.int
        if self.n_keys == _MOST_KEYS or self.table.words[number].classes & kinds.LOOKUP == 0:
            return
        for at in range(self.n_keys):
            if self.table.words[self.keys[at]].hashed == self.table.words[number].hashed:
                return
        self.keys[self.n_keys] = number
        self.n_keys += 1
