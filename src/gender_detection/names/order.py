# cython: language_level=3, boundscheck=False, wraparound=False
"""Which words are given names and which the family name, by country, family name and shape."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names import customs
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.spans import Spans
else:
    from . import customs
    from . import word_classes as kinds
    from .spans import Spans

from . import families
from .word_classes import sounds_of

_NOT_RANKED = cython.declare(cython.int, -1)
# What sounds Chinese has so many letters at least, in two words at most.
_LEAST_CHINESE = cython.declare(cython.int, 3)
_MOST_CHINESE = cython.declare(cython.int, 2)


def divide(name: Spans, custom) -> int:
    """Divide a full name of two or more words, which all count as given ones so far."""
    first: kinds.Classes = name.classes(name.start)
    last: kinds.Classes = name.classes(name.end - 1)
    both_given: cython.bint = last & kinds.SECOND_GIVEN != 0 or (
        first & kinds.FIRST_OF_TWO != 0 and last & kinds.SECOND_OF_TWO != 0
    )
    if name.end - name.start == 2 and custom.flags & customs.EAST_ASIA == 0 and both_given:
        # As in Mary Ann and Juan Carlos.
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


def _ends_in_patronymic(name: Spans, custom) -> bool:
    """Return whether the order is "Ivanova Maria Petrovna", usual in lists in Cyrillic."""
    last: kinds.Classes = name.classes(name.end - 1)
    if name.end - name.start != 3 or last & (kinds.DAUGHTER | kinds.SON) == 0:
        return False
    return custom.flags & customs.PATRONYMICS != 0 or last & kinds.ASCII == 0


def _is_family_first(name: Spans, first, last, custom) -> int:
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


def _rank(name: Spans, at, custom) -> int:
    """Return how common a family name is in a country of East Asia, from 0; -1 for others."""
    entry: cython.int = name.known.words[name.row[at]].entry
    return name.known.vocabulary.ranks[custom.ranks, entry]


def _is_family_first_in(name: Spans, custom) -> int:
    first: cython.int = _rank(name, name.start, custom)
    last: cython.int = _rank(name, name.end - 1, custom)
    if first != _NOT_RANKED and last != _NOT_RANKED:
        return first < last and custom.flags & customs.JAPAN == 0
    if first == _NOT_RANKED and last == _NOT_RANKED:
        return custom.flags & customs.FIRST_BY_DEFAULT != 0 and _sounds_local(name)
    return first != _NOT_RANKED


def _sounds_local(name: Spans) -> int:
    at: cython.int
    for at in range(name.start, name.end):
        name.known.look(name.row[at])
        if name.classes(at) & (kinds.PINYIN | kinds.KOREAN_NAME) == 0:
            return False
    return True


def _looks_korean(name: Spans) -> int:
    """Return whether what follows is two Korean syllables: "Jong-un" or "Jong Un"."""
    at: cython.int
    size: cython.int = name.end - name.start - 1
    if size > 2:
        return False
    for at in range(name.start + 1, name.end):
        name.known.look(name.row[at])
    if size == 1:
        rest: kinds.Classes = name.classes(name.start + 1)
        return rest & kinds.HYPHENED != 0 and rest & kinds.KOREAN_NAME != 0
    return name.all_of(name.start + 1, name.end) & kinds.KOREAN_SYLLABLE != 0


def _looks_chinese(name: Spans, first) -> int:
    at: cython.int
    letters: cython.int = 0
    if name.end - name.start - 1 > _MOST_CHINESE:
        return False
    for at in range(name.start + 1, name.end):
        name.known.look(name.row[at])
        if name.classes(at) & kinds.PINYIN == 0:
            return False
        letters += name.known.words[name.row[at]].letters
    if letters < _LEAST_CHINESE:
        return False
    if first & kinds.ALSO_GIVEN == 0 or name.any_of(name.start + 1, name.end) & kinds.CHINESE_SOUND:
        return True
    return _sound_chinese_together(name)


def _sound_chinese_together(name: Spans) -> int:
    with cython.gil:
        rest = [name.known.key_of(name.row[at]) for at in range(name.start + 1, name.end)]
        return sounds_of("".join(rest)) & kinds.CHINESE_SOUND != 0


def _family_start(name: Spans, custom) -> int:
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


def _devotional_end(name: Spans, at) -> int:
    """Return where "de los Angeles" from there ends, if a family name follows, else 0."""
    while at < name.end and name.classes(at) & kinds.PARTICLE:
        at += 1
    if at < name.end - 1 and name.classes(at) & kinds.DEVOTIONAL:
        return at + 1
    return 0


def split_unspaced(word: str, script: str, country: str) -> tuple[str, str]:
    """Return given and family name of a full name without a space in Han or Hangul; "" for none."""
    size = 0
    if script == "hangul":
        if len(word) >= 4 and word[:2] in families.HANGUL_DOUBLE:
            size = 2
        elif len(word) == 3 and word[0] in families.HANGUL:
            size = 1
    elif script in ("han", "kana"):
        size = _han_family_length(word, country)
    return word[size:], word[:size]


def _han_family_length(word: str, country: str) -> int:
    for size in (3, 2):
        if len(word) > size and word[:size] in families.HAN_JAPANESE:
            return size
    if word in families.HAN_JAPANESE:
        return 0
    if country == "JP":
        return 2 if len(word) == 4 else 0
    if len(word) >= 3 and word[:2] in families.HAN_CHINESE_DOUBLE:
        return 2
    if len(word) in (2, 3) and word[0] in families.HAN_CHINESE:
        return 1
    return 0
