# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""A key as it roughly sounds, so that Katharine, Catherine and Kathryn have most in common.

Spellings of one name differ in few ways that carry no gender: doubled letters, c for k, y for i, a
silent h, ph for f. The last letter, which does carry it, is kept wherever the rest is blurred.
"""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.features.hashing import hash_part, spread
else:
    from .hashing import hash_part, spread

# What sets the hashes of one view apart from those of another.
WHOLE = cython.declare(cython.ulonglong, 1)
GAPS = cython.declare(cython.ulonglong, 2)
CONSONANTS = cython.declare(cython.ulonglong, 3)
SHORTER = cython.declare(cython.ulonglong, 4 << 56)
# An odd multiplier has an inverse modulo 2**64; this one is splitmix64's increment.
BASE = cython.declare(cython.ulonglong, 0x9E3779B97F4A7C15)
INVERSE = cython.declare(cython.ulonglong, pow(0x9E3779B97F4A7C15, -1, 2**64))
MASK = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
# What each letter sounds like.
SOUNDS = cython.declare(cython.uchar[256])
for _letter, _sound in enumerate(bytes.maketrans(b"yzwcqg", b"isvkkj")):
    SOUNDS[_letter] = _sound
# Sounds of fewer letters have too many neighbours to learn from.
SHORTEST = cython.declare(cython.int, 4)


def hear(letters, start, size, heard) -> int:
    """Write the sound of up to 32 letters from start on, and return how many letters it has.

    ph is f; ee, ie and y are i; oo and ou are u; c and q are k, z is s, w is v, g is j; qu is k
    and dj is j; h is silent but for a first one; a doubled letter is single.
    """
    read = cython.declare(cython.uchar[34])  # between two zeros
    at: cython.int
    length: cython.int = 0
    last: cython.uchar = 0
    before: cython.uchar = 0
    read[0] = read[size + 1] = 0
    for at in range(size):
        read[at + 1] = letters[start + at]
    for at in range(1, size + 1):
        own: cython.uchar = read[at]
        behind: cython.uchar = read[at + 1]
        changed: cython.uchar = own
        changed = ord("f") if (own == ord("p")) & (behind == ord("h")) else changed
        changed = ord("i") if (own == ord("e")) & (behind == ord("e")) else changed
        changed = ord("u") if (own == ord("o")) & (before == ord("o")) else changed
        read[at], before = changed, own
    for at in range(1, size + 1):
        letter: cython.uchar = SOUNDS[read[at]]
        # Written in any case, and counted or not: no branch that the processor may guess wrongly.
        heard[length] = letter
        silent: cython.bint = _is_silent(read[at - 1], read[at], read[at + 1])
        kept: cython.bint = (not silent) & (letter != last)
        last = letter if kept else last
        length += kept
    return length


def _is_silent(before, letter, behind) -> bool:
    """Return whether a letter between these two is not heard; zeros are the ends of the word."""
    return (
        ((letter == ord("h")) & (before != 0))
        | ((letter == ord("u")) & (before == ord("q")))
        | ((letter == ord("o")) & (behind == ord("u")))
        | ((letter == ord("e")) & (before == ord("i")))
        | ((letter == ord("d")) & (behind == ord("j")))
    )


def _is_vowel(letter) -> bool:
    return (
        (letter == ord("a"))
        | (letter == ord("e"))
        | (letter == ord("i"))
        | (letter == ord("o"))
        | (letter == ord("u"))
    )


def hash_views(heard, size, found) -> int:
    """Write hashes of what a sound of up to 32 letters shares with its neighbours, up to 34, and
    return how many.

    In order: the whole sound; with each run of inner vowels as a gap; with its consonants and last
    letter only; and of sounds of SHORTEST letters or more what _hash_shorter writes. An empty
    sound has none.
    """
    gaps = cython.declare(cython.uchar[32])
    consonants = cython.declare(cython.uchar[32])
    of_gaps: cython.int = 0
    of_consonants: cython.int = 0
    last: cython.int = size - 1
    at: cython.int
    in_gap: cython.bint = False
    if size == 0:
        return 0
    for at in range(size):
        letter: cython.uchar = heard[at]
        vowel: cython.bint = _is_vowel(letter)
        inner: cython.bint = vowel & (at > 0) & (at < last)
        gaps[of_gaps] = ord("_") if inner else letter
        of_gaps += not (inner & in_gap)
        consonants[of_consonants] = letter
        of_consonants += (not vowel) | (at == last)
        in_gap = inner
    found[0] = hash_part(heard, 0, size, WHOLE)
    found[1] = hash_part(gaps, 0, of_gaps, GAPS)
    found[2] = hash_part(consonants, 0, of_consonants, CONSONANTS)
    return _hash_shorter(heard, size, found) if size >= SHORTEST else 3


def _hash_shorter(heard, size, found) -> int:
    """Write, from the fourth place on, hashes of a sound, and of the sound short of its first,
    second, ... letter but the last two, and return the place behind them.

    Two sounds that differ in one letter so share one. A sound's polynomial is the sum of
    letter * BASE**place modulo 2**64; one letter less moves the letters behind it down by one
    place, which is a division by BASE.
    """
    upto: cython.ulonglong = 0
    total: cython.ulonglong = 0
    power: cython.ulonglong = 1
    at: cython.int
    for at in range(size):
        total = (total + heard[at] * power) & MASK
        power = (power * BASE) & MASK
    found[3] = spread(total ^ SHORTER)
    power = 1
    for at in range(size - 2):
        through: cython.ulonglong = (upto + heard[at] * power) & MASK
        less: cython.ulonglong = (upto + ((total - through) & MASK) * INVERSE) & MASK
        found[at + 4] = spread(less ^ SHORTER)
        upto, power = through, (power * BASE) & MASK
    return size + 2
