"""A model's answers to people in columns: plain names all at once, the others one by one.

A plain name has one key and at most one family name; what beliefs.believe does with these is done
here in columns. What recurs is looked up once: keys and family names come as their distinct values
and places among these.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..evidence import Evidence, Lookup
from ..features import hash_keys, hash_with_codes
from ..names.columns import NONE, ShortNames, genders_of_families
from ..origins import Origins
from ..pattern import PatternModel
from .codes import COUNTRY, NAME, PATTERN, Codes, codes_of
from .parameters import Parameters
from .people import People
from .prediction import Person

# What is worked out for people one by one takes far more memory than what is kept of it.
PEOPLE_AT_ONCE = 4_000

# People at a time: what is worked out for each takes some hundred bytes.
BLOCK = 65_536
LEAST_FAMILY_LETTERS = 3

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
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

    def codes(self, people: Sequence[Person], *, female_share: float | None) -> Codes:
        """Return the answers to people one by one."""


@dataclass(frozen=True)
class PlainAnswers:
    """The answers to those people whose names are plain, each array of shape (m,).

    at       their places among the people
    codes    their answers
    count    bearers of the name in the world, rounded, and
    sources  the sources that know it: 0 where the answer rests on the spelling
    key_of   the place of each one's key among the distinct ones of the column
    words    distinct words of the column as written
    first    the place of each one's given name among these
    """

    at: Places
    codes: Codes
    count: Places
    sources: npt.NDArray[np.uint16]
    key_of: Places
    words: pa.StringArray
    first: Places


def answer(model: Asked, people: People, female_share: float | None) -> Codes:
    """Return the answers to people as codes, int32 (n,): see Model.answer."""
    codes = np.empty(len(people), np.int32)
    left = np.ones(len(people), np.bool_)
    for found in plain_answers(model, people, female_share):
        codes[found.at] = found.codes
        left[found.at] = False
    rest = np.flatnonzero(left)
    for start in range(0, len(rest), PEOPLE_AT_ONCE):
        some = rest[start : start + PEOPLE_AT_ONCE]
        codes[some] = model.codes(people.persons(some), female_share=female_share)
    return codes


def plain_answers(
    model: Asked, people: People, female_share: float | None
) -> Iterator[PlainAnswers]:
    """Yield the answers to people with plain names."""
    countries, ordered = people.countries()
    for names, at in people.short():
        taken = np.flatnonzero(names.read & ~(names.ordered & ordered[at]))
        found = ColumnBeliever(model, names).believe(taken, countries[at[taken]])
        p_female = found.p_female
        if female_share is not None:
            p_female = shifted(p_female, female_share, model.parameters.base_share)
        yield PlainAnswers(
            at[taken],
            codes_of(p_female, found.bases),
            np.rint(found.count).astype(np.int64),
            found.sources,
            names.key_of[taken],
            names.words,
            names.first[taken],
        )


@dataclass(frozen=True)
class ColumnBeliefs:
    """P(female) float64, the place in codes.BASES of what it rests on int8, bearers float32 and
    sources uint16 of the name in the world: each of shape (n,)."""

    p_female: Floats
    bases: npt.NDArray[np.int8]
    count: npt.NDArray[np.float32]
    sources: npt.NDArray[np.uint16]


class ColumnBeliever:
    """One model's evidence, origins and spellings about the distinct names of a column."""

    def __init__(self, model: Asked, names: ShortNames) -> None:
        self._by_country, self._origins = model.evidence.by_country, model.origins
        self._parameters = parameters = model.parameters
        self._hashes = hash_keys(names.keys)
        self._world: Lookup = model.evidence.world.find(self._hashes)
        self._p_world = self._world.p_female.astype(np.float64)
        unseen = np.flatnonzero(~self._world.found)
        if len(unseen):
            spelled = model.pattern.p_female([names.keys[at] for at in unseen.tolist()])
            odds = parameters.trust_unseen * log_odds(spelled.astype(np.float64))
            self._p_world[unseen] = share_of(odds)
        self._genders = genders_of_families(names.families)
        self._origin_rows = self._find_origins(names.families)
        self._names = names

    def _find_origins(self, families: list[str]) -> Places:
        rows = self._origins.rows_of(hash_keys(families))
        short = np.array([len(family) < LEAST_FAMILY_LETTERS for family in families], np.bool_)
        return np.where(short, NONE, rows)

    def believe(self, at: Places, countries: CountryCodes) -> ColumnBeliefs:
        """Return what is believed of the names at these places of the column, (n,), in countries
        as features.country_codes numbers them, 0 where there is none."""
        blocks = [slice(start, start + BLOCK) for start in range(0, max(len(at), 1), BLOCK)]
        found = [self._block(at[block], countries[block]) for block in blocks]
        keys = self._names.key_of[at]
        return ColumnBeliefs(
            np.concatenate([p_female for p_female, _ in found]),
            np.concatenate([bases for _, bases in found]),
            self._world.count[keys],
            self._world.sources[keys],
        )

    def _block(self, at: Places, countries: CountryCodes) -> tuple[Floats, npt.NDArray[np.int8]]:
        keys, families = self._names.key_of[at], self._names.family_of[at]
        known = self._world.found[keys]
        p_female = self._p_world[keys]
        bases = np.where(known, NAME, PATTERN).astype(np.int8)
        asked = np.flatnonzero(known & (countries > 0))
        hashes = hash_with_codes(self._hashes[keys[asked]], countries[asked])
        local, p_local = self._by_country.find_p_female(hashes)
        p_female[asked[local]] = p_local
        bases[asked[local]] = COUNTRY
        beside = np.flatnonzero(families != NONE)
        elsewhere = beside[bases[beside] == NAME]
        self._move_by_origins(p_female, elsewhere, keys[elsewhere], families[elsewhere])
        self._move_by_form(p_female, beside, families[beside])
        return p_female, bases

    def _move_by_origins(
        self, p_female: Floats, at: Places, keys: Places, families: Places
    ) -> None:
        """Move P(female) to where bearers of the family name come from."""
        rows = self._origin_rows[families]
        there = rows != NONE
        at, keys = at[there], keys[there]
        row, countries, shares = self._origins.expanded(rows[there])
        hashes = hash_with_codes(self._hashes[keys[row]], countries)
        found, p_there = self._by_country.find_p_female(hashes)
        row = row[found]
        moves = shares[found] * (p_there - self._p_world[keys[row]])
        p_female[at] += np.bincount(row, moves, minlength=len(at))

    def _move_by_form(self, p_female: Floats, at: Places, families: Places) -> None:
        """Move P(female) by the form of a family name that women or men bear."""
        gender = self._genders[families]
        at, gender = at[gender != 0], gender[gender != 0]
        odds = log_odds(p_female[at]) + self._parameters.weight_family * gender
        p_female[at] = share_of(odds)


def share_of(odds: Floats) -> Floats:
    """Return combination.share of each, (n,)."""
    return 1 / (1 + np.exp(-odds))


def log_odds(p: Floats) -> Floats:
    """Return combination.log_odds of each, (n,)."""
    held = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(held / (1 - held))


def shifted(p_female: Floats, share: float, base: float) -> Floats:
    """Return combination.shift_prior of each, (n,)."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        odds = p_female / (1 - p_female) * (share / (1 - share)) / (base / (1 - base))
        moved = np.where(np.isinf(odds), 1.0, odds / (1 + odds))
    certain = (p_female <= 0) | (p_female >= 1)
    return np.where(certain, p_female, moved)
