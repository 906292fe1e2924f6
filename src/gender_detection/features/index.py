# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Finds the positions of hashes in a sorted array."""

from __future__ import annotations

from typing import Any

import cython
import numpy as np
import numpy.typing as npt

if cython.compiled:
    from cython.cimports.gender_detection.features.memory import prefetch

Positions = npt.NDArray[np.int64]
MISSING = -1
# A bucket of this many hashes fits into one or two cache lines.
IN_BUCKET = 8
# The starts of buckets are uint32.
MOST = 2**32 - 1


class HashIndex:
    """Finds hashes among n sorted and unique ones, uint64 (n,), by their first bits.

    Hashes are uniform, so each of 2**b buckets has IN_BUCKET of them or half as many, which are
    compared one by one. The starts of buckets take up to a byte per hash. The array may be
    read-only and memory-mapped. If it is not sorted, answers are wrong, but nothing outside it is
    read. Safe for many threads. Raise ValueError for more than MOST hashes.
    """

    def __init__(self, hashes: npt.NDArray[np.uint64]) -> None:
        if len(hashes) > MOST:
            raise ValueError(f"{len(hashes)} hashes: an index holds at most {MOST}")
        # A plain view keeps the memory map alive, and is faster to index.
        self.hashes = np.ascontiguousarray(hashes, np.uint64)
        self._hashes = self.hashes.data
        # At least two buckets: C cannot shift by all 64 bits.
        self._shift = 64 - max(1, (len(hashes) // IN_BUCKET).bit_length())
        self._starts = self._make_starts().data

    def __reduce__(self) -> tuple[Any, ...]:
        return HashIndex, (self.hashes,)

    def _make_starts(self) -> npt.NDArray[np.uint32]:
        """Return the starts of the buckets, and n: uint32 (buckets + 1,), not decreasing."""
        starts = np.zeros((1 << (64 - self._shift)) + 1, np.uint32)
        counts: cython.uint[::1] = starts
        n: cython.Py_ssize_t = len(self.hashes)
        at: cython.Py_ssize_t
        with cython.nogil:
            for at in range(n):
                counts[(self._hashes[at] >> self._shift) + 1] += 1
        return np.cumsum(starts, dtype=np.uint32)

    def fetch_bucket(self, hashed) -> None:
        """Prefetch the start of the bucket of a hash."""
        if cython.compiled:
            prefetch(cython.address(self._starts[hashed >> self._shift]))

    def fetch(self, hashed) -> None:
        """Prefetch the bucket of a hash."""
        start: cython.uint = self._starts[hashed >> self._shift]
        if cython.compiled and start < cython.cast(cython.uint, len(self._hashes)):
            prefetch(cython.address(self._hashes[start]))

    def find_one(self, hashed) -> int:
        """Return the position of a hash, -1 (MISSING) if it is not there."""
        bucket: cython.Py_ssize_t = hashed >> self._shift
        at: cython.Py_ssize_t
        for at in range(self._starts[bucket], self._starts[bucket + 1]):
            if self._hashes[at] >= hashed:
                return at if self._hashes[at] == hashed else -1
        return -1

    def find(self, hashes: npt.NDArray[np.uint64]) -> Positions:
        """Return the position of each hash, int64 (m,), MISSING where it is not there."""
        positions = np.empty(len(hashes), np.int64)
        found: cython.longlong[::1] = positions
        plain = np.ascontiguousarray(hashes, np.uint64)
        wanted: cython.const[cython.ulonglong][::1] = plain.data  # type: ignore[valid-type]
        n: cython.Py_ssize_t = len(positions)
        at: cython.Py_ssize_t
        with cython.nogil:
            for at in range(n):
                found[at] = self.find_one(wanted[at])
        return positions
