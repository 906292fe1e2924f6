# cython: language_level=3, boundscheck=False, wraparound=False
"""The words of a text taken into the row of a name, from its bytes or as Python split them."""

from __future__ import annotations

import cython

from ..features import hashing
from . import spans
from . import word_classes as kinds
from .spans import REASONS
from .splitting import CASED, SPACELESS
from .text import MAX_CHARACTERS

_MOST_BYTES = MAX_CHARACTERS
_MOST_ENDS = 16
_SPACE = ord(" ")
_COMMA = ord(",")
_NO_UTF8 = 0xF5
_MASK = 0xFFFFFFFFFFFFFFFF
_BY_PYTHON = -1


def _take(
    name: spans.Spans,
    text: cython.p_const_uchar,
    start: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    into: cython.int,
) -> cython.int:
    """Take the words of a text that spaces and commas part into the row; return how many they
    are, or -1 where it needs cleaning, or has more than a row has a place for."""
    first: cython.Py_ssize_t = start
    at: cython.Py_ssize_t
    count: cython.int = 0
    last: cython.ulonglong = 0
    before: cython.ulonglong = 0
    if end - start > _MOST_BYTES:
        return _BY_PYTHON
    for at in range(start, end + 1):
        letter: cython.uchar = text[at] if at < end else _SPACE
        if letter > _COMMA or (letter != _SPACE and letter != _COMMA):
            if letter >= _NO_UTF8:
                return _BY_PYTHON
            if at > first and (at - first) % 8 == 0:
                before, last = hashing.spread(before ^ last), 0
            last = (last << 8 | letter) & _MASK
            continue
        if at > first:
            if count == spans.MAX_WORDS:
                return _BY_PYTHON
            number: cython.int = name.known.find_hashed(text, first, at - first, last, before)
            name.row[into + count] = number
            name.seen |= name.known.words[number].classes
            count += 1
        if letter == _COMMA:
            if name.n_ends == _MOST_ENDS:
                return _BY_PYTHON
            name.ends[name.n_ends] = count
            name.n_ends += 1
        first, last, before = at + 1, 0, 0
    return count if name.seen & kinds.UNCLEAN == 0 else _BY_PYTHON


def take_full(
    name: spans.Spans, text: cython.p_const_uchar, start: cython.Py_ssize_t, end: cython.Py_ssize_t
) -> cython.int:
    """Take the words of a full name; return -1 where Python has to find them, else 0."""
    name.clear()
    name.size = _take(name, text, start, end, 0)
    if name.size < 0:
        return _BY_PYTHON
    if name.n_ends == 0 and name.size == 0:
        name.reason = spans.EMPTY
    name.ends[name.n_ends] = name.size
    name.n_ends += 1
    return 0


def take_fields(
    name: spans.Spans,
    text: cython.p_const_uchar,
    start: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    family: cython.p_const_uchar,
    family_start: cython.Py_ssize_t,
    family_end: cython.Py_ssize_t,
) -> cython.int:
    """Take the words of a field of given names and one of family names; return -1 where Python
    has to find them, else 0."""
    name.clear()
    count: cython.int = _take(name, family, family_start, family_end, spans.FAMILY)
    if count < 0 or name.n_ends:
        return _BY_PYTHON
    name.family_start, name.family_end = spans.FAMILY, spans.FAMILY + count
    name.seen = 0
    name.size = _take(name, text, start, end, 0)
    if name.size < 0 or name.n_ends:
        return _BY_PYTHON
    if name.size == 0:
        name.nothing = spans.EMPTY
    name.ends[0], name.n_ends = name.size, 1
    return 0


def take_split(name: spans.Spans, found) -> cython.int:
    """Take the words that Python found (splitting.Split)."""
    name.clear()
    name.script, name.family_script = found.script, found.family_script
    name.cased, name.spaceless = found.script in CASED, found.script in SPACELESS
    name.dotted = found.dotted
    name.no_family_titles = found.script == "thai"
    name.size = len(found.words)
    for at, word in enumerate(found.words):
        name.row[at] = name.known.find_text(word)
        name.seen |= name.classes(at)
    for at, end in enumerate(found.ends[: 2 * _MOST_ENDS]):
        name.ends[at] = end
    name.n_ends = min(len(found.ends), 2 * _MOST_ENDS)
    if name.n_ends:
        name.ends[name.n_ends - 1] = name.size
    for at, word in enumerate(found.aside):
        name.row[spans.ASIDE + at] = name.known.find_text(word)
    name.aside_end = spans.ASIDE + len(found.aside)
    for at, word in enumerate(found.family):
        name.row[spans.FAMILY + at] = name.known.find_text(word)
    name.family_start, name.family_end = spans.FAMILY, spans.FAMILY + len(found.family)
    name.nothing = REASONS[found.reason] if found.reason else 0
    return 0
