# cython: language_level=3, boundscheck=False, wraparound=False
"""Where the family name is in a full name: first or last, and where it begins."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names import customs, word_row
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.word_row import WordRow
else:
    from . import customs, word_row
    from . import word_classes as kinds
    from .word_row import WordRow

from . import lexicon
from .word_classes import sounds_of

_NOT_RANKED = cython.declare(cython.int, -1)
# Given names that sound Chinese have at least so many letters and at most so many words.
_LEAST_CHINESE = cython.declare(cython.int, 3)
_MOST_CHINESE = cython.declare(cython.int, 2)
_MOST_INITIALS = cython.declare(cython.int, 3)


def divide(name: WordRow, custom) -> int:
    """Divide a full name of two or more words, which are all given names until now."""
    first: kinds.Classes = name.classes(name.start)
    last: kinds.Classes = name.classes(name.end - 1)
    if (
        (first ^ last) & kinds.CAPITALS
        and not name.spelled_out
        and _divide_by_capitals(name, custom)
    ):
        name.by_capitals, name.order = True, word_row.BY_CAPITALS
        return 0
    both_given: cython.bint = last & kinds.SECOND_GIVEN != 0 or (
        first & kinds.FIRST_OF_TWO != 0 and last & kinds.SECOND_OF_TWO != 0
    )
    both_given = both_given and name.end - name.start == 2 and not name.family_name_first
    if both_given and custom.flags & customs.EAST_ASIA == 0:
        # Mary Ann, Juan Carlos.
        name.order = word_row.BY_GIVEN_NAMES
        return 0
    family_first: cython.bint = _ends_in_patronymic(name, custom)
    name.order = word_row.BY_PATRONYMIC
    if not family_first:
        family_first = _is_family_first(name, first, last, custom)
        by_custom: cython.bint = custom.ranks >= 0 or custom.flags & customs.HUNGARY != 0
        name.order = word_row.BY_COUNTRY if by_custom else word_row.BY_FAMILY_NAMES
    if family_first:
        take_family_first(name, 1)
    elif name.family_name_first and not _says_given_first(name, first, last, custom):
        name.order = word_row.AS_ASKED
        take_family_first(name, family_words(name))
        # "Vries Anna de".
        while name.end > name.start + 1 and name.classes(name.end - 1) & kinds.TRAILING:
            name.end -= 1
        name.first_open = True
    else:
        take_given_first(name, custom)
        name.order_open, name.order = True, word_row.USUAL
    return 0


def take_family_first(name: WordRow, words) -> None:
    """Take the first words, of those from start to end, as the family name."""
    name.family_start, name.family_end = name.start, name.start + words
    name.start += words


def take_given_first(name: WordRow, custom) -> None:
    """Take the last words, of those from start to end, as the family name."""
    name.family_start, name.family_end = _family_start(name, custom), name.end
    name.end = name.family_start


def after_particles(name: WordRow, start, end) -> int:
    """Return where the first word that is no particle is, with at least one word behind it."""
    while start < end - 2 and name.classes(start) & kinds.PARTICLE:
        start += 1
    return start


def family_words(name: WordRow) -> int:
    """Return how many words a family name has that is first; at least one word is left behind it.

    Particles belong to it, at its start ("de Vries Anna") and inside ("Silva dos Santos Ana");
    inside, those that are given names too (Ben) do not.
    """
    at: cython.int = after_particles(name, name.start, name.end) + 1
    while at < name.end - 2:
        classes: kinds.Classes = name.classes(at)
        if classes & kinds.PARTICLE == 0 or classes & (kinds.WEAK | kinds.TRAILING) == kinds.WEAK:
            break
        at = after_particles(name, at, name.end) + 1
    return at - name.start


def is_japanese(name: WordRow, custom) -> int:
    """Return whether a name is Japanese by its country or, without one, by a family name in Han
    characters that is Japanese and not Chinese."""
    words: cython.int = name.family_end - name.family_start
    if custom.flags & customs.JAPAN:
        return True
    if custom.flags & customs.NAMED or words != 1 or not name.spaceless:
        return False
    with cython.gil:
        family = name.table.text_of(name.row[name.family_start])
        return family in lexicon.HAN_JAPANESE and family not in lexicon.HAN_CHINESE


def _divide_by_capitals(name: WordRow, custom) -> bool:
    """Divide where capitals mark the family name at one end, as in "MARTIN Claire" and "Claire
    MARTIN DUPONT", the usual way in French lists and in sports; return whether they do."""
    at: cython.int = name.start
    if name.classes(name.end - 1) & kinds.CAPITALS:
        while name.classes(at) & kinds.CAPITALS == 0:
            at += 1
        if name.all_of(at, name.end) & kinds.CAPITALS == 0:
            return False
        short: cython.bint = name.table.words[name.row[at]].letters <= _MOST_INITIALS
        if at == name.end - 1 and short and name.classes(name.start) & kinds.PARTICLE:
            # "van de Geest RE": initials behind the family name.
            name.family_start, name.family_end, name.end = name.start, at, name.start
            return True
        while at > name.start + 1 and name.classes(at - 1) & kinds.PARTICLE:
            at -= 1
        name.family_start, name.family_end, name.end = at, name.end, at
        return True
    while name.classes(at) & kinds.CAPITALS:
        at += 1
    if name.any_of(at, name.end) & kinds.CAPITALS:
        return False
    first: kinds.Classes = name.classes(name.start)
    if at == name.start + 1 and name.table.words[name.row[name.start]].letters < 3:
        # "LI Wei", but not "AJ Smith" or "JO Smith".
        asian: cython.bint = first & (kinds.CHINESE | kinds.KOREAN | kinds.VIETNAMESE) != 0
        if custom.flags & customs.EAST_ASIA == 0 and (not asian or first & kinds.WESTERN_GIVEN):
            return False
    name.family_start, name.family_end, name.start = name.start, at, at
    return True


