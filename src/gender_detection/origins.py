"""Where bearers of a family name come from: P(country | family name), as sorted arrays.

It helps where a person's country is not given: Andrea Rossi is no woman, Andrea Schmidt no man.
Like evidence, family names are kept as 64-bit hashes only.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate, chain
from typing import Any

import numpy as np
import numpy.typing as npt

from .features import HashIndex, hash_key, hash_keys

# Up to so many family names are looked up one by one: operations on columns cost more to start.
FEW = 8

_NOWHERE = range(0)
_DTYPES = {"offsets": np.uint32, "countries": np.uint16, "shares": np.float32}


@dataclass(frozen=True)
class Origins:
    """Countries of f family names: hashes uint64 of shape (f,), sorted and unique.

    Row i's countries (the two letters of ISO 3166-1 alpha-2 as one number) and shares, which
    add up to at most 1, stand at offsets[i]:offsets[i + 1]; what is missing to 1 is elsewhere.

    Raise ValueError where arrays are not such.
    """

    hashes: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    offsets: npt.NDArray[np.uint32] = field(default_factory=lambda: np.zeros(1, np.uint32))
    countries: npt.NDArray[np.uint16] = field(default_factory=lambda: np.zeros(0, np.uint16))
    shares: npt.NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    def __post_init__(self) -> None:
        if self.hashes.dtype != np.uint64 or self.hashes.ndim != 1:
            raise ValueError(f"hashes: {self.hashes.dtype} of {self.hashes.ndim} dimensions")
        rows = len(self.shares)
        shapes = {"offsets": (len(self.hashes) + 1,), "countries": (rows,), "shares": (rows,)}
        for name, shape in shapes.items():
            column = getattr(self, name)
            if column.dtype != _DTYPES[name] or column.shape != shape:
                raise ValueError(f"{name}: {column.dtype} of shape {column.shape}")
        if not (self.hashes[1:] > self.hashes[:-1]).all():
            raise ValueError("hashes: not sorted and unique")
        if self.offsets[0] != 0 or self.offsets[-1] != rows:
            raise ValueError("offsets: not from the first row to the last")
        if not (self.offsets[1:] >= self.offsets[:-1]).all():
            raise ValueError("offsets: not rising")
        if not ((self.shares >= 0) & (self.shares <= 1)).all():
            raise ValueError("shares: not from 0 to 1")

    def find(self, keys: Sequence[str]) -> list[list[tuple[str, float]]]:
        """Return for each key of a family name its countries and their shares; [] if unknown."""
        if len(keys) <= FEW:
            return [self._row(hash_key(key)) for key in keys]
        return self._rows(self.rows_of(hash_keys(keys)).tolist())

    def rows_of(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """Return the row of each hashed family name, (n,), -1 where it is unknown."""
        return self.index.find(hashes)

    def expanded(
        self, rows: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16], npt.NDArray[np.float32]]:
        """Return the countries, as numbers, and shares of rows, none of which is -1, one after
        another, and before these which of the rows each belongs to: three arrays of one length."""
        _, offsets, countries, shares = self._arrays
        starts = offsets[rows].astype(np.int64)
        sizes = offsets[rows + 1] - starts
        row = np.repeat(np.arange(len(rows)), sizes)
        # Counted through, less where each row's count begins.
        places = np.arange(len(row)) + (starts - (np.cumsum(sizes) - sizes))[row]
        return row, countries[places], shares[places]

    def _row(self, hashed: int) -> list[tuple[str, float]]:
        hashes, offsets, countries, shares = self._arrays
        row = bisect_left(hashes.data, hashed)
        if row == len(hashes) or hashes.data[row] != hashed:
            return []
        part = slice(offsets.data[row], offsets.data[row + 1])
        names = map(_country_of, countries[part].tolist())
        return list(zip(names, shares[part].tolist(), strict=True))

    def _rows(self, rows: Sequence[int]) -> list[list[tuple[str, float]]]:
        """Return countries and shares of many rows, none for -1."""
        _, offsets, countries, shares = self._arrays
        bounds = offsets.data
        parts = [range(bounds[row], bounds[row + 1]) if row >= 0 else _NOWHERE for row in rows]
        places = np.fromiter(chain.from_iterable(parts), np.int64)
        names = map(_country_of, countries[places].tolist())
        pairs = list(zip(names, shares[places].tolist(), strict=True))
        ends = accumulate(map(len, parts))
        return [pairs[end - len(part) : end] for part, end in zip(parts, ends, strict=True)]

    @cached_property
    def index(self) -> HashIndex:
        return HashIndex(self.hashes)

    @cached_property
    def _arrays(self) -> tuple[npt.NDArray[Any], ...]:
        # Plain views: memory maps are slower to index.
        columns = (self.hashes, self.offsets, self.countries, self.shares)
        return tuple(np.asarray(column) for column in columns)


@lru_cache(maxsize=1024)
def _country_of(code: int) -> str:
    return chr(code >> 8) + chr(code & 255)
