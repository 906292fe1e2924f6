"""Where bearers of a family name come from: P(country | family name), as sorted arrays.

It helps where a person's country is not given: Andrea Rossi is no woman, Andrea Schmidt no man.
Like evidence, family names are kept as 64-bit hashes only.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from .features import hash_key, hash_keys

# Up to so many family names are looked up one by one: operations on columns cost more to start.
FEW = 8

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
            return [self._row(self._place(hash_key(key))) for key in keys]
        if not len(self.hashes):
            return [[] for _ in keys]
        hashes = hash_keys(keys)
        at = np.minimum(np.searchsorted(np.asarray(self.hashes), hashes), len(self.hashes) - 1)
        found = np.where(self.hashes[at] == hashes, at, -1).tolist()
        return [self._row(row) for row in found]

    def _place(self, hashed: int) -> int:
        hashes = self._views[0]
        at = bisect_left(hashes, hashed)
        return at if at < len(hashes) and hashes[at] == hashed else -1

    def _row(self, row: int) -> list[tuple[str, float]]:
        if row < 0:
            return []
        _, offsets, countries, shares = self._views
        part = slice(offsets[row], offsets[row + 1])
        names = map(_country_of, countries[part].tolist())
        return list(zip(names, shares[part].tolist(), strict=True))

    @cached_property
    def _views(self) -> tuple[memoryview, ...]:
        # Their items are Python numbers, at a fraction of the price of NumPy's.
        columns = (self.hashes, self.offsets, self.countries, self.shares)
        return tuple(np.asarray(column).data for column in columns)


@lru_cache(maxsize=1024)
def _country_of(code: int) -> str:
    return chr(code >> 8) + chr(code & 255)
