# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The indices of a key's spelling, which are hashed n-grams of its letters and its sound, and the
sum of the weights at these indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cython
import numpy as np
import numpy.typing as npt

from .hashing import joined
from .ngrams import MAX_LETTERS, NGrams

if cython.compiled:
    from cython.cimports.gender_detection.features.memory import prefetch
    from cython.cimports.gender_detection.features.sounds import hash_views, write_sound
else:
    from .sounds import hash_views, write_sound

LONGEST = cython.declare(cython.Py_ssize_t, MAX_LETTERS)
# Word boundaries; letters are 1..26.
START = cython.declare(cython.uint, 30)
END = cython.declare(cython.uint, 31)
# The seeds of the rolling hash: n-grams of letters and of sounds are unrelated.
LETTERS_SEED = cython.declare(cython.uint, 0)
SOUND_SEED = cython.declare(cython.uint, 0x5BD1E995)
# 32-bit FNV prime (RFC 9923), and 2**32 / phi (Knuth, TAOCP 6.4).
PRIME = cython.declare(cython.uint, 0x01000193)
MIX = cython.declare(cython.uint, 0x9E3779B1)
MASK = cython.declare(cython.uint, 0xFFFFFFFF)
# The smallest positive float16: every float16 is a whole number of these.
UNIT = cython.declare(cython.double, 2.0**-24)

Indices = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]


def _add_ngrams(word, start, size, lowest, highest, bits, seed, found, count) -> int:
    """Append the hashed n-grams of a word to found, which has count indices; return the new
    count."""
    letters = cython.declare(cython.uint[34])
    states = cython.declare(cython.uint[34])
    at: cython.int
    length: cython.int
    letters[0], letters[size + 1] = START, END
    for at in range(size):
        letters[at + 1] = (word[start + at] - 96) & 0xFF
    for at in range(size + 2):
        states[at] = seed
    for length in range(1, min(highest, size + 2) + 1):
        for at in range(size + 3 - length):
            # Rolling hash: the state of the n-gram without its last letter, and that letter.
            state: cython.uint = (states[at] * PRIME + letters[at + length - 1]) & MASK
            states[at] = state
            if length >= lowest:
                # Multiplicative hashing: the high bits of the product depend on all of state.
                found[count] = (((state ^ (state >> 15)) * MIX) & MASK) >> (32 - bits)
                count += 1
    return count


class Indexer:
    """Writes the indices of keys for some settings of n-grams.

    It has no state, so threads may share it.
    """

    def __init__(self, ngrams: NGrams) -> None:
        self._lowest, self._highest = ngrams.lowest, ngrams.highest
        self._bits, self._sounds = ngrams.bits, ngrams.sounds

    def write(self, letters, start, size, found) -> int:
        """Write the indices, in [0, 2**bits), of a key of size letters from start on; return their
        number, at most 1,184.

        In order: n-grams of the key by length, then position, with its ends as letters; n-grams of
        its sound; views of its sound. An empty key has none.
        """
        sound = cython.declare(cython.uchar[32])
        views = cython.declare(cython.ulonglong[34])
        read: cython.int = min(size, LONGEST)
        at: cython.int
        if read == 0:
            return 0
        low: cython.int = self._lowest
        high: cython.int = self._highest
        bits: cython.int = self._bits
        count: cython.int = _add_ngrams(
            letters, start, read, low, high, bits, LETTERS_SEED, found, 0
        )
        if self._sounds:
            length: cython.int = write_sound(letters, start, read, sound)
            count = _add_ngrams(sound, 0, length, low + 1, high, bits, SOUND_SEED, found, count)
            for at in range(hash_views(sound, length, views)):
                found[count] = views[at] >> (64 - bits)
                count += 1
        return count


