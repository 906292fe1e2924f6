# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""The sources' evidence on given names, for the words of one Estimator."""

from __future__ import annotations

import cython
from cython.cimports.libc.math import isnan

if cython.compiled:
    from cython.cimports.gender_detection.features.memory import prefetch
    from cython.cimports.gender_detection.names.words import Words
else:
    from ..names.words import Words

from ..evidence import Evidence

# Bits of Word.lookups; origin_evidence and order_evidence have the others.
LOOKED_UP = 1
KNOWN = 2
_NO_EVIDENCE = cython.declare(cython.double, float("nan"))


class NameEvidence:
    """P(female) of given names in the world and by country, looked up once for each word (the
    fields p_female, count, sources, places and n_places of Word)."""

    def __init__(self, known: Words, evidence: Evidence) -> None:
        self.known = known
        world, local = evidence.world, evidence.by_country
        # Uncompiled, items of .data are Python's numbers, in double precision.
        self.world, self.p_world = world.index, world.p_female.data
        self.counts, self.sources = world.count.data, world.sources.data
        self.first, self.sizes, self.matrix = local.first.data, local.sizes.data, local.matrix.data
        self.pair_countries = local.pair_countries.data
        self.pair_p_female, self.numbers = local.pair_p_female.data, local.numbers.data

    def fetch(self, number, country) -> None:
        """Prefetch the evidence on a known word, else the bucket to look it up in."""
        asked: cython.int = self.known.words[number].lookups
        places: cython.int = self.known.words[number].places
        if asked & LOOKED_UP == 0:
            self.world.fetch_bucket(self.known.words[number].hashed)
        elif asked & KNOWN and cython.compiled:
            if places < 0:
                prefetch(cython.address(self.matrix[-1 - places, country]))
            else:
                prefetch(cython.address(self.pair_countries[places]))
                prefetch(cython.address(self.pair_p_female[places]))

    def fetch_hashes(self, number) -> None:
        """Prefetch the hashes to look an unknown word up in, whose address fetch() has fetched."""
        if self.known.words[number].lookups & LOOKED_UP == 0:
            self.world.fetch(self.known.words[number].hashed)

    def is_known(self, key) -> bool:
        """Return whether the sources have a word's key as a given name; looked up once."""
        if self.known.words[key].lookups & LOOKED_UP == 0:
            row: cython.Py_ssize_t = self.world.find_one(self.known.words[key].hashed)
            asked: cython.int = self.known.words[key].lookups | LOOKED_UP
            self.known.words[key].lookups = asked
            if row >= 0:
                self.known.words[key].lookups = asked | KNOWN
                self.known.words[key].p_female = self.p_world[row]
                self.known.words[key].count = self.counts[row]
                self.known.words[key].sources = self.sources[row]
                self.known.words[key].places = self.first[row]
                self.known.words[key].n_places = self.sizes[row]
        return self.known.words[key].lookups & KNOWN != 0

    def in_country(self, key, country) -> float:
        """Return P(female) of a known key in a country, given by number; NaN without evidence."""
        places: cython.int = self.known.words[key].places
        at: cython.int
        if country == 0:
            return _NO_EVIDENCE
        if places < 0:
            p_female: cython.double = self.matrix[-1 - places, country]
            return p_female if p_female > 0 else _NO_EVIDENCE
        for at in range(places, places + self.known.words[key].n_places):
            if self.pair_countries[at] == country:
                return self.pair_p_female[at]
        return _NO_EVIDENCE

    def anywhere(self, key, country) -> float:
        """Return P(female) of a known key in a country, else worldwide."""
        p_female: cython.double = self.in_country(key, country)
        return self.known.words[key].p_female if isnan(p_female) else p_female
