# cython: language_level=3, boundscheck=False, wraparound=False
"""Titles, suffixes and initials in the row of a name."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names import customs
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.word_row import (
        ASIDE,
        BY_PATRONYMIC,
        FAMILY,
        INITIAL,
        REPLACED,
        SCRATCH,
        SUFFIX,
        TITLE,
        WordRow,
    )
else:
    from . import customs
    from . import word_classes as kinds
    from .word_row import (
        ASIDE,
        BY_PATRONYMIC,
        FAMILY,
        INITIAL,
        REPLACED,
        SCRATCH,
        SUFFIX,
        TITLE,
        WordRow,
    )

from .splitting import rewritten
from .word_classes import BEHIND, GENDERS, LOCAL_GENDERS

_NO_TITLE = cython.declare(cython.int, 0)
_BEHIND = cython.declare(cython.int, BEHIND)
# What _local_title returns where the word may still be a title as in other countries.
_NOT_LOCAL = cython.declare(cython.int, -9)
_LOCAL_GENDERS = [GENDERS.get(gender, 0) for gender in LOCAL_GENDERS]
_OF_LOCAL = cython.declare(cython.int[4], _LOCAL_GENDERS)
# The one-letter title that stands without a dot, in Bali; with a dot it is an initial.
_LETTER_I = cython.declare(cython.uchar, ord("i"))
_LETTER_U = cython.declare(cython.uchar, ord("u"))
_LETTER_V = cython.declare(cython.uchar, ord("V"))
_LETTER_X = cython.declare(cython.uchar, ord("X"))


def take_titles(name: WordRow, custom, start, end) -> int:
    """Take titles and suffixes out of some words and record their gender; return the new end."""
    left: cython.int = start
    at: cython.int
    title: cython.int = _NO_TITLE
    of_end: cython.int = start
    for at in range(start, end):
        classes: kinds.Classes = name.classes(at)
        if at < of_end or (at == start and _is_article(name, at, end)):
            continue
        if classes & kinds.UNUSUAL == 0:
            title = _NO_TITLE
        else:
            if classes & kinds.SPECIAL:
                if at + 1 < end and _is_birth_name(name, at, left > start):
                    return left
                of_end = _take_special(name, at, start, end, title != _NO_TITLE)
                if of_end > at:
                    continue
            title = _take_title(name, custom, at, left - start, end - at - 1, title != _NO_TITLE)
            if title != _NO_TITLE or (classes & kinds.SUFFIX and left > start):
                if classes & kinds.SPECIAL and left > start:
                    take_generation(name, at)
                name.note(name.row[at], TITLE if title != _NO_TITLE else SUFFIX, 0)
                continue
            if classes & kinds.DAUGHTER_OF and left > start and at + 1 < end:
                add_title(name, kinds.FEMALE)
            if classes & kinds.REWRITTEN and not _rewrite(name, at, left == start):
                continue
        name.row[left] = name.row[at]
        left += 1
    return left


def _is_birth_name(name: WordRow, at, has_name) -> bool:
    """Return whether a family name at birth follows ("née Dubois"), which women have; record it."""
    if not has_name or name.roles(at) & kinds.BORN == 0:
        return False
    if name.table.is_title_case(name.row[at]):
        return False  # Frank Nee
    name.form = kinds.FEMALE
    return True


def _take_special(name: WordRow, at, start, end, after_title) -> int:
    """Return where the words end that are skipped from here on: "of State" behind a title, or "and"
    between two people; `at` for none."""
    roles: cython.int = name.roles(at)
    if at > start and at + 1 < end:
        # "von und zu" is in a family name, and Or is a name.
        in_family: cython.bint = name.classes(at - 1) & kinds.PARTICLE != 0
        if name.table.is_title_case(name.row[at]) and roles & kinds.AND_ANY_CASE == 0:
            in_family = True
        before_title: cython.bint = name.classes(at + 1) & kinds.SURE_TITLE != 0
        if roles & kinds.AND_TITLE and name.classes(at) & kinds.PARTICLE == 0:
            # Jan en Marie, De Vries en Jansen; i also joins family names (Puig i Cadafalch).
            before_title = before_title or _joins_names(name, at)
        if (roles & kinds.AND and not in_family) or (roles & kinds.AND_TITLE and before_title):
            name.several = True
            return at + 1
    if roles & kinds.OF and after_title and at + 1 < end:
        return at + 2
    return at


def _joins_names(name: WordRow, at) -> bool:
    """Return whether a word in small letters, of more than one, is between two capitalised ones."""
    number: cython.int = name.row[at]
    return (
        name.table.words[number].letters > 1
        and not name.table.is_capitalised(number)
        and name.table.is_title_case(name.row[at - 1])
        and name.table.is_title_case(name.row[at + 1])
    )


def _is_article(name: WordRow, at, end) -> bool:
    """Return whether a word is the article before a title: "De heer", "La signora"."""
    if at + 2 >= end or name.classes(at) & kinds.PARTICLE == 0:
        return False
    title: kinds.Classes = name.classes(at + 1)
    return title & kinds.TITLE_WORD != 0 and title & kinds.NEVER_ALONE == 0


def is_generation(name: WordRow, at) -> bool:
    """Return whether a word is the V or the X of "John Ingalls, V"."""
    number: cython.int = name.row[at]
    if name.table.words[number].letters != 1:
        return False
    letter: cython.uchar = name.table.letters[name.table.words[number].text]
    return letter in (_LETTER_V, _LETTER_X) and name.classes(at) & kinds.DOTTED == 0


def take_generation(name: WordRow, at) -> None:
    """Record that men have a suffix, such as Jr."""
    if name.roles(at) & kinds.MALE_SUFFIX:
        name.form = kinds.MALE


def _take_title(name: WordRow, custom, at, position, following, after_title) -> int:
    """Return what title a word is there, 0 for none, and record its gender."""
    title: cython.int = _title_of(name, custom, at, position, following, after_title)
    classes: kinds.Classes = name.classes(at)
    if title == _NO_TITLE:
        return title
    if position == 0 and not after_title and title != kinds.NEUTRAL and name.gender == 0:
        name.title_word = name.row[at]
    add_title(name, title)
    if title != kinds.NEUTRAL and position == 0 and not name.no_family_titles:
        name.before_family = name.before_family or classes & kinds.OF_GIVEN == 0
    if title == kinds.NEUTRAL and classes & kinds.INITIAL and name.cased:
        name.abbreviated = True
    return title


def _title_of(name: WordRow, custom, at, position, following, after_title) -> int:
    """Return what title a word is behind `position` other words and before `following` ones.

    after_title: a title is right before it ("Lt Col"), which counts as a dot.
    """
    classes: kinds.Classes = name.classes(at)
    entry: cython.int = name.table.words[name.row[at]].entry
    dotted: cython.bint = classes & kinds.DOTTED != 0 or after_title
    if classes & kinds.WRITTEN_TITLE and position + following > 0:
        written: cython.int = name.table.words[name.row[at]].written_title
        if written <= kinds.NEUTRAL:
            return written
        return written - _BEHIND if position > 0 else _NO_TITLE
    if classes & kinds.TITLE_WORD == 0 or _are_initials(name, at, position):
        return _NO_TITLE
    if classes & kinds.LOCAL_TITLE and position + following > 0:
        local: cython.int = _local_title(name, custom, at, entry)
        if local != _NOT_LOCAL:
            if position or following == 0 or not _is_written_as_title(name, at):
                return _NO_TITLE
            return local
    if _sounds_like_chinese_name(name, at, following):
        return _NO_TITLE
    return _title_anywhere(name, custom, entry, classes, position, following, dotted)


def _are_initials(name: WordRow, at, position) -> bool:
    """Return whether a word that could be a title is two initials: "M.S. Rao", "Arun MS"."""
    number: cython.int = name.row[at]
    classes: kinds.Classes = name.classes(at)
    if name.table.has_inner_dot(number):
        return True
    in_capitals: cython.bint = classes & kinds.CAPITALS != 0 and classes & kinds.DOTTED == 0
    return (
        position > 0
        and in_capitals
        and name.table.words[number].letters == 2
        and name.all_classes & kinds.CAPITALS != 0
        and name.table.is_title_case(name.row[0])
    )


def _local_title(name: WordRow, custom, at, entry) -> int:
    """Return what title a word is in a country by its customs, _NOT_LOCAL if they do not say."""
    column: cython.int
    for column in range(4):
        if custom.local_titles & name.table.vocabulary.local_masks[entry, column]:
            return _OF_LOCAL[column]
    return _NOT_LOCAL


def _is_written_as_title(name: WordRow, at) -> bool:
    """Return whether a local title of one letter has its dot, or I and U none: these are initials
    with one."""
    classes: kinds.Classes = name.classes(at)
    number: cython.int = name.row[at]
    if name.table.words[number].letters > 1:
        # SK Gupta, HR Holm: initials.
        return classes & (kinds.CAPITALS | kinds.INITIAL) != kinds.CAPITALS | kinds.INITIAL
    letter: cython.uchar = name.table.letters[
        name.table.words[number].text + name.table.words[number].size
    ]
    without_dot: cython.bint = letter in (_LETTER_I, _LETTER_U)
    return without_dot == (classes & kinds.DOTTED == 0)


def _sounds_like_chinese_name(name: WordRow, at, following) -> int:
    """Return whether a word is a Chinese family name with a given name behind it: "Pan Mei Hua"."""
    rest: cython.int
    if name.classes(at) & kinds.CHINESE == 0 or not 1 <= following <= 2:
        return False
    for rest in range(at + 1, at + 1 + following):
        name.table.classify_sound(name.row[rest])
        if name.classes(rest) & kinds.PINYIN == 0:
            return False
    return True


def _title_anywhere(name: WordRow, custom, entry, classes, position, following, dotted) -> int:
    """Return what title a word is in any country."""
    if classes & kinds.TITLE_AFTER:
        stands_last: cython.bint = position > 0 and following == 0
        return name.table.vocabulary.other_titles[entry] if stands_last else _NO_TITLE
    if classes & kinds.SENIOR:
        # Señor, or a sister: the name decides. Behind a name, it is a suffix.
        return kinds.NEUTRAL if position == 0 and following > 0 else _NO_TITLE
    if classes & kinds.BEFORE_TWO:
        stands_first: cython.bint = position == 0 and following >= 2
        return name.table.vocabulary.other_titles[entry] if stands_first else _NO_TITLE
    if classes & kinds.NEEDS_DOT and not dotted:
        return _NO_TITLE
    if classes & kinds.NEVER_ALONE and (position > 0 or following == 0):
        return _NO_TITLE
    if position > 0 and classes & kinds.ANYWHERE == 0:
        return _NO_TITLE
    return name.table.vocabulary.titles[entry]


def add_title(name: WordRow, title) -> None:
    """Record a title; the first gendered one decides."""
    name.titled = True
    if name.gender == 0 and title != kinds.NEUTRAL:
        name.gender = title


def _rewrite(name: WordRow, at, is_first) -> int:
    """Remove digits and an attached title from a word; return its number, 0 if nothing is left."""
    with cython.gil:
        text = name.table.text_of(name.row[at])
        script = name.family_script if at >= FAMILY and at < ASIDE else name.script
        left, title, of_family = rewritten(text, script, is_first)
        if title is not None:
            add_title(name, GENDERS[title])
            name.before_family = name.before_family or of_family
        number: cython.int = name.table.find_text(left) if left else 0
        only_title: cython.bint = title is not None and number == 0
        name.note(name.row[at], TITLE if only_title else REPLACED, number)
        name.row[at] = number
    return name.row[at]


def take_patronymic(name: WordRow, custom) -> None:
    """Take out a father's name and the word behind it that says son or daughter: "Vusal Said oglu".

    It shows a gender and, at the end, that the family name is first ("Aliyev Vusal Said oglu"). In
    Turkey such words are family names.
    """
    at: cython.int
    rest: cython.int
    if custom.flags & customs.NAMED and custom.flags & customs.PATRONYMICS == 0:
        return
    for at in range(name.start + 2, name.end):
        roles: cython.int = name.roles(at)
        if roles & (kinds.SON_BEHIND | kinds.DAUGHTER_BEHIND) == 0:
            continue
        if name.gender == 0:
            name.gender = kinds.FEMALE if roles & kinds.DAUGHTER_BEHIND else kinds.MALE
        name.note(name.row[at], TITLE, 0)
        if at == name.end - 1:
            name.order = BY_PATRONYMIC
        for rest in range(at + 1, name.end):
            name.row[rest - 2] = name.row[rest]
        name.end -= 2
        return


def take_aside(name: WordRow, custom) -> int:
    """Record the gender of titles in brackets or quotes without a name ("Kim Lee (Mrs.)"), or that
    there is a family name at birth."""
    if name.aside_end > ASIDE:
        if name.classes(ASIDE) & kinds.SPECIAL and _is_birth_name(name, ASIDE, True):
            return 0
        left: cython.int = _take_separate_titles(name, custom, ASIDE, name.aside_end)
        if left == ASIDE and name.apart:
            add_title(name, name.apart)
    return 0


def take_family_titles(name: WordRow, custom) -> None:
    """Take titles out of the family name.

    They count unless it begins with one that is a family name too, such as Graf.
    """
    start: cython.int = name.family_start
    first: kinds.Classes = name.classes(start)
    name.move(start, name.family_end, SCRATCH)
    end: cython.int = _take_separate_titles(name, custom, start, name.family_end)
    if end == start:
        # Only titles and suffixes: these are the name.
        name.move(SCRATCH, SCRATCH + name.family_end - start, start)
    else:
        name.family_end = end
        if name.apart and first & (kinds.NEVER_ALONE | kinds.LOCAL_TITLE) == 0:
            add_title(name, name.apart)


def _take_separate_titles(name: WordRow, custom, start, end) -> int:
    """Take titles out of words that are not given names, recording their gender only in `apart`;
    return the new end."""
    gender: cython.int = name.gender
    titled: cython.bint = name.titled
    abbreviated: cython.bint = name.abbreviated
    before_family: cython.bint = name.before_family
    name.gender = 0
    left: cython.int = take_titles(name, custom, start, end)
    name.apart, name.gender, name.titled = name.gender, gender, titled
    name.abbreviated, name.before_family = abbreviated, before_family
    return left


def are_titles(name: WordRow, start, end) -> bool:
    """Return whether all of some words are titles."""
    at: cython.int
    for at in range(start, end):
        classes: kinds.Classes = name.classes(at)
        if classes & (kinds.ANY_TITLE if classes & kinds.DOTTED else kinds.SURE_TITLE) == 0:
            return False
    return True


def take_initials(name: WordRow) -> None:
    """Take initials out of the given names; other scripts have none."""
    left: cython.int = name.start
    at: cython.int
    name.letters_taken = 0
    name.first_taken = False
    for at in range(name.start, name.end):
        if name.cased and name.classes(at) & kinds.INITIAL:
            name.letters_taken += name.table.words[name.row[at]].letters
            name.first_taken = name.first_taken or at == name.start
            name.note(name.row[at], INITIAL, 0)
            continue
        name.row[left] = name.row[at]
        left += 1
    name.end = left


def is_only_family(name: WordRow, names) -> bool:
    """Return whether a full name has only a family name left once its initials are taken out."""
    if names == 0:
        return True
    first: kinds.Classes = name.classes(name.start)
    if name.first_taken and first & kinds.PARTICLE:
        return True
    if names > 1 or first & kinds.COMMON:
        return False
    return name.first_taken or name.letters_taken > 1


def _joined(name: WordRow, start, end) -> int:
    """Return the number of some words of the row, joined with spaces."""
    texts = [name.table.text_of(name.row[at]) for at in range(start, end)]
    return name.table.find_text(" ".join(texts))


def join_servants(name: WordRow) -> int:
    """Join names such as Abd al-Rahman and Abdul Karim into one word each."""
    left: cython.int = name.start
    at: cython.int = name.start
    stop: cython.int
    whole: cython.int
    part: cython.int
    if name.any_of(name.start, name.end) & kinds.SERVANT_OF == 0:
        return 0
    while at < name.end:
        stop = at + 1
        if name.classes(at) & kinds.SERVANT_OF and stop < name.end:
            if name.classes(stop) & kinds.ARTICLE and stop + 1 < name.end:
                stop += 1
            stop += 1
            with cython.gil:
                whole = _joined(name, at, stop)
            for part in range(at, stop):
                name.note(name.row[part], REPLACED, whole)
            name.row[left] = whole
        else:
            name.row[left] = name.row[at]
        left += 1
        at = stop
    name.end = left
    return 0
