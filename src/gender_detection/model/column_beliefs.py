"""What is believed of names in columns that have one key and at most one family name.

It is what beliefs.believe does with these. What recurs is looked up once: keys and family names
come as their distinct values and places among these.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..evidence import Evidence, Lookup
from ..features import Rows, hash_rows
from ..names.column_words import NONE, Places
from ..names.columns import genders_of_families
from ..origins import Origins
from ..pattern import PatternModel
from .codes import COUNTRY, NAME, PATTERN
from .parameters import Parameters

LEAST_FAMILY_LETTERS = 3

Floats = npt.NDArray[np.float64]
Bases = npt.NDArray[np.int8]
CountryCodes = npt.NDArray[np.uint16]


class Asked(Protocol):
    """What of a model is asked here."""

    @property
    def evidence(self) -> Evidence:
        """What the sources say of names."""

    @property
    def origins(self) -> Origins:
        """What they say of family names."""

    @property
    def pattern(self) -> PatternModel:
        """What the spelling says."""

    @property
    def parameters(self) -> Parameters:
        """How these go together."""


class ColumnBeliever:
    """One model's evidence, origins and spellings about the distinct names of a column."""

    def __init__(self, model: Asked, keys: pa.StringArray, families: pa.StringArray) -> None:
        self._by_country, self._origins = model.evidence.by_country, model.origins
        self._pattern, self.parameters = model.pattern, model.parameters
        hashes, world = hash_rows(_rows(keys)), model.evidence.world
        self._keys, self._places = keys, world.places_of(hashes)
        self.world: Lookup = world.find(hashes)
        self.p_world = self.world.p_female.astype(np.float64)
        # The last one of both is what NONE leads to.
        self.origin_rows = np.append(self._find_origins(families), NONE)
        self.genders = np.append(genders_of_families(families), np.int8(0))

    def _find_origins(self, families: pa.StringArray) -> Places:
        letters = _rows(families)
        rows = self._origins.rows_of(hash_rows(letters))
        offsets = self._origins.offsets
        nowhere = offsets[rows + 1] == offsets[rows]
        return np.where((letters.lengths < LEAST_FAMILY_LETTERS) | nowhere, NONE, rows)

    def spell(self, at: Places) -> Floats:
        """Take P(female) of the keys at these places, which no source knows, from their spelling;
        return what log-odds that says, (k,)."""
        odds = log_odds(
            self._pattern.p_female(self._keys.take(pa.array(at)).to_pylist()).astype(np.float64)
        )
        self.p_world[at] = share_of(self.parameters.trust_unseen * odds)
        return odds

    def believe(
        self, keys: Places, countries: CountryCodes, families: Places
    ) -> tuple[Floats, Bases]:
        """Return P(female) and the place in codes.BASES of what it rests on, for names with a key
        and a family name, NONE where there is none, in countries as features.country_codes numbers
        them, 0 where there is none: all of shape (n,)."""
        p_female, bases = self.by_evidence(keys, countries, self.origin_rows[families])
        self.move_by_form(p_female, self.genders[families])
        return p_female, bases

    def by_evidence(
        self, keys: Places, countries: CountryCodes, origins: Places
    ) -> tuple[Floats, Bases]:
        """Return what is believed of keys in countries, those of the family name where there is no
        evidence in the bearer's own; origins are its rows, NONE where there is none."""
        p_female = self.p_world[keys]
        bases = np.where(self.world.found[keys], NAME, PATTERN).astype(np.int8)
        local, p_local = self.in_countries(keys, countries)
        p_female[local] = p_local
        bases[local] = COUNTRY
        elsewhere = np.flatnonzero((origins != NONE) & (bases == NAME))
        self._move_by_origins(p_female, elsewhere, keys[elsewhere], origins[elsewhere])
        return p_female, bases

    def in_countries(
        self, keys: Places, countries: CountryCodes
    ) -> tuple[Places, npt.NDArray[np.float32]]:
        """Return for which keys there is evidence in their countries, (m,), and P(female) there."""
        asked = np.flatnonzero(self.world.found[keys] & (countries > 0))
        found, p_local = self._by_country.find(self._places[keys[asked]], countries[asked])
        return asked[found], p_local[found]

    def _move_by_origins(self, p_female: Floats, at: Places, keys: Places, rows: Places) -> None:
        """Move P(female) to where bearers of the family name come from."""
        row, countries, shares = self._origins.expanded(rows)
        found, p_there = self._by_country.find(self._places[keys[row]], countries)
        row = row[found]
        moves = shares[found] * (p_there[found] - self.p_world[keys[row]])
        p_female[at] += np.bincount(row, moves, minlength=len(at))

    def move_by_form(self, p_female: Floats, genders: npt.NDArray[np.int8]) -> None:
        """Move P(female) by the form of a family name that women or men bear: 1 or -1, else 0."""
        at = np.flatnonzero(genders)
        odds = log_odds(p_female[at]) + self.parameters.weight_family * genders[at]
        p_female[at] = share_of(odds)


def _rows(texts: pa.StringArray) -> Rows:
    """Return keys as rows of letters, without a Python string for each."""
    if not len(texts):
        return Rows.of([])
    together = pc.binary_join(pa.ListArray.from_arrays([0, len(texts)], texts), "\0")[0]
    return Rows.parted(np.frombuffer(b"\0%b\0" % together.as_buffer(), np.uint8))


def share_of(odds: Floats) -> Floats:
    """Return combination.share of each, (n,)."""
    return 1 / (1 + np.exp(-odds))


def log_odds(p: Floats) -> Floats:
    """Return combination.log_odds of each, (n,)."""
    held = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(held / (1 - held))
