# cython: language_level=3, boundscheck=False, wraparound=False
"""The words of a text taken into the row of a name, from its bytes or as Python split them.

From its bytes in steps, so that many names may take each step one after the other while the
processor fetches what the next step needs: waiting for memory would be most of the work.
"""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.features.hashing import spread
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.spans import ASIDE, EMPTY, FAMILY, MAX_WORDS, Spans
    from cython.cimports.gender_detection.names.word_table import hash_of
    from cython.cimports.gender_detection.names.words import Words
else:
    from ..features.hashing import spread
    from . import word_classes as kinds
    from .spans import ASIDE, EMPTY, FAMILY, MAX_WORDS, Spans
    from .word_table import hash_of
    from .words import Words

from .spans import REASONS
from .splitting import CASED, SPACELESS
from .text import MAX_CHARACTERS

_MOST_BYTES = cython.declare(cython.int, MAX_CHARACTERS)
_MOST_ENDS = cython.declare(cython.int, 16)
_SPACE = cython.declare(cython.uchar, ord(" "))
_COMMA = cython.declare(cython.uchar, ord(","))
_SLASH = cython.declare(cython.uchar, ord("/"))
_NO_UTF8 = cython.declare(cython.uchar, 0xF5)
_MASK = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
BY_PYTHON = -1


def split(fields, at, known: Words) -> None:
    """Find the words of a field, which spaces, commas and slashes part; where it needs cleaning, or
    has more than a row has a place for, count is BY_PYTHON. The processor begins to fetch what is
    known."""
    text: cython.p_const_uchar = fields[at].text
    end: cython.Py_ssize_t = fields[at].end
    first: cython.Py_ssize_t = fields[at].start
    byte: cython.Py_ssize_t
    count: cython.int = 0
    last: cython.ulonglong = 0
    before: cython.ulonglong = 0
    fields[at].count, fields[at].n_ends = BY_PYTHON, 0
    if end - first > _MOST_BYTES:
        return
    for byte in range(first, end + 1):
        letter: cython.uchar = text[byte] if byte < end else _SPACE
        if letter > _SLASH or not _parts_words(text, first, byte, end, letter):
            if letter >= _NO_UTF8:
                return
            if byte > first and (byte - first) % 8 == 0:
                before, last = spread(before ^ last), 0
            last = (last << 8 | letter) & _MASK
            continue
        if byte > first:
            if count == MAX_WORDS:
                return
            fields[at].first[count], fields[at].size[count] = first, byte - first
            fields[at].last[count], fields[at].before[count] = last, before
            fields[at].hashed[count] = hash_of(last, before, byte - first)
            known.fetch_slot(fields[at].hashed[count])
            count += 1
        if letter == _COMMA:
            if fields[at].n_ends == _MOST_ENDS:
                return
            fields[at].ends[fields[at].n_ends] = count
            fields[at].n_ends += 1
        first, last, before = byte + 1, 0, 0
    fields[at].count = count


def _parts_words(text, first, byte, end, letter) -> bool:
    """Return whether a character parts words. A slash does between two of them, of which the one
    before begins at first; beside signs, and in what may be "n/a", Python has to see."""
    if letter == _SLASH:
        return byte - first >= 2 and byte + 1 < end and text[byte + 1] > _SLASH
    return letter in (_SPACE, _COMMA)


def fetch(fields, at, known: Words) -> None:
    """Have the processor fetch what is known of the words of a field."""
    word: cython.int
    for word in range(fields[at].count):
        known.fetch(fields[at].hashed[word])


def find(fields, at, known: Words) -> None:
    """Find the numbers of the words of a field."""
    text: cython.p_const_uchar = fields[at].text
    word: cython.int
    for word in range(fields[at].count):
        fields[at].number[word] = known.find_hashed(
            text,
            fields[at].first[word],
            fields[at].size[word],
            fields[at].last[word],
            fields[at].before[word],
            fields[at].hashed[word],
        )


def _take(name: Spans, fields, at, into) -> int:
    """Take the words of a field into the row; return how many they are, or BY_PYTHON."""
    word: cython.int
    for word in range(fields[at].count):
        name.row[into + word] = fields[at].number[word]
        name.seen |= name.classes(into + word)
    return fields[at].count if name.seen & kinds.UNCLEAN == 0 else BY_PYTHON


def take_full(name: Spans, fields, at) -> int:
    """Take the words of a full name; return BY_PYTHON where Python has to find them, else 0."""
    comma: cython.int
    name.clear()
    name.size = _take(name, fields, at, 0)
    if name.size < 0:
        return BY_PYTHON
    for comma in range(fields[at].n_ends):
        name.ends[comma] = fields[at].ends[comma]
    name.n_ends = fields[at].n_ends
    if name.n_ends == 0 and name.size == 0:
        name.reason = EMPTY
    name.ends[name.n_ends] = name.size
    name.n_ends += 1
    return 0


def take_fields(name: Spans, fields, at) -> int:
    """Take the words of a field of given names and of the next one, of family names; return
    BY_PYTHON where Python has to find them, else 0."""
    name.clear()
    count: cython.int = _take(name, fields, at + 1, FAMILY)
    if count < 0 or fields[at + 1].n_ends:
        return BY_PYTHON
    name.family_start, name.family_end = FAMILY, FAMILY + count
    name.seen = 0
    name.size = _take(name, fields, at, 0)
    if name.size < 0 or fields[at].n_ends:
        return BY_PYTHON
    if name.size == 0:
        name.nothing = EMPTY
    name.ends[0], name.n_ends = name.size, 1
    return 0


def take_split(name: Spans, found) -> None:
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
        name.row[ASIDE + at] = name.known.find_text(word)
    name.aside_end = ASIDE + len(found.aside)
    for at, word in enumerate(found.family):
        name.row[FAMILY + at] = name.known.find_text(word)
    name.family_start, name.family_end = FAMILY, FAMILY + len(found.family)
    name.nothing = REASONS[found.reason] if found.reason else 0
