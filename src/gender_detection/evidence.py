"""What the sources say of a key, in the world and by country, as sorted arrays.

Keys are kept as 64-bit hashes only: the arrays hold no names, are memory-mapped, and are shared by
all processes that open them. Two of a million keys share a hash with probability 3e-8.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .features import (
    HashIndex,
    hash_key,
    hash_key_with_country,
    hash_keys,
    hash_with_country,
)
from .features.index import MISSING

# Up to so many keys are looked up one by one: operations on columns cost more to start.
FEW = 8
# Seven standard deviations of where a hash stands among a million and a half.
NEAR = 4_300
Row = tuple[float, float, int]  # p_female, count, sources

_DTYPES = {"hashes": np.uint64, "p_female": np.float32, "count": np.float32, "sources": np.uint16}


@dataclass(frozen=True)
class Lookup:
    """Evidence for n keys: found bool, p_female float32 and count float32, each of shape (n,).

    sources is how many primary sources know the key, uint16. Where found is False the rest is 0.
    """

    found: npt.NDArray[np.bool_]
    p_female: npt.NDArray[np.float32]
    count: npt.NDArray[np.float32]
    sources: npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Table:
    """Evidence by hash: hashes uint64 sorted and unique; the other arrays go with them.

    Raise ValueError where arrays are not such: find() would answer wrongly without a sign.
    """

    hashes: npt.NDArray[np.uint64]
    p_female: npt.NDArray[np.float32]
    count: npt.NDArray[np.float32]
    sources: npt.NDArray[np.uint16]

    def __post_init__(self) -> None:
        for name, dtype in _DTYPES.items():
            column = getattr(self, name)
            if column.dtype != dtype or column.shape != (len(self.hashes),):
                raise ValueError(f"{name}: {column.dtype} of shape {column.shape}")
        if not (self.hashes[1:] > self.hashes[:-1]).all():
            raise ValueError("hashes: not sorted and unique")
        if not ((self.p_female >= 0) & (self.p_female <= 1)).all():
            raise ValueError("p_female: not from 0 to 1")
        if not ((self.count >= 0) & np.isfinite(self.count)).all():
            raise ValueError("count: not a number of bearers")

    @classmethod
    def build(
        cls,
        hashes: npt.NDArray[np.uint64],
        p_female: npt.NDArray[np.float64],
        count: npt.NDArray[np.float64],
        sources: npt.NDArray[np.int64],
    ) -> "Table":
        """Return the table of these rows, each of shape (n,); of equal hashes the first is kept."""
        unique, first = np.unique(hashes, return_index=True)
        return cls(
            unique,
            p_female[first].astype(np.float32),
            count[first].astype(np.float32),
            np.minimum(sources[first], np.iinfo(np.uint16).max).astype(np.uint16),
        )

    def find(self, hashes: npt.NDArray[np.uint64]) -> Lookup:
        """Return what the table holds for hashes of shape (n,)."""
        at = self._index.find(hashes)
        found = at != MISSING
        known = at[found]
        columns = []
        for name in ("p_female", "count", "sources"):
            column = np.zeros(len(at), _DTYPES[name])
            column[found] = np.asarray(getattr(self, name))[known]
            columns.append(column)
        return Lookup(found, *columns)

    def find_p_female(
        self, hashes: npt.NDArray[np.uint64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Return which of the hashes the table holds, int64 (m,), and P(female) of these, (m,)."""
        at = self._index.find(hashes)
        found = np.flatnonzero(at != MISSING)
        return found, np.asarray(self.p_female)[at[found]]

    def row(self, hashed: int) -> Row | None:
        """Return what the table holds for one hash, None where it holds nothing."""
        hashes, p_female, count, sources = self._views
        # Hashes are spread evenly, so a place follows from the hash, within some thousands.
        near = hashed * len(hashes) >> 64
        low, high = max(near - NEAR, 0), min(near + NEAR, len(hashes))
        if (low and hashes[low] > hashed) or (high < len(hashes) and hashes[high] < hashed):
            low, high = 0, len(hashes)
        at = bisect_left(hashes, hashed, low, high)
        if at == len(hashes) or hashes[at] != hashed:
            return None
        return p_female[at], count[at], sources[at]

    @cached_property
    def _index(self) -> HashIndex:
        return HashIndex(self.hashes)

    @cached_property
    def _views(self) -> tuple[memoryview, ...]:
        # Their items are Python numbers, at a fraction of the price of NumPy's.
        return tuple(np.asarray(getattr(self, name)).data for name in _DTYPES)


@dataclass(frozen=True)
class Evidence:
    """Evidence for keys in the world, and for pairs of key and country.

    p_female is what the evidence and the pattern model say together (model.combination).
    """

    world: Table
    by_country: Table

    def find(self, keys: Sequence[str]) -> Lookup:
        """Return the evidence for keys in the world."""
        return self.world.find(hash_keys(keys))

    def find_in_country(self, keys: Sequence[str], countries: Sequence[str]) -> Lookup:
        """Return the evidence for keys in countries: alpha-2 in upper case, of the same length."""
        if not len(keys):
            return self.by_country.find(np.zeros(0, np.uint64))
        return self.by_country.find(hash_with_country(hash_keys(keys), countries))

    def rows(self, keys: Sequence[str]) -> list[Row | None]:
        """Return the evidence for each key in the world, None where there is none."""
        if len(keys) <= FEW:
            return [self.world.row(hash_key(key)) for key in keys]
        return _rows(self.find(keys))

    def p_female_in_country(self, pairs: Sequence[tuple[str, str]]) -> list[float | None]:
        """Return P(female) for each pair of key and country, None where there is no evidence."""
        if len(pairs) <= FEW:
            hashes = {key: hash_key(key) for key, _ in pairs}
            both = (hash_key_with_country(hashes[key], country) for key, country in pairs)
            return [row[0] if row else None for row in map(self.by_country.row, both)]
        keys = list(dict.fromkeys(key for key, _ in pairs))
        # Mostly one key in the many countries that a family name comes from.
        hashed = [hash_key(key) for key in keys] if len(keys) <= FEW else hash_keys(keys).tolist()
        hashes = dict(zip(keys, hashed, strict=True))
        of_keys = np.array([hashes[key] for key, _ in pairs], np.uint64)
        there, p_female = self.by_country.find_p_female(
            hash_with_country(of_keys, [country for _, country in pairs])
        )
        found: list[float | None] = [None] * len(pairs)
        for at, known in zip(there.tolist(), p_female.tolist(), strict=True):
            found[at] = known
        return found


def _rows(found: Lookup) -> list[Row | None]:
    columns = (found.found, found.p_female, found.count, found.sources)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(p, count, sources) if known else None for known, p, count, sources in rows]
