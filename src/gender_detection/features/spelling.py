# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The indices of a key's spelling: hashed n-grams of its letters, and of how it sounds; and the
sum of the weights that stand there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cython
import numpy as np
import numpy.typing as npt

from . import ngrams as shapes
from .hashing import joined

if cython.compiled:
    from cython.cimports.gender_detection.features.memory import prefetch
    from cython.cimports.gender_detection.features.sounds import hash_views, hear
else:
    from .sounds import hash_views, hear

LONGEST = cython.declare(cython.Py_ssize_t, shapes.MAX_LETTERS)
# Word boundaries; letters are 1..26.
START = cython.declare(cython.uint, 30)
END = cython.declare(cython.uint, 31)
# What the rolling hash starts from: letters that are heard are others than letters that are read.
READ = cython.declare(cython.uint, 0)
HEARD = cython.declare(cython.uint, 0x5BD1E995)
# 32-bit FNV prime (RFC 9923), and 2**32 / phi (Knuth, TAOCP 6.4).
PRIME = cython.declare(cython.uint, 0x01000193)
MIX = cython.declare(cython.uint, 0x9E3779B1)
MASK = cython.declare(cython.uint, 0xFFFFFFFF)
# The least number above 0 that a float16 holds: it is a whole number of these.
STEP = cython.declare(cython.double, 2.0**-24)

Indices = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]


def _add_ngrams(word, start, size, lowest, highest, bits, seed, found, count) -> int:
    """Write the hashed n-grams of a word behind the count indices that are there, and return how
    many there are then."""
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
            # Rolling: an n-gram's state is that of the one a letter shorter, and its last letter.
            state: cython.uint = (states[at] * PRIME + letters[at + length - 1]) & MASK
            states[at] = state
            if length >= lowest:
                # Multiplicative hashing: the high bits of the product depend on all of state.
                found[count] = (((state ^ (state >> 15)) * MIX) & MASK) >> (32 - bits)
                count += 1
    return count


class Indexer:
    """Writes the indices of keys, as these n-grams say.

    It has no state, so threads may share it.
    """

    def __init__(self, ngrams: shapes.NGrams) -> None:
        self._lowest, self._highest = ngrams.lowest, ngrams.highest
        self._bits, self._sounds = ngrams.bits, ngrams.sounds

    def write(self, letters, start, size, found) -> int:
        """Write the indices, in [0, 2**bits), of a key of size letters from start on; return how
        many: at most 1,184.

        In order: its n-grams by their length, then place, its ends counted as letters; those of
        its sound; the views of its sound. An empty key has none.
        """
        heard = cython.declare(cython.uchar[32])
        views = cython.declare(cython.ulonglong[34])
        read: cython.int = min(size, LONGEST)
        at: cython.int
        if read == 0:
            return 0
        low: cython.int = self._lowest
        high: cython.int = self._highest
        bits: cython.int = self._bits
        count: cython.int = _add_ngrams(letters, start, read, low, high, bits, READ, found, 0)
        if self._sounds:
            length: cython.int = hear(letters, start, read, heard)
            count = _add_ngrams(heard, 0, length, low + 1, high, bits, HEARD, found, count)
            for at in range(hash_views(heard, length, views)):
                found[count] = views[at] >> (64 - bits)
                count += 1
        return count


class Spelling:
    """The weights of spellings, float16 of shape (2**ngrams.bits,), which may be memory-mapped.

    It has no state, so threads may share it. Raise ValueError where the weights are not such.
    """

    def __init__(self, weights: npt.NDArray[np.floating[Any]], ngrams: shapes.NGrams) -> None:
        if weights.dtype != np.float16 or weights.shape != (2**ngrams.bits,):
            raise ValueError(f"weights: {weights.dtype} of shape {weights.shape}")
        self.weights, self.ngrams = weights, ngrams
        self._weights = np.ascontiguousarray(weights).view(np.uint16).data
        self._indexer = Indexer(ngrams)

    def __reduce__(self) -> tuple[Any, ...]:
        return Spelling, (self.weights, self.ngrams)

    def sum_of(self, key, size) -> float:
        """Return the sum of the weights of a key's indices, without rounding; 0 for none."""
        indices = cython.declare(cython.uint[1184])
        return self._add_up(indices, self._indexer.write(key, 0, size, indices))

    def _fetch(self, letters, start, size, indices) -> int:
        """Write a key's indices, have their weights fetched from memory, and return how many."""
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
            total += in_steps(self._weights[indices[at]])
        return total * STEP

    def sums(self, keys: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return what sum_of does for each key, float64 (n,)."""
        text, offsets = joined(keys)
        found = np.empty(len(keys))
        totals: cython.double[::1] = found
        bounds: cython.longlong[::1] = offsets.data
        letters: cython.p_const_uchar = cython.cast(bytes, text)
        one = cython.declare(cython.uint[1184])
        other = cython.declare(cython.uint[1184])
        held: cython.p_uint = one
        free: cython.p_uint = other
        n: cython.Py_ssize_t = len(found)
        at: cython.Py_ssize_t
        count: cython.int = 0
        with cython.nogil:
            for at in range(n):
                # Most of the time is the wait for memory: a key's weights are on their way while
                # the indices of the next are worked out.
                behind: cython.int = self._fetch(
                    letters, bounds[at], bounds[at + 1] - bounds[at], free
                )
                if at > 0:
                    totals[at - 1] = self._add_up(held, count)
                held, free, count = free, held, behind
            if n > 0:
                totals[n - 1] = self._add_up(held, count)
        return found


def in_steps(half) -> int:
    """Return a finite float16, given by its bits, as a whole number of STEPs.

    Whole numbers are summed up without rounding, in whatever order, and need no table.
    """
    exponent: cython.int = (half >> 10) & 31
    size: cython.longlong = half & 1023
    if exponent > 0:
        size = (size | 1024) << (exponent - 1)
    return -size if half & 0x8000 else size


def ngram_indices(keys: Sequence[str], ngrams: shapes.NGrams) -> tuple[Indices, Offsets]:
    """Return the indices of the keys' spellings as (indices, offsets), in compressed row form.

    Row i's indices, int32 in [0, 2**bits), are indices[offsets[i]:offsets[i + 1]], in the order
    that Indexer.write has; offsets has shape (n + 1,).
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
