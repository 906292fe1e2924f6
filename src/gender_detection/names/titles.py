# cython: language_level=3, boundscheck=False, wraparound=False
"""Titles and suffixes: which words of a name are some, and what they say of a gender."""

from __future__ import annotations

import cython

from . import customs, spans
from . import word_classes as kinds
from .splitting import rewritten
from .word_classes import GENDERS, LOCAL_TITLES

_FEMALE = GENDERS["female"]
_MALE = GENDERS["male"]
_NEUTRAL = GENDERS["neutral"]
_NO_TITLE = 0
# A local title of one letter needs its dot.
_LETTER_TITLE = LOCAL_TITLES.index("m")


def take_titles(
    name: spans.Spans, custom: cython.pointer[customs.Custom], start: cython.int, end: cython.int
) -> cython.int:
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
                add_title(name, _FEMALE)
            if classes & kinds.REWRITTEN and not _rewrite(name, at, left == start):
                continue
        name.row[left] = name.row[at]
        left += 1
    return left


def _take_title(
    name: spans.Spans,
    custom: cython.pointer[customs.Custom],
    at: cython.int,
    position: cython.int,
    following: cython.int,
    after_title: cython.bint,
) -> cython.int:
    """Return what title a word is there, 0 for none, and note what it says."""
    title: cython.int = _title_of(name, custom, at, position, following, after_title)
    classes: kinds.Classes = name.classes(at)
    if title == _NO_TITLE:
        return title
    add_title(name, title)
    if title != _NEUTRAL and position == 0 and not name.no_family_titles:
        name.before_family = name.before_family or classes & kinds.OF_GIVEN == 0
    if title == _NEUTRAL and classes & kinds.INITIAL and name.cased:
        name.abbreviated = True
    return title


def _title_of(
    name: spans.Spans,
    custom: cython.pointer[customs.Custom],
    at: cython.int,
    position: cython.int,
    following: cython.int,
    after_title: cython.bint,
) -> cython.int:
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


def _title_anywhere(
    name: spans.Spans,
    custom: cython.pointer[customs.Custom],
    entry: cython.int,
    classes: kinds.Classes,
    position: cython.int,
    following: cython.int,
    dotted: cython.bint,
) -> cython.int:
    """Return what title a word is that counts in more than one country."""
    if classes & kinds.TITLE_AFTER:
        stands_last: cython.bint = position > 0 and following == 0
        return name.known.vocabulary.other_titles[entry] if stands_last else _NO_TITLE
    if classes & kinds.SENIOR:
        return _MALE if position == 0 and following > 0 else _NO_TITLE
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


def add_title(name: spans.Spans, title: cython.int) -> cython.void:
    """Note a title; the first gendered one decides."""
    name.titled = True
    if name.gender == 0 and title != _NEUTRAL:
        name.gender = title


def _rewrite(name: spans.Spans, at: cython.int, is_first: cython.bint) -> cython.int:
    """Take digits and an attached title off a word; return its number, 0 if nothing is left."""
    with cython.gil:
        text = name.known.text_of(name.row[at])
        script = name.family_script if at >= spans.FAMILY and at < spans.ASIDE else name.script
        left, title, of_family = rewritten(text, script, is_first)
        if title is not None:
            add_title(name, GENDERS[title])
            name.before_family = name.before_family or of_family
        name.row[at] = name.known.find_text(left) if left else 0
    return name.row[at]


def take_aside(name: spans.Spans, custom: cython.pointer[customs.Custom]) -> cython.int:
    """Note the gender of titles that stand aside by themselves, as in "Kim Lee (Mrs.)"."""
    if name.aside_end == 0 or name.aside_end == spans.ASIDE:
        return 0
    gender: cython.int = name.gender
    titled: cython.bint = name.titled
    abbreviated: cython.bint = name.abbreviated
    before_family: cython.bint = name.before_family
    name.gender, name.titled = 0, False
    left: cython.int = take_titles(name, custom, spans.ASIDE, name.aside_end)
    found: cython.int = name.gender if name.titled and left == spans.ASIDE else 0
    name.gender, name.titled = gender, titled
    name.abbreviated, name.before_family = abbreviated, before_family
    if found:
        add_title(name, found)
    return 0


def take_title_of_family(name: spans.Spans, custom: cython.pointer[customs.Custom]) -> cython.int:
    """Take titles out of the family name: they count where it begins with one that is no family
    name (as Graf is)."""
    gender: cython.int = name.gender
    titled: cython.bint = name.titled
    abbreviated: cython.bint = name.abbreviated
    before_family: cython.bint = name.before_family
    first: kinds.Classes = name.classes(name.family_start)
    name.move(name.family_start, name.family_end, spans.SCRATCH)
    name.gender = 0
    end: cython.int = take_titles(name, custom, name.family_start, name.family_end)
    found: cython.int = name.gender
    name.gender, name.titled = gender, titled
    name.abbreviated, name.before_family = abbreviated, before_family
    if end == name.family_start:
        # Nothing but titles and suffixes: then these are the name.
        name.move(spans.SCRATCH, spans.SCRATCH + name.family_end - end, end)
        return 0
    name.family_end = end
    if found and first & (kinds.NEVER_ALONE | kinds.LOCAL_TITLE) == 0:
        add_title(name, found)
    return 0


def are_titles(name: spans.Spans, start: cython.int, end: cython.int) -> cython.bint:
    at: cython.int
    for at in range(start, end):
        classes: kinds.Classes = name.classes(at)
        if classes & (kinds.ANY_TITLE if classes & kinds.DOTTED else kinds.SURE_TITLE) == 0:
            return False
    return True
