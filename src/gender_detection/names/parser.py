# cython: language_level=3, boundscheck=False, wraparound=False
"""From the words of a name in a row to its given names, family name and keys."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names import customs, titles, word_row
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.word_row import WordRow
else:
    from . import customs, titles, word_row
    from . import word_classes as kinds
    from .word_row import WordRow

from . import lexicon
from .word_classes import sounds_of
from .words import Words

_MOST_KEYS = cython.declare(cython.int, 4)
_NOT_RANKED = cython.declare(cython.int, -1)
# Given names that sound Chinese have at least so many letters and at most so many words.
_LEAST_CHINESE = cython.declare(cython.int, 3)
_MOST_CHINESE = cython.declare(cython.int, 2)


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
        self.end = min(self.size, word_row.MAX_WORDS)
        if of_family:
            self.move(word_row.FAMILY, word_row.FAMILY + of_family, word_row.SCRATCH)
        # A family name before a comma counts where its own field is blank.
        if self.n_ends > 1 and not self._arrange():
            self.family_start = self.family_end = 0
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
            if end > start and not (at and self.all_of(start, end) & kinds.TAIL):
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

    def _parse_unusual(self, custom) -> int:
        """Parse a full name with more than plain names; return whether words are left."""
        self.end = titles.take_titles(self, custom, self.start, self.end)
        titles.take_aside(self, custom)
        titles.spell_out(self, custom)
        words: cython.int = self.end - self.start
        titles.take_initials(self)
        names: cython.int = self.end - self.start
        if names < words and titles.is_only_family(self, names):
            self.reason = word_row.INITIALS
            self.family_start, self.family_end = self.start, self.end
        elif names and self._is_no_name():
            self.reason = word_row.NOT_A_NAME
        elif self.before_family and names == 1 and self.classes(self.start) & kinds.COMMON == 0:
            self.reason = word_row.EMPTY
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
        titles.spell_out(self, custom)
        words: cython.int = self.end - self.start
        titles.take_initials(self)
        if reason:
            self.reason = reason
        elif self.end > self.start and self._is_no_name():
            self.reason = word_row.NOT_A_NAME
        elif words > 1 and custom.flags & customs.EAST_ASIA == 0:
            while self.end > self.start and self.classes(self.end - 1) & kinds.TRAILING:
                self.end -= 1
        titles.join_servants(self)
        return words > 0

    def _is_no_name(self) -> bool:
        """Return whether the given words are a test string or name an organisation."""
        if self.classes(self.start) & kinds.NO_NAME:
            return True
        return self.any_of(self.start, self.end) & kinds.COMPANY != 0

    # -- order and keys

    def _divide(self, custom) -> None:
        """Divide a full name into given names and family name."""
        words: cython.int = self.end - self.start
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
        if words == 1 and self.classes(self.start) & kinds.COMPOUND == 0:
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
        word is the name in use and comes before the others.
        """
        words: cython.int = end - self.start
        size: cython.int = 1
        at: cython.int
        while size < words and (vietnamese or self.classes(self.start + size) & kinds.CUTTING == 0):
            size += 1
        self._take_key(self.table.together(self.row, self.start, end))
        if words > 2 and size >= 2:
            self._take_key(self.table.together(self.row, self.start, self.start + 2))
        for at in range(size):
            if self.n_keys == _MOST_KEYS:
                break
            position: cython.int = (at + words - 1) % words if vietnamese else at
            self._take_word(self.row[self.start + position])

    def _take_word(self, number) -> None:
        """Take the key of a word and, if it is a compound, those of its parts."""
        at: cython.int
        self._take_key(number)
        if self.table.words[number].classes & kinds.COMPOUND:
            parts: cython.int = self.table.parts(number)
            for at in range(parts + 1, parts + 1 + self.table.links[parts]):
                self._take_key(self.table.links[at])

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


def divide(name: WordRow, custom) -> int:
    """Divide a full name of two or more words, which are all given names until now."""
    first: kinds.Classes = name.classes(name.start)
    last: kinds.Classes = name.classes(name.end - 1)
    both_given: cython.bint = last & kinds.SECOND_GIVEN != 0 or (
        first & kinds.FIRST_OF_TWO != 0 and last & kinds.SECOND_OF_TWO != 0
    )
    if name.end - name.start == 2 and custom.flags & customs.EAST_ASIA == 0 and both_given:
        # Mary Ann, Juan Carlos.
        return 0
    family_first: cython.bint = _ends_in_patronymic(name, custom)
    if not family_first:
        family_first = _is_family_first(name, first, last, custom)
    if family_first:
        name.family_start, name.family_end = name.start, name.start + 1
        name.start += 1
    else:
        name.family_start, name.family_end = _family_start(name, custom), name.end
        name.end = name.family_start
    return 0


def _ends_in_patronymic(name: WordRow, custom) -> bool:
    """Return whether the order is "Ivanova Maria Petrovna", as often in Cyrillic lists."""
    last: kinds.Classes = name.classes(name.end - 1)
    if name.end - name.start != 3 or last & (kinds.DAUGHTER | kinds.SON) == 0:
        return False
    return custom.flags & customs.PATRONYMICS != 0 or last & kinds.ASCII == 0


