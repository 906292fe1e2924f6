# cython: language_level=3, boundscheck=False, wraparound=False
"""Titles, suffixes, initials and abbreviations in the row of a name."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names import customs
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.word_row import ASIDE, FAMILY, SCRATCH, WordRow
else:
    from . import customs
    from . import word_classes as kinds
    from .word_row import ASIDE, FAMILY, SCRATCH, WordRow

from .splitting import rewritten
from .word_classes import GENDERS, LOCAL_TITLES

_NO_TITLE = cython.declare(cython.int, 0)
# A local title of one letter needs its dot.
_LETTER_TITLE = cython.declare(cython.int, LOCAL_TITLES.index("m"))


def take_titles(name: WordRow, custom, start, end) -> int:
    """Take titles and suffixes out of some words and record their gender; return the new end."""
    left: cython.int = start
    at: cython.int
    title: cython.int = _NO_TITLE
    for at in range(start, end):
        classes: kinds.Classes = name.classes(at)
        if classes & kinds.UNUSUAL == 0:
            title = _NO_TITLE
        else:
            title = _take_title(name, custom, at, left - start, end - at - 1, title != _NO_TITLE)
            if title != _NO_TITLE or (classes & kinds.SUFFIX and left > start):
                continue
            if classes & kinds.DAUGHTER_OF and left > start and at + 1 < end:
                add_title(name, kinds.FEMALE)
            if classes & kinds.REWRITTEN and not _rewrite(name, at, left == start):
                continue
        name.row[left] = name.row[at]
        left += 1
    return left


def _take_title(name: WordRow, custom, at, position, following, after_title) -> int:
    """Return what title a word is there, 0 for none, and record its gender."""
    title: cython.int = _title_of(name, custom, at, position, following, after_title)
    classes: kinds.Classes = name.classes(at)
    if title == _NO_TITLE:
        return title
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
        return name.table.words[name.row[at]].written_title
    if classes & kinds.TITLE_WORD == 0:
        return _NO_TITLE
    if classes & kinds.LOCAL_TITLE and position + following > 0:
        bit: cython.int = name.table.vocabulary.local_bits[entry]
        if (custom.local_titles >> bit) & 1:
            if position or following == 0 or (bit == _LETTER_TITLE and not dotted):
                return _NO_TITLE
            return name.table.vocabulary.local_titles[entry]
    return _title_anywhere(name, custom, entry, classes, position, following, dotted)


def _title_anywhere(name: WordRow, custom, entry, classes, position, following, dotted) -> int:
    """Return what title a word is in any country."""
    if classes & kinds.TITLE_AFTER:
        stands_last: cython.bint = position > 0 and following == 0
        return name.table.vocabulary.other_titles[entry] if stands_last else _NO_TITLE
    if classes & kinds.SENIOR:
        return kinds.MALE if position == 0 and following > 0 else _NO_TITLE
    if classes & kinds.BEFORE_TWO:
        stands_first: cython.bint = position == 0 and following >= 2
        return name.table.vocabulary.other_titles[entry] if stands_first else _NO_TITLE
    if classes & kinds.LOCAL_TITLE and (custom.flags & customs.NAMED or following < 2):
        return _NO_TITLE
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
        name.row[at] = name.table.find_text(left) if left else 0
    return name.row[at]


def take_aside(name: WordRow, custom) -> None:
    """Record the gender of titles in brackets or quotes without a name: "Kim Lee (Mrs.)"."""
    if name.aside_end > ASIDE:
        left: cython.int = _take_separate_titles(name, custom, ASIDE, name.aside_end)
        if left == ASIDE and name.apart:
            add_title(name, name.apart)


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


def spell_out(name: WordRow, custom) -> None:
    """Replace Md and Ma. with Mohammad and Maria where they are given names, and remove the dots
    behind words."""
    at: cython.int
    for at in range(name.start, name.end):
        classes: kinds.Classes = name.classes(at)
        if classes & (kinds.MOHAMMED | kinds.MA | kinds.DOTTED) == 0:
            continue
        full: cython.int = _full_name_of(name, at, custom)
        if full:
            name.row[at] = full
        elif classes & kinds.DOTTED and (classes & kinds.INITIAL == 0 or not name.cased):
            name.row[at] = name.table.without_dots(name.row[at])


def _full_name_of(name: WordRow, at, custom) -> int:
    """Return the number of the name that a word abbreviates, 0 where it does not."""
    classes: kinds.Classes = name.classes(at)
    is_last: cython.bint = at == name.end - 1
    if classes & kinds.MOHAMMED:
        short: cython.bint = name.table.words[name.row[at]].letters <= 3
        if short and name.end - name.start == 1 and custom.flags & customs.MUSLIM == 0:
            return 0
        return name.mohammad if at == name.start or not is_last else 0
    if (
        classes & kinds.MA
        and not is_last
        and (classes & kinds.DOTTED or custom.flags & customs.MARIA)
    ):
        return name.maria
    return 0


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
    if name.any_of(name.start, name.end) & kinds.SERVANT_OF == 0:
        return 0
    while at < name.end:
        stop = at + 1
        if name.classes(at) & kinds.SERVANT_OF and stop < name.end:
            if name.classes(stop) & kinds.ARTICLE and stop + 1 < name.end:
                stop += 1
            stop += 1
            with cython.gil:
                name.row[left] = _joined(name, at, stop)
        else:
            name.row[left] = name.row[at]
        left += 1
        at = stop
    name.end = left
    return 0
