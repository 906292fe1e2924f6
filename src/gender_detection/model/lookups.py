"""What a model looks up for names, and remembers of late.

Given names and family names recur: most of what a request asks has been asked before. What is
remembered is bounded, belongs to one model, and is shared by threads without a lock.
"""

from collections.abc import Callable, Collection, Set
from itertools import chain
from typing import Generic, TypeVar

import msgspec

from ..evidence import Evidence
from ..names import family_gender, key
from ..origins import Origins
from ..pattern import PatternModel
from .prediction import EvidenceSummary

K = TypeVar("K", bound=str | tuple[str, str])
V = TypeVar("V")

# Entries of a generation; one takes a few hundred bytes.
KEYS, PAIRS, FAMILIES, SPELLINGS = 8_192, 16_384, 8_192, 4_096
# Longer texts are looked up each time: remembered, a few thousand would take all the memory.
LONGEST = 64


class Known(msgspec.Struct, frozen=True, gc=False):
    """What is known of a key in the world; summary is what a prediction says of that."""

    p_female: float
    count: float
    summary: EvidenceSummary


class Family(msgspec.Struct, frozen=True, gc=False):
    """What a family name says: the gender whose form it has, and countries with their shares."""

    gender: str | None
    origins: tuple[tuple[str, float], ...]


class Remembered(Generic[K, V]):
    """Answers of find by what was asked: the last `size` at least, 2 * size and one batch at most.

    Two generations: when the recent one is full it becomes the older one, whose answers are
    dropped with it unless they are asked for again.
    """

    def __init__(self, find: Callable[[list[K]], Collection[V]], size: int) -> None:
        self._find, self._size = find, size
        self._generations: tuple[dict[K, V], dict[K, V]] = ({}, {})

    def holding(self, asked: Set[K]) -> dict[K, V]:
        """Return a dictionary that holds the answers to all that is asked, among others.

        Nothing is ever taken out of it, whatever other threads ask meanwhile.
        """
        recent, older = self._generations
        missing = [item for item in asked if item not in recent]
        if not missing:
            return recent
        if len(recent) >= self._size:
            recent, older = {}, recent
            self._generations = recent, older
            missing = list(asked)
        wanted = []
        for item in missing:
            if item in older:
                recent[item] = older[item]
            else:
                wanted.append(item)
        if not wanted:
            return recent
        found = dict(zip(wanted, self._find(wanted), strict=True))
        if long := [item for item in wanted if len(item) > LONGEST]:
            passing = {item: found.pop(item) for item in long}
            recent.update(found)
            return {item: recent[item] for item in asked if item not in passing} | passing
        recent.update(found)
        return recent


class Lookups:
    """What one model's evidence, origins and spellings say, each asked once for what recurs."""

    def __init__(self, evidence: Evidence, origins: Origins, pattern: PatternModel) -> None:
        self._evidence, self._origins, self._pattern = evidence, origins, pattern
        self.world = Remembered[str, Known | None](self._in_world, KEYS)
        # P(female) of a pair of key and country; None where there is no evidence.
        self.local = Remembered[tuple[str, str], float | None](evidence.p_female_in_country, PAIRS)
        self.families = Remembered[str, Family](self._of_family, FAMILIES)
        self.spelled = Remembered[str, float](self._by_spelling, SPELLINGS)

    def _in_world(self, keys: list[str]) -> list[Known | None]:
        return [
            Known(row[0], row[1], EvidenceSummary(round(row[1]), row[2])) if row else None
            for row in self._evidence.rows(keys)
        ]

    def _of_family(self, families: list[str]) -> list[Family]:
        asked = [_family_keys(family) for family in families]
        keys = list(dict.fromkeys(chain.from_iterable(asked)))
        known = dict(zip(keys, self._origins.find(keys), strict=True))
        origins = (next(filter(None, map(known.__getitem__, row)), ()) for row in asked)
        return [
            # A tuple, which the garbage collector leaves alone.
            Family(family_gender(family), tuple(found))
            for family, found in zip(families, origins, strict=True)
        ]

    def _by_spelling(self, keys: list[str]) -> list[float]:
        return self._pattern.p_female(keys).tolist()


def _family_keys(family: str) -> list[str]:
    """Return the keys to look a family name up by: whole, then word by word."""
    if len(family) <= LONGEST and family.isascii() and family.isalpha():
        return [family.lower()] if len(family) > 2 else []
    words = [family, *family.replace("-", " ").split()]
    return [folded for folded in dict.fromkeys(key(word) for word in words) if len(folded) > 2]
