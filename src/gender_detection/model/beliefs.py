"""What is believed of each name: evidence in the country, in the world, or the spelling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..evidence import Evidence, Lookup
from ..names import ParsedName, family_gender, key
from ..origins import Origins
from ..pattern import PatternModel
from .combination import add_names, moved, trusted
from .parameters import Parameters
from .prediction import Basis

Row = tuple[float, float, int]  # p_female, bearers, sources


@dataclass(frozen=True, slots=True)
class Belief:
    """P(female), what it rests on, and how well the name is known in the world."""

    p_female: float
    basis: Basis
    count: float = 0.0
    sources: int = 0


@dataclass(frozen=True)
class Sources:
    """What a belief can rest on."""

    evidence: Evidence
    origins: Origins
    pattern: PatternModel
    parameters: Parameters


def believe(
    sources: Sources, parsed: Sequence[ParsedName], countries: Sequence[str | None]
) -> list[Belief | None]:
    """Return what is believed of each name, given its bearer's country (alpha-2 in upper case) or
    None; None where the name says nothing."""
    return _Lookups(sources, parsed, countries).beliefs()


class _Lookups:
    """All that a batch of names asks for, looked up in as few steps as there are tables."""

    def __init__(
        self,
        sources: Sources,
        parsed: Sequence[ParsedName],
        countries: Sequence[str | None],
    ) -> None:
        self.sources, self.parsed, self.countries = sources, parsed, countries
        judged = [() if name.reason or name.title_gender else name.keys for name in parsed]
        keys = list(dict.fromkeys(key for keys in judged for key in keys))
        evidence = sources.evidence
        self.world = dict(zip(keys, _rows(evidence.find(keys)), strict=True)) if keys else {}
        self.local: dict[tuple[str, str], Row] = {}
        self._look_up_in_countries(
            (key, country)
            for keys, country in zip(judged, countries, strict=True)
            if country
            for key in keys
            if self.world[key]
        )
        self.chosen = [self._choose(keys) for keys in judged]
        self.origins = self._origins()
        # Also where several names together are unknown and one of them is not.
        asked = [
            key for keys, k in zip(judged, self.chosen, strict=True) if k for key in (k, keys[0])
        ]
        unseen = list(dict.fromkeys(key for key in asked if not self.world[key]))
        spelled = sources.pattern.p_female(unseen).tolist() if unseen else []
        self.spelled = dict(zip(unseen, spelled, strict=True))

    def beliefs(self) -> list[Belief | None]:
        batch = zip(self.parsed, self.chosen, self.countries, self.origins, strict=True)
        return [self._belief(*row) for row in batch]

    def _look_up_in_countries(self, pairs: Iterable[tuple[str, str]]) -> None:
        asked = list(dict.fromkeys(pairs))
        if asked:
            found = self.sources.evidence.find_in_country(*zip(*asked, strict=True))
            rows = zip(asked, _rows(found), strict=True)
            self.local.update((pair, row) for pair, row in rows if row)

    def _choose(self, keys: Sequence[str]) -> str | None:
        """Return the key to judge by: the first well known, else the first known, else the first
        word."""
        first_known = None
        for candidate in keys:
            if row := self.world[candidate]:
                if row[1] >= self.sources.parameters.min_count:
                    return candidate
                first_known = first_known or candidate
        return first_known or (keys[1] if len(keys) > 1 else keys[0] if keys else None)

    def _origins(self) -> list[list[tuple[str, float]]]:
        """Return where each name's bearer may come from, and look up the evidence there; [] where
        the country is known to the evidence or nothing is known of the family name."""
        asked = [
            _family_keys(name.family)
            if name.family and key and self.world[key] and (key, country) not in self.local
            else []
            for name, key, country in zip(self.parsed, self.chosen, self.countries, strict=True)
        ]
        families = list(dict.fromkeys(family for row in asked for family in row))
        known = dict(zip(families, self.sources.origins.find(families), strict=True))
        origins = [next((known[family] for family in row if known[family]), []) for row in asked]
        self._look_up_in_countries(
            (key, country)
            for key, row in zip(self.chosen, origins, strict=True)
            if key
            for country, _ in row
        )
        return origins

    def _belief(
        self,
        name: ParsedName,
        key: str | None,
        country: str | None,
        origins: Sequence[tuple[str, float]],
    ) -> Belief | None:
        parameters = self.sources.parameters
        if name.title_gender:
            female = name.title_gender == "female"
            return Belief(parameters.p_title if female else 1 - parameters.p_title, "title")
        if not key:
            return None
        row = self.world[key]
        if not row:
            p_female = trusted(self.spelled[key], parameters.trust_unseen)
            return Belief(self._by_family(name, p_female), "pattern")
        basis: Basis = "name"
        p_female = row[0]
        if country and (here := self.local.get((key, country))):
            p_female, basis = here[0], "country"
        for origin, share in origins:
            if there := self.local.get((key, origin)):
                p_female += share * (there[0] - row[0])
        if key != name.keys[0]:
            whole = self.spelled.get(name.keys[0], 0.5)
            p_female = add_names(p_female, whole, self._others(name, key, country), parameters)
        return Belief(self._by_family(name, p_female), basis, row[1], row[2])

    def _by_family(self, name: ParsedName, p_female: float) -> float:
        gender = family_gender(name.family) if name.family else None
        if not gender:
            return p_female
        odds = self.sources.parameters.weight_family
        return moved(p_female, odds if gender == "female" else -odds)

    def _others(self, name: ParsedName, key: str, country: str | None) -> list[tuple[float, float]]:
        """Return p_female and bearers of a name's other words that are known."""
        others = []
        for other in name.keys[1:]:
            if other != key and (row := self.world[other]):
                here = self.local.get((other, country)) if country else None
                others.append(((here or row)[0], row[1]))
        return others


def _family_keys(family: str) -> list[str]:
    """Return the keys to look a family name up by: whole, then word by word."""
    words = [family, *family.replace("-", " ").split()]
    return [folded for folded in dict.fromkeys(key(word) for word in words) if len(folded) > 2]


def _rows(found: Lookup) -> list[Row | None]:
    columns = (found.found, found.p_female, found.count, found.sources)
    rows = zip(*(np.asarray(column).tolist() for column in columns), strict=True)
    return [(p, count, sources) if known else None for known, p, count, sources in rows]
