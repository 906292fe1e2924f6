"""The evidence on keys, worldwide and by country, as sorted arrays.

The arrays hold 64-bit hashes of keys instead of names. They are memory-mapped, so all processes
that open them share the memory. The probability that any two of a million keys have the same hash
is 3e-8.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .features import HashIndex, country_codes, hash_keys
from .features.index import MISSING

# Keys known in more countries have a row of the matrix, others have pairs.
FEW_COUNTRIES = 8
# The least P(female) in a country: positive, so that the sign shows whether there is evidence. It
# is the smallest normal number: processors can be set to treat subnormal ones as 0.
LEAST = np.finfo(np.float32).tiny

_DTYPES = {"hashes": np.uint64, "p_female": np.float32, "count": np.float32, "sources": np.uint16}


@dataclass(frozen=True)
class Lookup:
    """Evidence for n keys: found bool, p_female float32 and count float32, each of shape (n,).

    sources is the number of primary sources that have the key, uint16. Where found is False the
    others are 0.
    """

    found: npt.NDArray[np.bool_]
    p_female: npt.NDArray[np.float32]
    count: npt.NDArray[np.float32]
    sources: npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Table:
    """Evidence by hash: hashes uint64 (n,), sorted and unique, and the evidence on each, (n,).

    Raise ValueError for other arrays, for which find() would return wrong evidence.
    """

    hashes: npt.NDArray[np.uint64]
    p_female: npt.NDArray[np.float32]
    count: npt.NDArray[np.float32]
    sources: npt.NDArray[np.uint16]

    def __post_init__(self) -> None:
        for name, dtype in _DTYPES.items():
            column = getattr(self, name)
            if column.dtype != dtype or column.shape != (self.hashes.size,):
                raise ValueError(f"{name}: {column.dtype} of shape {column.shape}")
        if not (self.hashes[1:] > self.hashes[:-1]).all():
            raise ValueError("hashes: not sorted and unique")
        if not ((self.p_female >= 0) & (self.p_female <= 1)).all():
            raise ValueError("p_female: not from 0 to 1")
        if not ((self.count >= 0) & np.isfinite(self.count)).all():
            raise ValueError("count: negative or not finite")

    @classmethod
    def build(
        cls,
        hashes: npt.NDArray[np.uint64],
        p_female: npt.NDArray[np.float64],
        count: npt.NDArray[np.float64],
        sources: npt.NDArray[np.int64],
    ) -> "Table":
        """Return the table of n rows, each array (n,); of equal hashes the first is kept."""
        unique, first = np.unique(hashes, return_index=True)
        return cls(
            unique,
            p_female[first].astype(np.float32),
            count[first].astype(np.float32),
            np.minimum(sources[first], np.iinfo(np.uint16).max).astype(np.uint16),
        )

    def positions_of(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """Return the position of each hash in the table, (n,), MISSING where it is not there."""
        return self.index.find(hashes)

    def find(self, hashes: npt.NDArray[np.uint64]) -> Lookup:
        """Return the evidence on hashes of shape (n,)."""
        at = self.positions_of(hashes)
        found = at != MISSING
        known = at[found]
        columns = []
        for name in ("p_female", "count", "sources"):
            column = np.zeros(len(at), _DTYPES[name])
            column[found] = np.asarray(getattr(self, name))[known]
            columns.append(column)
        return Lookup(found, *columns)

    @cached_property
    def index(self) -> HashIndex:
        return HashIndex(self.hashes)


class InCountry(NamedTuple):
    """Evidence on n pairs of key and country: found bool, p_female float32, both of shape (n,).

    Where found is False p_female is 0.
    """

    found: npt.NDArray[np.bool_]
    p_female: npt.NDArray[np.float32]


@dataclass(frozen=True)
class ByCountry:
    """Evidence by country on the n keys of a table, in its order.

    countries       uint16 (c,), unique: codes of features.country_codes; the number of a country is
                    1 for the first of them, 2 for the second, and so on
    matrix          float32 (m, c + 1): a row for each key known in more than FEW_COUNTRIES, in the
                    order of keys. Column k is P(female) in country number k; without evidence, and
                    in column 0, minus P(female) worldwide
    first           int32 (n,): the position of the key's first pair, or -1 - its row of the matrix
    sizes           uint8 (n,): the key's number of pairs; 0 if it has a row of the matrix
    pair_countries  uint16 (q,): the country's number in each pair; pairs are sorted by key, then
                    by country number
    pair_p_female   float32 (q,): P(female) in each pair

    So abs(matrix) is the best estimate everywhere. P(female) is from LEAST to 1, never 0. The
    arrays are contiguous.

    Raise ValueError for other arrays: compiled code reads these without checks of bounds.
    """

    countries: npt.NDArray[np.uint16]
    matrix: npt.NDArray[np.float32]
    first: npt.NDArray[np.int32]
    sizes: npt.NDArray[np.uint8]
    pair_countries: npt.NDArray[np.uint16]
    pair_p_female: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        self._check_shapes()
        self._check_layout()
        codes = self._view("countries")
        if len(np.unique(codes)) != len(codes):
            raise ValueError("countries: not unique")
        pairs, matrix = self._view("pair_p_female"), self._view("matrix")
        if not ((pairs > 0) & (pairs <= 1)).all():
            raise ValueError("pair_p_female: not above 0 and up to 1")
        if not ((np.abs(matrix) <= 1) & (matrix != 0)).all() or not (matrix[:, 0] < 0).all():
            raise ValueError("matrix: values must be ±P(female), negative in column 0")

    def _check_shapes(self) -> None:
        # Shapes are compared with those that follow from the sizes.
        columns = self.countries.size + 1
        shapes = {
            "countries": (np.uint16, (columns - 1,)),
            "matrix": (np.float32, (self.matrix.size // columns, columns)),
            "first": (np.int32, (self.first.size,)),
            "sizes": (np.uint8, (self.first.size,)),
            "pair_countries": (np.uint16, (self.pair_countries.size,)),
            "pair_p_female": (np.float32, (self.pair_countries.size,)),
        }
        for name, (dtype, shape) in shapes.items():
            array = getattr(self, name)
            if array.dtype != dtype or array.shape != shape:
                raise ValueError(f"{name}: {array.dtype} of shape {array.shape}")
            if not array.flags.c_contiguous:
                raise ValueError(f"{name}: not contiguous")

    def _check_layout(self) -> None:
        """Raise ValueError unless first, sizes and pairs have the layout that build() makes."""
        first, sizes = self._view("first"), self._view("sizes")
        pairs = self._view("pair_countries")
        ends = np.cumsum(sizes, dtype=np.int64)
        in_matrix = np.flatnonzero(first < 0)
        if not np.array_equal(first[in_matrix], -1 - np.arange(len(self.matrix))):
            raise ValueError("first: rows of the matrix must be in order")
        if sizes[in_matrix].any() or (ends[-1] if len(ends) else 0) != len(pairs):
            raise ValueError("sizes: do not match the number of pairs")
        starts = ends - sizes
        if not ((first == starts) | (first < 0)).all():
            raise ValueError("first: pairs of keys must follow each other")
        if len(pairs) and not (pairs.min() >= 1 and pairs.max() <= len(self.countries)):
            raise ValueError("pair_countries: unknown country numbers")
        begins = np.zeros(len(pairs), np.bool_)
        begins[starts[sizes > 0]] = True
        if not ((pairs[1:] > pairs[:-1]) | begins[1:]).all():
            raise ValueError("pair_countries: not sorted and unique within a key")

    @classmethod
    def build(
        cls,
        p_world: npt.NDArray[np.float32],
        positions: npt.NDArray[np.int64],
        codes: npt.NDArray[np.uint16],
        p_female: npt.NDArray[np.float64],
    ) -> "ByCountry":
        """Return the evidence of r rows: a key's position in the table, a country, and P(female).

        p_world is P(female) worldwide of the table's keys, (n,). Of equal keys and countries the
        first row is kept. Countries are sorted by their number of keys, most first.
        """
        _, kept = np.unique(positions.astype(np.int64) << 16 | codes, return_index=True)
        positions, codes = positions[kept], codes[kept]
        countries, numbers = _numbered(codes)
        order = np.lexsort((numbers, positions))
        positions, numbers = positions[order], numbers[order]
        held = np.maximum(p_female[kept][order].astype(np.float32), LEAST)

        known_in = np.bincount(positions, minlength=len(p_world))
        many = np.flatnonzero(known_in > FEW_COUNTRIES)
        sizes = np.where(known_in > FEW_COUNTRIES, 0, known_in)
        first = np.cumsum(sizes) - sizes
        first[many] = -1 - np.arange(len(many))
        matrix = np.repeat(_without_evidence(p_world[many])[:, None], len(countries) + 1, axis=1)
        row = -1 - first[positions]
        dense = row >= 0
        matrix[row[dense], numbers[dense]] = held[dense]
        return cls(
            countries,
            matrix,
            first.astype(np.int32),
            sizes.astype(np.uint8),
            numbers[~dense],
            held[~dense],
        )

    @cached_property
    def numbers(self) -> npt.NDArray[np.uint16]:
        """The number of each country by its code, uint16 (65536,); 0 for a country not here."""
        numbers = np.zeros(1 << 16, np.uint16)
        numbers[self._view("countries")] = np.arange(1, len(self.countries) + 1)
        return numbers

    def find(self, positions: npt.NDArray[np.int64], codes: npt.NDArray[np.uint16]) -> InCountry:
        """Return the evidence on keys in countries.

        positions are those of the keys in the table, or MISSING, (k,); codes are the countries'
        features.country_codes, (k,).
        """
        found = np.zeros(len(positions), np.float32)
        numbers = self.numbers[codes]
        known = np.flatnonzero(positions != MISSING)
        first = self._view("first")[positions[known]]
        dense = first < 0
        inside = known[dense]
        found[inside] = np.maximum(self._view("matrix")[-1 - first[dense], numbers[inside]], 0)
        at, ahead = known[~dense], first[~dense]
        ends = ahead + self._view("sizes")[positions[at]]
        countries, p_female = self._view("pair_countries"), self._view("pair_p_female")
        # Each turn compares the next pair of every key whose country is not yet found.
        while len(left := np.flatnonzero(ahead < ends)):
            at, ahead, ends = at[left], ahead[left], ends[left]
            there = countries[ahead] == numbers[at]
            found[at[there]] = p_female[ahead[there]]
            ahead = np.where(there, ends, ahead + 1)
        return InCountry(found > 0, found)

    def _view(self, name: str) -> npt.NDArray[Any]:
        # A plain view: a memory map is slower to index.
        return np.asarray(getattr(self, name))


def _numbered(
    codes: npt.NDArray[np.uint16],
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """Return the distinct countries, most frequent first, and the number of each code."""
    distinct, index, counts = np.unique(codes, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    numbers = np.empty(len(order), np.uint16)
    numbers[order] = np.arange(1, len(order) + 1)
    return distinct[order], numbers[index]


def _without_evidence(p_world: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the values of the matrix without evidence, from P(female) worldwide."""
    return -np.maximum(p_world, LEAST)


@dataclass(frozen=True)
class Evidence:
    """Evidence on keys worldwide, and on pairs of key and country.

    p_female combines the counts with the pattern model (training.assembling). Raise ValueError
    where by_country does not belong to the keys of world.
    """

    world: Table
    by_country: ByCountry

    def __post_init__(self) -> None:
        first, p_world = np.asarray(self.by_country.first), np.asarray(self.world.p_female)
        if first.shape != p_world.shape:
            raise ValueError(f"first: shape {first.shape}, but world has {p_world.shape}")
        matrix = np.asarray(self.by_country.matrix)
        world = _without_evidence(p_world[np.flatnonzero(first < 0)])
        if not ((matrix > 0) | (matrix == world[:, None])).all():
            raise ValueError("matrix: must be minus P(female) worldwide without evidence")

    def find(self, keys: Sequence[str]) -> Lookup:
        """Return the evidence on keys worldwide."""
        return self.world.find(hash_keys(keys))

    def find_in_country(self, keys: Sequence[str], countries: Sequence[str]) -> InCountry:
        """Return the evidence on keys in countries, upper-case alpha-2; both of shape (n,)."""
        return self.by_country.find(
            self.world.positions_of(hash_keys(keys)), country_codes(countries)
        )