def _is_family_first(name: WordRow, first, last, custom) -> int:
    if custom.flags & customs.HUNGARY:
        return _is_hungarian_order(first, last)
    if custom.ranks >= 0:
        return _is_family_first_in(name, custom)
    if first & (kinds.VIETNAMESE | kinds.KOREAN | kinds.CHINESE | kinds.HUNGARIAN) == 0:
        return False
    with_thi: cython.bint = name.any_of(name.start + 1, name.end - 1) & kinds.THI != 0
    if first & kinds.VIETNAMESE and (first & kinds.NGUYEN or with_thi):
        return last & kinds.NGUYEN == 0
    if first & kinds.KOREAN and last & kinds.KOREAN == 0 and _looks_korean(name):
        return True
    if (
        first & kinds.CHINESE
        and last & (kinds.CHINESE | kinds.KOREAN) == 0
        and _looks_chinese(name, first)
    ):
        return True
    hungarian: cython.bint = first & kinds.HUNGARIAN != 0 and first & kinds.HUNGARIAN_GIVEN == 0
    return hungarian and last & kinds.HUNGARIAN_GIVEN != 0


def _is_hungarian_order(first, last) -> bool:
    family_first: cython.int = (first & kinds.HUNGARIAN != 0) + (last & kinds.HUNGARIAN_GIVEN != 0)
    given_first: cython.int = (last & kinds.HUNGARIAN != 0) + (first & kinds.HUNGARIAN_GIVEN != 0)
    if family_first != given_first:
        return family_first > given_first
    return first & kinds.HUNGARIAN != 0 and first & kinds.HUNGARIAN_GIVEN == 0


def _rank(name: WordRow, at, custom) -> int:
    """Return the rank of a family name in a country of East Asia, from 0; -1 for other words."""
    entry: cython.int = name.table.words[name.row[at]].entry
    return name.table.vocabulary.ranks[custom.ranks, entry]


def _is_family_first_in(name: WordRow, custom) -> int:
    first: cython.int = _rank(name, name.start, custom)
    last: cython.int = _rank(name, name.end - 1, custom)
    if first != _NOT_RANKED and last != _NOT_RANKED:
        return first < last and custom.flags & customs.JAPAN == 0
    if first == _NOT_RANKED and last == _NOT_RANKED:
        return custom.flags & customs.FIRST_BY_DEFAULT != 0 and _sounds_local(name)
    return first != _NOT_RANKED


def _sounds_local(name: WordRow) -> int:
    at: cython.int
    for at in range(name.start, name.end):
        name.table.classify_sound(name.row[at])
        if name.classes(at) & (kinds.PINYIN | kinds.KOREAN_NAME) == 0:
            return False
    return True


def _looks_korean(name: WordRow) -> int:
    """Return whether the words after the first are two Korean syllables: "Jong-un", "Jong Un"."""
    at: cython.int
    size: cython.int = name.end - name.start - 1
    if size > 2:
        return False
    for at in range(name.start + 1, name.end):
        name.table.classify_sound(name.row[at])
    if size == 1:
        rest: kinds.Classes = name.classes(name.start + 1)
        return rest & kinds.HYPHENED != 0 and rest & kinds.KOREAN_NAME != 0
    return name.all_of(name.start + 1, name.end) & kinds.KOREAN_SYLLABLE != 0


def _looks_chinese(name: WordRow, first) -> int:
    at: cython.int
    letters: cython.int = 0
    if name.end - name.start - 1 > _MOST_CHINESE:
        return False
    for at in range(name.start + 1, name.end):
        name.table.classify_sound(name.row[at])
        if name.classes(at) & kinds.PINYIN == 0:
            return False
        letters += name.table.words[name.row[at]].letters
    if letters < _LEAST_CHINESE:
        return False
    if first & kinds.WESTERN_GIVEN == 0:
        return True
    if name.any_of(name.start + 1, name.end) & kinds.CHINESE_SOUND:
        return True
    return _sound_chinese_together(name)


def _sound_chinese_together(name: WordRow) -> int:
    with cython.gil:
        rest = [name.table.key_of(name.row[at]) for at in range(name.start + 1, name.end)]
        return sounds_of("".join(rest)) & kinds.CHINESE_SOUND != 0


def _family_start(name: WordRow, custom) -> int:
    """Return where the family name begins: at a particle, else at the last word."""
    last: cython.int = name.end - 1
    at: cython.int
    end: cython.int
    for at in range(name.start + 1, last):
        classes: kinds.Classes = name.classes(at)
        if classes & kinds.PARTICLE and (classes & kinds.WEAK == 0 or at == last - 1):
            end = _devotional_end(name, at)
            return end if end else at
    if custom.flags & customs.SPANISH and last - name.start >= 2:
        if last - name.start == 2 and name.classes(name.start + 1) & kinds.SPANISH_SECOND:
            return last
        return last - 1
    return last


def _devotional_end(name: WordRow, at) -> int:
    """Return where a name such as "de los Angeles" ends if a family name follows, else 0."""
    while at < name.end and name.classes(at) & kinds.PARTICLE:
        at += 1
    if at < name.end - 1 and name.classes(at) & kinds.DEVOTIONAL:
        return at + 1
    return 0


def split_unspaced(word: str, script: str, country: str) -> tuple[str, str]:
    """Return given and family name of a name without spaces, in Han or Hangul; "" for none."""
    size = 0
    if script == "hangul":
        if len(word) >= 4 and word[:2] in lexicon.HANGUL:
            size = 2
        elif len(word) == 3 and word[0] in lexicon.HANGUL:
            size = 1
    elif script in ("han", "kana"):
        size = _han_family_length(word, country)
    return word[size:], word[:size]


def _han_family_length(word: str, country: str) -> int:
    for size in (3, 2):
        if len(word) > size and word[:size] in lexicon.HAN_JAPANESE:
            return size
    if word in lexicon.HAN_JAPANESE:
        return 0
    if country == "JP":
        return 2 if len(word) == 4 else 0
    if len(word) >= 3 and word[:2] in lexicon.HAN_CHINESE:
        return 2
    if len(word) in (2, 3) and word[0] in lexicon.HAN_CHINESE:
        return 1
    return 0
