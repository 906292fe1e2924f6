"""A key as it roughly sounds, so that Katharine, Catherine and Kathryn have most in common.

Spellings of one name differ in few ways that carry no gender: doubled letters, c for k, y for i, a
silent h, ph for f. The last letter, which does carry it, is kept wherever the rest is blurred.
"""

import numpy as np
import numpy.typing as npt

from .hashing import Bytes, Hashes, hash_bytes, spread

SAME = bytes.maketrans(b"yzwcqg", b"isvkkj")
_VOWELS = np.frombuffer(b"aeiou", np.uint8)
_GAP = ord("_")
SALTS = {"whole": 1, "gaps": 2, "consonants": 3, "shorter": 4}
# An odd multiplier has an inverse modulo 2**64; this one is splitmix64's increment.
BASE = 0x9E3779B97F4A7C15
INVERSE = pow(BASE, -1, 2**64)
SHORTEST = 4  # sounds of fewer letters have too many neighbours to learn from


def sounds_of(matrix: Bytes) -> Bytes:
    """Return rows of letters as they roughly sound, uint8 of the same shape, zero-padded.

    ph is f; ee, ie and y are i; oo and ou are u; c and q are k, z is s, w is v, g is j; qu is k
    and dj is j; h is silent but for a first one; a doubled letter is single.
    """
    was = matrix.copy()
    was[(was == ord("p")) & (_next(was) == ord("h"))] = ord("f")
    was[(was == ord("e")) & (_next(was) == ord("e"))] = ord("i")
    was[(was == ord("o")) & (_previous(was) == ord("o"))] = ord("u")
    silent = (was == ord("h")) & (_previous(was) > 0)
    silent |= (was == ord("u")) & (_previous(was) == ord("q"))
    silent |= (was == ord("o")) & (_next(was) == ord("u"))
    silent |= (was == ord("e")) & (_previous(was) == ord("i"))
    silent |= (was == ord("d")) & (_next(was) == ord("j"))
    table = np.frombuffer(bytes(range(256)).translate(SAME), np.uint8)
    heard = _closed(table[was], ~silent & (was > 0))
    return _closed(heard, (heard > 0) & (heard != _previous(heard)))


def hash_sounds(sounds: Bytes) -> tuple[Hashes, npt.NDArray[np.bool_]]:
    """Return hashes of what each row shares with its neighbours, and which of them there are.

    Both of shape (n, 4 + width): the whole sound; with its inner vowels as gaps; with its
    consonants and last letter only; then the sound, and the sound short of one of its letters but
    the last two, so that two that differ in one letter share one. All but an empty row have the
    first three, rows of SHORTEST letters or more the others.
    """
    n, width = sounds.shape
    lengths = (sounds > 0).sum(axis=1)
    last = np.arange(width) == lengths[:, None] - 1
    vowel = np.isin(sounds, _VOWELS)
    inner = vowel & ~last & (np.arange(width) > 0)
    gaps = np.where(inner, np.uint8(_GAP), sounds)
    gaps = _closed(gaps, (gaps > 0) & ~(inner & (_previous(gaps) == _GAP)))
    consonants = _closed(sounds, (sounds > 0) & (~vowel | last))
    views = {"whole": sounds, "gaps": gaps, "consonants": consonants}
    hashes = np.empty((n, width + 4), np.uint64)
    there = np.zeros((n, width + 4), np.bool_)
    for at, (name, view) in enumerate(views.items()):
        hashes[:, at] = hash_bytes(view, SALTS[name])
        there[:, at] = lengths > 0
    hashes[:, 3:] = _shorter(sounds)
    there[:, 3] = lengths >= SHORTEST
    there[:, 4:] = (np.arange(width) < lengths[:, None] - 2) & (lengths >= SHORTEST)[:, None]
    return hashes, there


def _shorter(sounds: Bytes) -> Hashes:
    """Return hashes of each row and of each row without its first, second, ... letter.

    A row's polynomial is the sum of letter * base**place modulo 2**64; one letter less moves
    the letters behind it down by one place, which is a division by base.
    """
    n, width = sounds.shape
    powers = np.array([pow(BASE, place, 2**64) for place in range(width)], np.uint64)
    upto = np.zeros((n, width + 1), np.uint64)
    np.cumsum(sounds * powers, axis=1, out=upto[:, 1:])
    total = upto[:, -1:]
    without = upto[:, :-1] + (total - upto[:, 1:]) * np.uint64(INVERSE)
    return spread(np.concatenate([total, without], axis=1) ^ np.uint64(SALTS["shorter"] << 56))


def _next(matrix: Bytes) -> Bytes:
    return np.pad(matrix[:, 1:], ((0, 0), (0, 1)))


def _previous(matrix: Bytes) -> Bytes:
    return np.pad(matrix[:, :-1], ((0, 0), (1, 0)))


def _closed(matrix: Bytes, kept: npt.NDArray[np.bool_]) -> Bytes:
    """Return rows with only the letters kept, closed up to the left."""
    rows, columns = np.nonzero(kept)
    out = np.zeros_like(matrix)
    out[rows, (np.cumsum(kept, axis=1) - 1)[rows, columns]] = matrix[rows, columns]
    return out
