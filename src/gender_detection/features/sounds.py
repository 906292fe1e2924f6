# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The approximate sound of a key, which Katharine, Catherine and Kathryn mostly share.

Spellings of a name differ in ways that do not depend on gender: doubled letters, c for k, y for i,
a silent h, ph for f. The last letter does depend on gender, so every view keeps it.
"""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.features.hashing import hash_part, spread
else:
    from .hashing import hash_part, spread

# The salt of each view: hashes of different views are unrelated.
WHOLE = cython.declare(cython.ulonglong, 1)
GAPS = cython.declare(cython.ulonglong, 2)
CONSONANTS = cython.declare(cython.ulonglong, 3)
SHORTER = cython.declare(cython.ulonglong, 4 << 56)
# An odd multiplier has an inverse modulo 2**64; this one is splitmix64's increment.
BASE = cython.declare(cython.ulonglong, 0x9E3779B97F4A7C15)
INVERSE = cython.declare(cython.ulonglong, pow(0x9E3779B97F4A7C15, -1, 2**64))
MASK = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
# The sound of each letter.
SOUND_OF = cython.declare(cython.uchar[256])
for _letter, _sound in enumerate(bytes.maketrans(b"yzwcqg", b"isvkkj")):
    SOUND_OF[_letter] = _sound
# Shorter sounds have too many neighbours to learn from.
SHORTEST = cython.declare(cython.int, 4)


def write_sound(letters, start, size, sound) -> int:
    """Write the sound of up to 32 letters from start on, and return its number of letters.

    ph is f; ee, ie and y are i; oo and ou are u; c and q are k, z is s, w is v, g is j; qu is k
    and dj is j; h is silent unless it is the first letter; doubled letters are one.
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
        after: cython.uchar = read[at + 1]
        changed: cython.uchar = own
        changed = ord("f") if (own == ord("p")) & (after == ord("h")) else changed
        changed = ord("i") if (own == ord("e")) & (after == ord("e")) else changed
        changed = ord("u") if (own == ord("o")) & (before == ord("o")) else changed
        read[at], before = changed, own
    for at in range(1, size + 1):
        letter: cython.uchar = SOUND_OF[read[at]]
        # Always written, and counted only if kept: no branch to mispredict.
        sound[length] = letter
        silent: cython.bint = _is_silent(read[at - 1], read[at], read[at + 1])
        kept: cython.bint = (not silent) & (letter != last)
        last = letter if kept else last
        length += kept
    return length


def _is_silent(before, letter, after) -> bool:
    """Return whether a letter between these two is silent; zeros are the ends of the word."""
    return (
        ((letter == ord("h")) & (before != 0))
        | ((letter == ord("u")) & (before == ord("q")))
        | ((letter == ord("o")) & (after == ord("u")))
        | ((letter == ord("e")) & (before == ord("i")))
        | ((letter == ord("d")) & (after == ord("j")))
    )


def _is_vowel(letter) -> bool:
    return (
        (letter == ord("a"))
        | (letter == ord("e"))
        | (letter == ord("i"))
        | (letter == ord("o"))
        | (letter == ord("u"))
    )


def hash_views(sound, size, found) -> int:
    """Write the hashes of the views of a sound of up to 32 letters, and return their number.

    A view is a part that similar sounds share. In order: the whole sound; each run of inner vowels
    replaced by a gap; consonants and the last letter only; for sounds of SHORTEST letters or more,
    what _hash_shorter writes. An empty sound has no view; there are at most 34.
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
        letter: cython.uchar = sound[at]
        vowel: cython.bint = _is_vowel(letter)
        inner: cython.bint = vowel & (at > 0) & (at < last)
        gaps[of_gaps] = ord("_") if inner else letter
        of_gaps += not (inner & in_gap)
        consonants[of_consonants] = letter
        of_consonants += (not vowel) | (at == last)
        in_gap = inner
    found[0] = hash_part(sound, 0, size, WHOLE)
    found[1] = hash_part(gaps, 0, of_gaps, GAPS)
    found[2] = hash_part(consonants, 0, of_consonants, CONSONANTS)
    return _hash_shorter(sound, size, found) if size >= SHORTEST else 3


def _hash_shorter(sound, size, found) -> int:
    """Write, from found[3] on, the hash of a sound and of the sound without each of its letters
    except the last two; return the number of all hashes in found.

    So two sounds that differ in one letter share a hash. A sound's polynomial is the sum of
    letter * BASE**position modulo 2**64. To remove a letter moves the letters after it by one
    position, which is a division by BASE.
    """
    upto: cython.ulonglong = 0
    total: cython.ulonglong = 0
    power: cython.ulonglong = 1
    at: cython.int
    for at in range(size):
        total = (total + sound[at] * power) & MASK
        power = (power * BASE) & MASK
    found[3] = spread(total ^ SHORTER)
    power = 1
    for at in range(size - 2):
        through: cython.ulonglong = (upto + sound[at] * power) & MASK
        less: cython.ulonglong = (upto + ((total - through) & MASK) * INVERSE) & MASK
        found[at + 4] = spread(less ^ SHORTER)
        upto, power = through, (power * BASE) & MASK
    return size + 2
