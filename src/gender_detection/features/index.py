"""Where hashes stand in a sorted array of them."""

import numpy as np
import numpy.typing as npt

from .hashing import Hashes

Places = npt.NDArray[np.int64]
MISSING = -1


class HashIndex:
    """Finds hashes among n sorted and unique ones, uint64, by their first bits.

    Hashes are spread evenly, so of 2**b buckets, n or a little more, each holds about one: three
    looks at memory in place of the twenty of a binary search. It takes 4 bytes for each bucket,
    and is made when it is first asked for many.
    """

    # Up to so many are searched for: the buckets cost more to make.
    FEW = 2_048

    def __init__(self, hashes: Hashes) -> None:
        # A plain view: a memory map is slower to index.
        self._hashes = np.asarray(hashes)
        self._starts: npt.NDArray[np.uint32] | None = None
        self._shift = np.uint64(64 - max(1, len(hashes).bit_length()))

    def find(self, asked: Hashes) -> Places:
        """Return the place of each hash asked for, int64 (m,), MISSING where there is none."""
        if not len(self._hashes):
            return np.full(len(asked), MISSING, np.int64)
        if self._starts is None and len(asked) <= self.FEW:
            at = np.searchsorted(self._hashes, asked)
        else:
            at = self._search(asked)
        at[at == len(self._hashes)] = 0
        return np.where(self._hashes[at] == asked, at, MISSING)

    def _search(self, asked: Hashes) -> Places:
        """Return the first place whose hash is not below the one asked for, n where all are."""
        if self._starts is None:
            self._starts = self._make_starts()
        last = len(self._hashes) - 1
        at = self._starts[asked >> self._shift].astype(np.int64)
        below = np.flatnonzero(at <= last)
        below = below[self._hashes[at[below]] < asked[below]]
        while len(below):
            at[below] += 1
            below = below[at[below] <= last]
            below = below[self._hashes[at[below]] < asked[below]]
        return at

    def _make_starts(self) -> npt.NDArray[np.uint32]:
        buckets = (self._hashes >> self._shift).astype(np.int64)
        counts = np.bincount(buckets, minlength=1 << (64 - int(self._shift)))
        starts = np.zeros(len(counts), np.uint32)
        np.cumsum(counts[:-1], out=starts[1:])
        return starts
