# cython: language_level=3, boundscheck=False, wraparound=False
"""Initials, abbreviated names, and names of several words that count as one."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names.customs import MARIA, MUSLIM, Custom
    from cython.cimports.gender_detection.names.spans import Spans
    from cython.cimports.gender_detection.names.word_classes import (
        ARTICLE,
        COMMON,
        DOTTED,
        INITIAL,
        MA,
        MOHAMMED,
        PARTICLE,
        SERVANT_OF,
        Classes,
    )
else:
    from .customs import MARIA, MUSLIM
    from .spans import Spans
    from .word_classes import ARTICLE, COMMON, DOTTED, INITIAL, MA, MOHAMMED, PARTICLE, SERVANT_OF


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def spell_out(name: Spans, custom: cython.pointer[Custom]) -> cython.int:
    """Write Md and Ma. out as Mohammad and Maria where they are given names, and leave out dots
    behind words."""
    at: cython.int
    for at in range(name.start, name.end):
        classes: Classes = name.classes(at)
        if classes & (MOHAMMED | MA | DOTTED) == 0:
            continue
        full: cython.int = _full_name_of(name, at, custom)
        if full:
            name.row[at] = full
        elif classes & DOTTED and (classes & INITIAL == 0 or not name.cased):
            name.row[at] = name.known.without_dots(name.row[at])
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _full_name_of(name: Spans, at: cython.int, custom: cython.pointer[Custom]) -> cython.int:
    """Return the number of the name that an abbreviation stands for, 0 where it is none."""
    classes: Classes = name.classes(at)
    is_last: cython.bint = at == name.end - 1
    if classes & MOHAMMED:
        short: cython.bint = name.known.words[name.row[at]].letters <= 3
        if short and name.end - name.start == 1 and custom.flags & MUSLIM == 0:
            return 0
        return name.mohammad if at == name.start or not is_last else 0
    if classes & MA and not is_last and (classes & DOTTED or custom.flags & MARIA):
        return name.maria
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def take_initials(name: Spans) -> cython.void:
    """Take initials out of the given names; other scripts have none."""
    left: cython.int = name.start
    at: cython.int
    name.letters_taken = 0
    name.first_taken = False
    for at in range(name.start, name.end):
        if name.cased and name.classes(at) & INITIAL:
            name.letters_taken += name.known.words[name.row[at]].letters
            name.first_taken = name.first_taken or at == name.start
            continue
        name.row[left] = name.row[at]
        left += 1
    name.end = left


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def is_only_family(name: Spans, names: cython.int) -> cython.bint:
    """Return whether a full name keeps no given name without its initials."""
    if names == 0:
        return True
    first: Classes = name.classes(name.start)
    if name.first_taken and first & PARTICLE:
        return True
    if names > 1 or first & COMMON:
        return False
    return name.first_taken or name.letters_taken > 1


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def join_servants(name: Spans) -> cython.int:
    """Join Abd al-Rahman, Abdul Karim into one word each."""
    left: cython.int = name.start
    at: cython.int = name.start
    stop: cython.int
    if name.any_of(name.start, name.end) & SERVANT_OF == 0:
        return 0
    while at < name.end:
        stop = at + 1
        if name.classes(at) & SERVANT_OF and stop < name.end:
            if name.classes(stop) & ARTICLE and stop + 1 < name.end:
                stop += 1
            stop += 1
            with cython.gil:
                texts = [name.known.text_of(name.row[of]) for of in range(at, stop)]
                name.row[left] = name.known.find_text(" ".join(texts))
        else:
            name.row[left] = name.row[at]
        left += 1
        at = stop
    name.end = left
    return 0
