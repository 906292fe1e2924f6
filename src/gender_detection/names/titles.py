# cython: language_level=3, boundscheck=False, wraparound=False
"""Titles and suffixes: which words of a name are some, and what they say of a gender."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names import customs
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.spans import ASIDE, FAMILY, SCRATCH, Spans
else:
    from . import customs
    from . import word_classes as kinds
    from .spans import ASIDE, FAMILY, SCRATCH, Spans

from .splitting import rewritten
from .word_classes import GENDERS, LOCAL_TITLES

_NO_TITLE = cython.declare(cython.int, 0)
# A local title of one letter needs its dot.
_LETTER_TITLE = cython.declare(cython.int, LOCAL_TITLES.index("m"))


def take_titles(name: Spans, custom, start, end) -> int:
    """Take titles and suffixes out of some words, noting what they say; return the new end."""
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


def _take_title(name: Spans, custom, at, position, following, after_title) -> int:
    """Return what title a word is there, 0 for none, and note what it says."""
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


def _title_of(name: Spans, custom, at, position, following, after_title) -> int:
    """Return what title a word is behind `position` others and before `following` ones.

    after_title says that a title stands right before it ("Lt Col"), which does for a dot.
    """
    classes: kinds.Classes = name.classes(at)
    entry: cython.int = name.known.words[name.row[at]].entry
    dotted: cython.bint = classes & kinds.DOTTED != 0 or after_title
    if classes & kinds.WRITTEN_TITLE and position + following > 0:
        return name.known.words[name.row[at]].written_title
    if classes & kinds.TITLE_WORD == 0:
        return _NO_TITLE
    if classes & kinds.LOCAL_TITLE and position + following > 0:
        place: cython.int = name.known.vocabulary.local_places[entry]
        if (custom.local_titles >> place) & 1:
            if position or following == 0 or (place == _LETTER_TITLE and not dotted):
                return _NO_TITLE
            return name.known.vocabulary.local_titles[entry]
    return _title_anywhere(name, custom, entry, classes, position, following, dotted)


def _title_anywhere(name: Spans, custom, entry, classes, position, following, dotted) -> int:
    """Return what title a word is that counts in more than one country."""
    if classes & kinds.TITLE_AFTER:
        stands_last: cython.bint = position > 0 and following == 0
        return name.known.vocabulary.other_titles[entry] if stands_last else _NO_TITLE
    if classes & kinds.SENIOR:
        return kinds.MALE if position == 0 and following > 0 else _NO_TITLE
    if classes & kinds.BEFORE_TWO:
        stands_first: cython.bint = position == 0 and following >= 2
        return name.known.vocabulary.other_titles[entry] if stands_first else _NO_TITLE
    if classes & kinds.LOCAL_TITLE and (custom.flags & customs.NAMED or following < 2):
        return _NO_TITLE
    if classes & kinds.NEEDS_DOT and not dotted:
        return _NO_TITLE
    if classes & kinds.NEVER_ALONE and (position > 0 or following == 0):
        return _NO_TITLE
    if position > 0 and classes & kinds.ANYWHERE == 0:
        return _NO_TITLE
    return name.known.vocabulary.titles[entry]


def add_title(name: Spans, title) -> None:
    """Note a title; the first gendered one decides."""
    name.titled = True
    if name.gender == 0 and title != kinds.NEUTRAL:
        name.gender = title


def _rewrite(name: Spans, at, is_first) -> int:
    """Take digits and an attached title off a word; return its number, 0 if nothing is left."""
    with cython.gil:
        text = name.known.text_of(name.row[at])
        script = name.family_script if at >= FAMILY and at < ASIDE else name.script
        left, title, of_family = rewritten(text, script, is_first)
        if title is not None:
            add_title(name, GENDERS[title])
            name.before_family = name.before_family or of_family
        name.row[at] = name.known.find_text(left) if left else 0
    return name.row[at]


def take_aside(name: Spans, custom) -> None:
    """Note the gender of titles that stand aside by themselves, as in "Kim Lee (Mrs.)"."""
    if name.aside_end > ASIDE:
        left: cython.int = _take_apart(name, custom, ASIDE, name.aside_end)
        if left == ASIDE and name.apart:
            add_title(name, name.apart)


def take_title_of_family(name: Spans, custom) -> None:
    """Take titles out of the family name: they count where it begins with one that is no family
    name (as Graf is)."""
    start: cython.int = name.family_start
    first: kinds.Classes = name.classes(start)
    name.move(start, name.family_end, SCRATCH)
    end: cython.int = _take_apart(name, custom, start, name.family_end)
    if end == start:
        # Nothing but titles and suffixes: then these are the name.
        name.move(SCRATCH, SCRATCH + name.family_end - start, start)
    else:
        name.family_end = end
        if name.apart and first & (kinds.NEVER_ALONE | kinds.LOCAL_TITLE) == 0:
            add_title(name, name.apart)


def _take_apart(name: Spans, custom, start, end) -> int:
    """Take titles out of words that stand apart, keeping what they say to `apart`; return the new
    end."""
    gender: cython.int = name.gender
    titled: cython.bint = name.titled
    abbreviated: cython.bint = name.abbreviated
    before_family: cython.bint = name.before_family
    name.gender = 0
    left: cython.int = take_titles(name, custom, start, end)
    name.apart, name.gender, name.titled = name.gender, gender, titled
    name.abbreviated, name.before_family = abbreviated, before_family
    return left


def are_titles(name: Spans, start, end) -> bool:
    at: cython.int
    for at in range(start, end):
        classes: kinds.Classes = name.classes(at)
        if classes & (kinds.ANY_TITLE if classes & kinds.DOTTED else kinds.SURE_TITLE) == 0:
            return False
    return True
