# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""The countries that a family name comes from, for the words of one Estimator."""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.gender_detection.features.memory import prefetch
    from cython.cimports.gender_detection.names import word_classes as kinds
    from cython.cimports.gender_detection.names.parser import NameParser
    from cython.cimports.gender_detection.names.words import Words
else:
    from ..names import word_classes as kinds
    from ..names.parser import NameParser
    from ..names.words import Words

from ..origins import Origins

# A bit of Word.lookups; name_evidence and order_evidence have the others.
LOOKED_UP = 4
_MIN_LETTERS = cython.declare(cython.int, 3)


class OriginEvidence:
    """The origins of family names, looked up once for each word (Word.homes, n_homes)."""

    def __init__(self, known: Words, origins: Origins) -> None:
        self.known = known
        self.index, self.offsets = origins.index, origins.offsets.data
        self.countries, self.shares = origins.countries.data, origins.shares.data

    def fetch(self, number) -> None:
        """Prefetch the origins of a word, or the bucket to look them up in."""
        if self.known.words[number].lookups & LOOKED_UP == 0:
            self.index.fetch_bucket(self.known.words[number].hashed)
        elif self.known.words[number].n_homes and cython.compiled:
            prefetch(cython.address(self.countries[self.known.words[number].homes]))
            prefetch(cython.address(self.shares[self.known.words[number].homes]))

    def fetch_hashes(self, number) -> None:
        """Prefetch the hashes to look an unknown word up in, whose address fetch() has fetched."""
        if self.known.words[number].lookups & LOOKED_UP == 0:
            self.index.fetch(self.known.words[number].hashed)

    def family_of(self, name: NameParser) -> int:
        """Return the first word with known origins: the whole family name as one word, else one of
        its words or pieces; 0 for none."""
        start: cython.int = name.family_start
        end: cython.int = name.family_end
        whole: cython.int = self.known.together(name.row, start, end)
        at: cython.int
        link: cython.int
        if self._has_origins(whole):
            return whole
        for at in range(start, end):
            number: cython.int = name.row[at]
            if self.known.words[number].classes & kinds.PARTED:
                pieces: cython.int = self.known.pieces(number)
                for link in range(pieces + 1, pieces + 1 + self.known.links[pieces]):
                    if self._has_origins(self.known.links[link]):
                        return self.known.links[link]
            elif self._has_origins(number):
                return number
        return 0

    def _has_origins(self, number) -> bool:
        """Return whether the origins of a family name are known; looked up once."""
        asked: cython.int
        if self.known.words[number].lookups & LOOKED_UP == 0:
            asked = self.known.words[number].lookups
            self.known.words[number].lookups = asked | LOOKED_UP
            self.known.words[number].n_homes = 0
            row: cython.Py_ssize_t = -1
            if self.known.words[number].letters >= _MIN_LETTERS:
                row = self.index.find_one(self.known.words[number].hashed)
            if row >= 0:
                self.known.words[number].homes = self.offsets[row]
                # At most 255, in a byte (origins.MOST_COUNTRIES).
                self.known.words[number].n_homes = self.offsets[row + 1] - self.offsets[row]
        return self.known.words[number].n_homes > 0
