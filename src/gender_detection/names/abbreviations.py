# cython: language_level=3, boundscheck=False, wraparound=False
"""Initials, abbreviated names, and names of several words that count as one."""

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


def spell_out(name: Spans, custom) -> None:
    """Write Md and Ma. out as Mohammad and Maria where they are given names, and leave out dots
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
            name.row[at] = name.known.without_dots(name.row[at])


def _full_name_of(name: Spans, at, custom) -> int:
    """Return the number of the name that an abbreviation stands for, 0 where it is none."""
    classes: kinds.Classes = name.classes(at)
    is_last: cython.bint = at == name.end - 1
    if classes & kinds.MOHAMMED:
        short: cython.bint = name.known.words[name.row[at]].letters <= 3
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


def take_initials(name: Spans) -> None:
    """Take initials out of the given names; other scripts have none."""
    left: cython.int = name.start
    at: cython.int
    name.letters_taken = 0
    name.first_taken = False
    for at in range(name.start, name.end):
        if name.cased and name.classes(at) & kinds.INITIAL:
            name.letters_taken += name.known.words[name.row[at]].letters
            name.first_taken = name.first_taken or at == name.start
            continue
        name.row[left] = name.row[at]
        left += 1
    name.end = left


def is_only_family(name: Spans, names) -> bool:
    """Return whether a full name keeps no given name without its initials."""
    if names == 0:
        return True
    first: kinds.Classes = name.classes(name.start)
    if name.first_taken and first & kinds.PARTICLE:
        return True
    if names > 1 or first & kinds.COMMON:
        return False
    return name.first_taken or name.letters_taken > 1


def _joined(name: Spans, start, end) -> int:
    """Return the number of the word that some words of the row are together."""
    texts = [name.known.text_of(name.row[at]) for at in range(start, end)]
    return name.known.find_text(" ".join(texts))


def join_servants(name: Spans) -> int:
    """Join Abd al-Rahman, Abdul Karim into one word each."""
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
