# cython: language_level=3, boundscheck=False, wraparound=False
"""Abbreviations of given names in the row of a name: Wm., Md, Ma."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.names import customs
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.word_row import REPLACED, WordRow
else:
    from . import customs
    from . import word_classes as kinds
    from .word_row import REPLACED, WordRow

_AN_INITIAL = "x."


def spell_out(name: WordRow, custom) -> None:
    """Replace Md and Ma. with Mohammad and Maria where they are given names, and remove the dots
    behind words."""
    at: cython.int
    for at in range(name.start, name.end):
        classes: kinds.Classes = name.classes(at)
        if classes & (kinds.MOHAMMED | kinds.MA | kinds.DOTTED) == 0:
            continue
        if name.cased and classes & kinds.SPECIAL and _spell_out_one(name, at):
            continue
        full: cython.int = _full_name_of(name, at, custom)
        if full:
            _replace(name, at, full)
            name.spelled_out = True
        elif classes & kinds.DOTTED and (classes & kinds.INITIAL == 0 or not name.cased):
            _replace(name, at, name.table.without_dots(name.row[at]))


def _spell_out_one(name: WordRow, at) -> int:
    """Replace an abbreviation with its name ("Wm." with "william"), or with an initial where it
    stands for one letter ("Gy."); return whether it is one."""
    entry: cython.int = name.table.words[name.row[at]].entry
    classes: kinds.Classes = name.classes(at)
    if name.roles(at) & kinds.ABBREVIATION == 0 or classes & kinds.DOTTED == 0:
        return False
    if name.table.has_inner_dot(name.row[at]):
        return False
    if classes & (kinds.MOHAMMED | kinds.MA):
        return False
    with cython.gil:
        full = name.table.vocabulary.full_names[entry]
        _replace(name, at, name.table.find_text(full.capitalize() or _AN_INITIAL))
    name.spelled_out = True
    return True


def _replace(name: WordRow, at, number) -> None:
    """Replace a word with another one."""
    name.note(name.row[at], REPLACED, number)
    name.row[at] = number


def _full_name_of(name: WordRow, at, custom) -> int:
    """Return the number of the name that a word abbreviates, 0 where it does not."""
    classes: kinds.Classes = name.classes(at)
    is_last: cython.bint = at == name.end - 1
    if name.table.has_inner_dot(name.row[at]):
        return 0
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