def _ends_in_patronymic(name: WordRow, custom) -> bool:
    """Return whether the order is "Ivanova Maria Petrovna", as often in Cyrillic lists."""
    last: kinds.Classes = name.classes(name.end - 1)
    if name.order == word_row.BY_PATRONYMIC:
        return True  # it was taken out (titles.take_patronymic)
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


def _says_given_first(name: WordRow, first, last, custom) -> bool:
    """Return whether words say that the given name is first, in a country where most names have
    the family name first."""
    if custom.flags & customs.HUNGARY:
        return _is_hungarian_order(last, first)
    if custom.ranks < 0:
        return False
    before: cython.int = _rank(name, name.start, custom)
    behind: cython.int = _rank(name, name.end - 1, custom)
    if before != _NOT_RANKED and behind != _NOT_RANKED:
        return behind < before and custom.flags & customs.JAPAN == 0
    return behind != _NOT_RANKED


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
    if custom.flags & customs.FATHERS_NAMES:
        # Iman Soliman Abdallah, but Nour el-Din Hassan.
        at = name.start + 1
        if name.classes(at) & kinds.ARTICLE and at + 1 < last:
            at += 2
        return at
    for at in range(name.start + 1, last):
        classes: kinds.Classes = name.classes(at)
        if custom.flags & customs.MALAY and _is_repeated(name, at):
            return at
        if classes & kinds.PARTICLE and (classes & kinds.WEAK == 0 or at == last - 1):
            end = _devotional_end(name, at)
            return end if end else at
    if custom.flags & customs.SPANISH and last - name.start >= 2:
        if last - name.start == 2 and name.classes(name.start + 1) & kinds.SPANISH_SECOND:
            return last
        return last - 1
    return last


def _is_repeated(name: WordRow, at) -> bool:
    """Return whether a word is the first one again, which may have been taken as a title: "Wan
    Azizah Wan Ismail", "Che Rosli Che Mat"."""
    note: cython.int
    for note in range(name.n_notes):
        if name.noted[note] == name.row[at] and name.note_of[note] == word_row.TITLE:
            return True
    return at > name.start + 1 and name.row[at] == name.row[name.start]


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
