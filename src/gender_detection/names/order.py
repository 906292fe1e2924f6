# cython: language_level=3, boundscheck=False, wraparound=False
"""Which words are given names and which the family name, by country, family name and shape."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names.customs import (
        EAST_ASIA,
        FIRST_BY_DEFAULT,
        HUNGARY,
        JAPAN,
        PATRONYMICS,
        SPANISH,
        Custom,
    )
    from cython.cimports.gender_detection.names.spans import Spans
    from cython.cimports.gender_detection.names.word_classes import (
        ALSO_GIVEN,
        ASCII,
        CHINESE,
        CHINESE_SOUND,
        DAUGHTER,
        DEVOTIONAL,
        FIRST_OF_TWO,
        HUNGARIAN,
        HUNGARIAN_GIVEN,
        HYPHENED,
        KOREAN,
        KOREAN_NAME,
        KOREAN_SYLLABLE,
        NGUYEN,
        PARTICLE,
        PINYIN,
        SECOND_GIVEN,
        SECOND_OF_TWO,
        SON,
        SPANISH_SECOND,
        THI,
        VIETNAMESE,
        WEAK,
        Classes,
    )
else:
    from .customs import EAST_ASIA, FIRST_BY_DEFAULT, HUNGARY, JAPAN, PATRONYMICS, SPANISH
    from .spans import Spans
    from .word_classes import (
        ALSO_GIVEN,
        ASCII,
        CHINESE,
        CHINESE_SOUND,
        DAUGHTER,
        DEVOTIONAL,
        FIRST_OF_TWO,
        HUNGARIAN,
        HUNGARIAN_GIVEN,
        HYPHENED,
        KOREAN,
        KOREAN_NAME,
        KOREAN_SYLLABLE,
        NGUYEN,
        PARTICLE,
        PINYIN,
        SECOND_GIVEN,
        SECOND_OF_TWO,
        SON,
        SPANISH_SECOND,
        THI,
        VIETNAMESE,
        WEAK,
    )

from . import families
from .word_classes import sounds_of

_NOT_RANKED = cython.declare(cython.int, -1)
# What sounds Chinese has so many letters at least, in two words at most.
_LEAST_CHINESE = cython.declare(cython.int, 3)
_MOST_CHINESE = cython.declare(cython.int, 2)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def divide(name: Spans, custom: cython.pointer[Custom]) -> cython.int:
    """Divide a full name of two or more words, which all count as given ones so far."""
    first: Classes = name.classes(name.start)
    last: Classes = name.classes(name.end - 1)
    both_given: cython.bint = last & SECOND_GIVEN != 0 or (
        first & FIRST_OF_TWO != 0 and last & SECOND_OF_TWO != 0
    )
    if name.end - name.start == 2 and custom.flags & EAST_ASIA == 0 and both_given:
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


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _ends_in_patronymic(name: Spans, custom: cython.pointer[Custom]) -> cython.bint:
    """Return whether the order is "Ivanova Maria Petrovna", usual in lists in Cyrillic."""
    last: Classes = name.classes(name.end - 1)
    if name.end - name.start != 3 or last & (DAUGHTER | SON) == 0:
        return False
    return custom.flags & PATRONYMICS != 0 or last & ASCII == 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _is_family_first(
    name: Spans, first: Classes, last: Classes, custom: cython.pointer[Custom]
) -> cython.int:
    if custom.flags & HUNGARY:
        return _is_hungarian_order(first, last)
    if custom.ranks >= 0:
        return _is_family_first_in(name, custom)
    if first & (VIETNAMESE | KOREAN | CHINESE | HUNGARIAN) == 0:
        return False
    with_thi: cython.bint = name.any_of(name.start + 1, name.end - 1) & THI != 0
    if first & VIETNAMESE and (first & NGUYEN or with_thi):
        return last & NGUYEN == 0
    if first & KOREAN and last & KOREAN == 0 and _looks_korean(name):
        return True
    if first & CHINESE and last & (CHINESE | KOREAN) == 0 and _looks_chinese(name, first):
        return True
    hungarian: cython.bint = first & HUNGARIAN != 0 and first & HUNGARIAN_GIVEN == 0
    return hungarian and last & HUNGARIAN_GIVEN != 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _is_hungarian_order(first: Classes, last: Classes) -> cython.bint:
    family_first: cython.int = (first & HUNGARIAN != 0) + (last & HUNGARIAN_GIVEN != 0)
    given_first: cython.int = (last & HUNGARIAN != 0) + (first & HUNGARIAN_GIVEN != 0)
    if family_first != given_first:
        return family_first > given_first
    return first & HUNGARIAN != 0 and first & HUNGARIAN_GIVEN == 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _rank(name: Spans, at: cython.int, custom: cython.pointer[Custom]) -> cython.int:
    """Return how common a family name is in a country of East Asia, from 0; -1 for others."""
    entry: cython.int = name.known.words[name.row[at]].entry
    return name.known.vocabulary.ranks[custom.ranks, entry]


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _is_family_first_in(name: Spans, custom: cython.pointer[Custom]) -> cython.int:
    first: cython.int = _rank(name, name.start, custom)
    last: cython.int = _rank(name, name.end - 1, custom)
    if first != _NOT_RANKED and last != _NOT_RANKED:
        return first < last and custom.flags & JAPAN == 0
    if first == _NOT_RANKED and last == _NOT_RANKED:
        return custom.flags & FIRST_BY_DEFAULT != 0 and _sounds_local(name)
    return first != _NOT_RANKED


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _sounds_local(name: Spans) -> cython.int:
    at: cython.int
    for at in range(name.start, name.end):
        name.known.look(name.row[at])
        if name.classes(at) & (PINYIN | KOREAN_NAME) == 0:
            return False
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _looks_korean(name: Spans) -> cython.int:
    """Return whether what follows is two Korean syllables: "Jong-un" or "Jong Un"."""
    at: cython.int
    size: cython.int = name.end - name.start - 1
    if size > 2:
        return False
    for at in range(name.start + 1, name.end):
        name.known.look(name.row[at])
    if size == 1:
        rest: Classes = name.classes(name.start + 1)
        return rest & HYPHENED != 0 and rest & KOREAN_NAME != 0
    return name.all_of(name.start + 1, name.end) & KOREAN_SYLLABLE != 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _looks_chinese(name: Spans, first: Classes) -> cython.int:
    at: cython.int
    letters: cython.int = 0
    if name.end - name.start - 1 > _MOST_CHINESE:
        return False
    for at in range(name.start + 1, name.end):
        name.known.look(name.row[at])
        if name.classes(at) & PINYIN == 0:
            return False
        letters += name.known.words[name.row[at]].letters
    if letters < _LEAST_CHINESE:
        return False
    if first & ALSO_GIVEN == 0 or name.any_of(name.start + 1, name.end) & CHINESE_SOUND:
        return True
    return _sound_chinese_together(name)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _sound_chinese_together(name: Spans) -> cython.int:
    with cython.gil:
        rest = [name.known.key_of(name.row[at]) for at in range(name.start + 1, name.end)]
        return sounds_of("".join(rest)) & CHINESE_SOUND != 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _family_start(name: Spans, custom: cython.pointer[Custom]) -> cython.int:
    """Return where the family name begins: at a particle, else at the last word."""
    last: cython.int = name.end - 1
    at: cython.int
    end: cython.int
    for at in range(name.start + 1, last):
        classes: Classes = name.classes(at)
        if classes & PARTICLE and (classes & WEAK == 0 or at == last - 1):
            end = _devotional_end(name, at)
            return end if end else at
    if custom.flags & SPANISH and last - name.start >= 2:
        if last - name.start == 2 and name.classes(name.start + 1) & SPANISH_SECOND:
            return last
        return last - 1
    return last


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _devotional_end(name: Spans, at: cython.int) -> cython.int:
    """Return where "de los Angeles" from there ends, if a family name follows, else 0."""
    while at < name.end and name.classes(at) & PARTICLE:
        at += 1
    if at < name.end - 1 and name.classes(at) & DEVOTIONAL:
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
