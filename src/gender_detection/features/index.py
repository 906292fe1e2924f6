# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Where hashes stand in a sorted array of them."""

from __future__ import annotations

from typing import Any

import cython
import numpy as np
import numpy.typing as npt

if cython.compiled:
    from cython.cimports.gender_detection.features.memory import prefetch

Places = npt.NDArray[np.int64]
MISSING = -1
# A bucket with so many hashes lies in one or two lines of the processor's cache.
IN_BUCKET = 8
# More would have places that the buckets' starts cannot hold.
MOST = 2**32 - 1


class HashIndex:
    """Finds hashes among n sorted and unique ones, uint64 (n,), by their first bits.

    Hashes are spread evenly, so each of 2**b buckets holds about IN_BUCKET or half as many, which
    are looked through one by one. The starts of buckets take up to a byte a hash. The array may be
    read-only and memory-mapped. One that is not sorted is answered wrongly, but never read beyond
    its ends. Many threads may ask at once. Raise ValueError for more than MOST.
    """

    def __init__(self, hashes: npt.NDArray[np.uint64]) -> None:
        if len(hashes) > MOST:
            raise ValueError(f"{len(hashes)} hashes: at most {MOST} have places")
        # A plain view: it holds the memory map, and is quicker to index.
        self.hashes = np.ascontiguousarray(hashes, np.uint64)
        self._hashes = self.hashes.data
        # There are two buckets at least: C cannot shift by all 64 bits.
        self._shift = 64 - max(1, (len(hashes) // IN_BUCKET).bit_length())
        self._starts = self._make_starts().data

    def __reduce__(self) -> tuple[Any, ...]:
        return HashIndex, (self.hashes,)

    def _make_starts(self) -> npt.NDArray[np.uint32]:
        """Return where each bucket starts, and the last one ends: rising, and from 0 to n."""
        starts = np.zeros((1 << (64 - self._shift)) + 1, np.uint32)
        counts: cython.uint[::1] = starts
        n: cython.Py_ssize_t = len(self.hashes)
        at: cython.Py_ssize_t
        with cython.nogil:
            for at in range(n):
                counts[(self._hashes[at] >> self._shift) + 1] += 1
        return np.cumsum(starts, dtype=np.uint32)

    def fetch_bucket(self, asked) -> None:
        """Have the processor fetch where the bucket of a hash starts."""
        if cython.compiled:
            prefetch(cython.address(self._starts[asked >> self._shift]))

    def fetch(self, asked) -> None:
        """Have the processor fetch the bucket of a hash."""
        start: cython.uint = self._starts[asked >> self._shift]
        if cython.compiled and start < cython.cast(cython.uint, len(self._hashes)):
            prefetch(cython.address(self._hashes[start]))

    def find_one(self, asked) -> int:
        """Return the place of a hash, -1 (MISSING) where there is none."""
        bucket: cython.Py_ssize_t = asked >> self._shift
        at: cython.Py_ssize_t
        for at in range(self._starts[bucket], self._starts[bucket + 1]):
            if self._hashes[at] >= asked:
                return at if self._hashes[at] == asked else -1
        return -1

    def find(self, asked: npt.NDArray[np.uint64]) -> Places:
        """Return the place of each hash asked for, int64 (m,), MISSING where there is none."""
        places = np.empty(len(asked), np.int64)
        found: cython.longlong[::1] = places
        held = np.ascontiguousarray(asked, np.uint64)
        wanted: cython.const[cython.ulonglong][::1] = held.data  # type: ignore[valid-type]
        n: cython.Py_ssize_t = len(places)
        at: cython.Py_ssize_t
        with cython.nogil:
            for at in range(n):
                found[at] = self.find_one(wanted[at])
        return places