class Spelling:
    """The weights of spellings, float16 of shape (2**ngrams.bits,), which may be memory-mapped.

    It has no state, so threads may share it. Raise ValueError for another dtype or shape.
    """

    def __init__(self, weights: npt.NDArray[np.floating[Any]], ngrams: NGrams) -> None:
        if weights.dtype != np.float16 or weights.shape != (2**ngrams.bits,):
            raise ValueError(f"weights: {weights.dtype} of shape {weights.shape}")
        self.weights, self.ngrams = weights, ngrams
        self._weights = np.ascontiguousarray(weights).view(np.uint16).data
        self._indexer = Indexer(ngrams)

    def __reduce__(self) -> tuple[Any, ...]:
        return Spelling, (self.weights, self.ngrams)

    def sum_of(self, key, size) -> float:
        """Return the sum of the weights of a key's indices, not rounded; 0 for an empty key."""
        indices = cython.declare(cython.uint[1184])
        return self._add_up(indices, self._indexer.write(key, 0, size, indices))

    def _fetch(self, letters, start, size, indices) -> int:
        """Write a key's indices, prefetch their weights, and return the number of indices."""
        count: cython.int = self._indexer.write(letters, start, size, indices)
        at: cython.int
        if cython.compiled:
            for at in range(count):
                prefetch(cython.address(self._weights[indices[at]]))
        return count

    def _add_up(self, indices, count) -> float:
        """Return the sum of the weights at these indices."""
        total: cython.longlong = 0
        at: cython.int
        for at in range(count):
            total += in_units(self._weights[indices[at]])
        return total * UNIT

    def sums(self, keys: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the sum_of each key, float64 (n,)."""
        text, offsets = joined(keys)
        found = np.empty(len(keys))
        totals: cython.double[::1] = found
        bounds: cython.longlong[::1] = offsets.data
        letters: cython.p_const_uchar = cython.cast(bytes, text)
        one = cython.declare(cython.uint[1184])
        other = cython.declare(cython.uint[1184])
        current: cython.p_uint = one
        free: cython.p_uint = other
        n: cython.Py_ssize_t = len(found)
        at: cython.Py_ssize_t
        count: cython.int = 0
        with cython.nogil:
            for at in range(n):
                # Memory is the bottleneck: while the weights of a key are loaded, the indices of
                # the next key are computed.
                next_count: cython.int = self._fetch(
                    letters, bounds[at], bounds[at + 1] - bounds[at], free
                )
                if at > 0:
                    totals[at - 1] = self._add_up(current, count)
                current, free, count = free, current, next_count
            if n > 0:
                totals[n - 1] = self._add_up(current, count)
        return found


def in_units(half) -> int:
    """Return a finite float16, given by its bits, as a whole number of UNITs.

    Whole numbers add up without rounding, in any order.
    """
    exponent: cython.int = (half >> 10) & 31
    size: cython.longlong = half & 1023
    if exponent > 0:
        size = (size | 1024) << (exponent - 1)
    return -size if half & 0x8000 else size


def ngram_indices(keys: Sequence[str], ngrams: NGrams) -> tuple[Indices, Offsets]:
    """Return the indices of the keys' spellings as (indices, offsets), in compressed row form.

    Row i's indices, int32 in [0, 2**bits), are indices[offsets[i]:offsets[i + 1]], in the order
    of Indexer.write; offsets, int64, has shape (n + 1,).
    """
    text, bounds_of = joined(keys)
    offsets = np.zeros(len(keys) + 1, np.int64)
    indices = np.empty(64 * len(keys) + 1184, np.int32)
    indexer: Indexer = Indexer(ngrams)
    found = cython.declare(cython.uint[1184])
    room: cython.int[::1] = indices
    ends: cython.longlong[::1] = offsets
    bounds: cython.longlong[::1] = bounds_of.data
    letters: cython.p_const_uchar = cython.cast(bytes, text)
    n: cython.Py_ssize_t = len(keys)
    used: cython.Py_ssize_t = 0
    row: cython.Py_ssize_t
    at: cython.int
    with cython.nogil:
        for row in range(n):
            count: cython.int = indexer.write(
                letters, bounds[row], bounds[row + 1] - bounds[row], found
            )
            if used + count > room.shape[0]:
                with cython.gil:
                    indices = np.concatenate((indices, np.empty(len(indices), np.int32)))
                    room = indices
            for at in range(count):
                room[used + at] = found[at]
            used += count
            ends[row + 1] = used
    return indices[:used].copy(), offsets
