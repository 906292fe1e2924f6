"""What is believed of each name: evidence in the country, in the world, or the spelling."""

from collections.abc import Iterator, Mapping, Sequence

from ..names import ParsedName
from .combination import add_names, moved, trusted
from .lookups import Family, Known, Lookups
from .parameters import Parameters
from .prediction import Basis, EvidenceSummary

# P(female), what it rests on, and how well the name is known in the world.
Belief = tuple[float, Basis, EvidenceSummary]
Pair = tuple[str, str]  # key, country

NOTHING_KNOWN = EvidenceSummary(0, 0)
_NO_FAMILY = Family(None, ())


def believe(
    lookups: Lookups,
    parameters: Parameters,
    parsed: Sequence[ParsedName],
    countries: Sequence[str | None],
) -> list[Belief | None]:
    """Return what is believed of each name, given its bearer's country (alpha-2 in upper case) or
    None; None where the name says nothing."""
    return list(_Batch(lookups, parameters, parsed, countries).beliefs())


class _Batch:
    """All that a batch of names asks for, looked up in as few steps as there are tables."""

    def __init__(
        self,
        lookups: Lookups,
        parameters: Parameters,
        parsed: Sequence[ParsedName],
        countries: Sequence[str | None],
    ) -> None:
        self.lookups, self.parameters = lookups, parameters
        self.parsed, self.countries = parsed, countries
        self.judged = [() if name.title_gender else name.keys for name in parsed]
        self.world = lookups.world.holding({key for keys in self.judged for key in keys})
        self.families = lookups.families.holding({name.family for name in parsed if name.family})
        self.chosen = [
            keys[0] if len(keys) == 1 else self._choose(keys) if keys else None
            for keys in self.judged
        ]
        self.local = self._in_countries()
        self.at_origin = self._at_origins()
        self.spelled = self._spelled()

    def _in_countries(self) -> Mapping[Pair, float | None]:
        world = self.world
        rows = zip(self.judged, self.countries, strict=True)
        return self.lookups.local.holding(
            {(key, country) for keys, country in rows if country for key in keys if world[key]}
        )

    def _at_origins(self) -> Mapping[Pair, float | None]:
        """Look up where bearers of the family names come from; not where the country says it."""
        world, local, families = self.world, self.local, self.families
        rows = zip(self.parsed, self.chosen, self.countries, strict=True)
        return self.lookups.local.holding(
            {
                (key, origin)
                for name, key, country in rows
                if key and name.family and world[key]
                if not country or local[key, country] is None
                for origin, _ in families[name.family].origins
            }
        )

    def _spelled(self) -> Mapping[str, float]:
        world = self.world
        unseen = {key for key in self.chosen if key and not world[key]}
        # Also where several names together are unknown and one of them is not.
        unseen.update(keys[0] for keys in self.judged if len(keys) > 1 and not world[keys[0]])
        return self.lookups.spelled.holding(unseen)

    def beliefs(self) -> Iterator[Belief | None]:
        """Yield what is believed of each name."""
        weight_family = self.parameters.weight_family
        rows = zip(self.parsed, self.judged, self.chosen, self.countries, strict=True)
        for name, keys, key, country in rows:
            if key is None:
                yield self._by_title(name)
                continue
            family = self.families[name.family] if name.family else _NO_FAMILY
            if known := self.world[key]:
                p_female, basis = self._by_evidence(known, key, country, family)
                summary = known.summary
                if key != keys[0]:
                    p_female = self._with_others(p_female, keys, key, country)
            else:
                p_female = trusted(self.spelled[key], self.parameters.trust_unseen)
                basis, summary = "pattern", NOTHING_KNOWN
            if family.gender:
                odds = weight_family if family.gender == "female" else -weight_family
                p_female = moved(p_female, odds)
            yield p_female, basis, summary

    def _by_evidence(
        self, known: Known, key: str, country: str | None, family: Family
    ) -> tuple[float, Basis]:
        if country and (here := self.local[key, country]) is not None:
            return here, "country"
        p_female = known.p_female
        for origin, share in family.origins:
            if (there := self.at_origin[key, origin]) is not None:
                p_female += share * (there - known.p_female)
        return p_female, "name"

    def _choose(self, keys: Sequence[str]) -> str:
        """Return the key to judge by: the first well known, else the first known, else the first
        word."""
        first_known = None
        for candidate in keys:
            if known := self.world[candidate]:
                if known.count >= self.parameters.min_count:
                    return candidate
                first_known = first_known or candidate
        return first_known or keys[1]

    def _by_title(self, name: ParsedName) -> Belief | None:
        if not name.title_gender:
            return None
        p_title = self.parameters.p_title
        female = name.title_gender == "female"
        return p_title if female else 1 - p_title, "title", NOTHING_KNOWN

    def _with_others(
        self, p_female: float, keys: Sequence[str], key: str, country: str | None
    ) -> float:
        """Return P(female) where the name's other words and their joint spelling count too."""
        others = []
        for other in keys[1:]:
            if other != key and (known := self.world[other]):
                here = self.local[other, country] if country else None
                others.append((known.p_female if here is None else here, known.count))
        whole = 0.5 if self.world[keys[0]] else self.spelled[keys[0]]
        return add_names(p_female, whole, others, self.parameters)
