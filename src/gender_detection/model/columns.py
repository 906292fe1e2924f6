"""A model's answers to people in columns: most names all at once, what is left one by one.

A plain name has one key and at most one family name (names.columns); one of several words may have
several of both (names.several).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..names.order import ORDERED
from ..names.several_keys import SeveralNames
from .codes import TITLE, Codes, codes_of, reason_code
from .column_beliefs import Asked, Bases, ColumnBeliever, CountryCodes, Floats, Places
from .people import People
from .prediction import Person
from .several import SeveralBeliever

# What is worked out for people one by one takes far more memory than what is kept of it.
PEOPLE_AT_ONCE = 4_000
# People at a time: what is worked out for each takes some hundred bytes, or a thousand where names
# have several words.
BLOCK = 32_768
SEVERAL_AT_ONCE = 32_768
# So few are read one by one in no more time than operations on columns take to start.
FEW_SEVERAL = 256
_INITIALS = reason_code("initials")


class Answering(Asked, Protocol):
    """A model that also answers people one by one."""

    def codes(self, people: Sequence[Person], *, female_share: float | None) -> Codes:
        """Return the answers to people one by one."""


@dataclass(frozen=True)
class PlainAnswers:
    """The answers to people whose names were read in columns, each array of shape (m,).

    at       their places among the people
    codes    their answers
    count    bearers of the name in the world, rounded, and
    sources  the sources that know it: 0 where the answer rests on the spelling, or on a title
    key_of   the place of the key that each one is judged by among distinct ones; those that are
             judged by a title have the one behind all of these, or 0 where they have no given name
    words    given names as written, null for none
    first    the place of each one's given name among these
    """

    at: Places
    codes: Codes
    count: Places
    sources: npt.NDArray[np.uint16]
    key_of: Places
    words: pa.StringArray
    first: Places


def answer(model: Answering, people: People, female_share: float | None) -> Codes:
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
    """Yield the answers to people whose names can be read in columns."""
    countries, customs = people.countries()
    ordered = np.array(ORDERED, np.bool_)[customs]
    left = np.ones(len(people), np.bool_)
    for names, at in people.short():
        taken = np.flatnonzero(names.read & ~(names.ordered & ordered[at]))
        left[at[taken]] = False
        believer = ColumnBeliever(model, names.keys, names.families)
        believer.spell(np.flatnonzero(~believer.world.found))
        keys, families = names.key_of[taken], names.family_of[taken]
        beliefs = _in_blocks(believer, keys, countries[at[taken]], families)
        codes = _codes(model, *beliefs, female_share)
        yield _answers(at[taken], codes, believer, keys, names.words, names.first[taken])
    rest = np.flatnonzero(left)
    if len(rest) <= FEW_SEVERAL:
        return
    for start in range(0, len(rest), SEVERAL_AT_ONCE):
        some = rest[start : start + SEVERAL_AT_ONCE]
        for several, at in people.several(some, customs[some]):
            named = at[several.at]
            yield _several_answers(model, several, named, countries[named], female_share)
            if len(several.unnamed):
                titles = several.unnamed_titles
                yield _unnamed_answers(model, at[several.unnamed], titles, female_share)


def _in_blocks(
    believer: ColumnBeliever, keys: Places, countries: CountryCodes, families: Places
) -> tuple[Floats, Bases]:
    p_female, bases = np.empty(len(keys)), np.empty(len(keys), np.int8)
    for start in range(0, len(keys), BLOCK):
        part = slice(start, start + BLOCK)
        p_female[part], bases[part] = believer.believe(keys[part], countries[part], families[part])
    return p_female, bases


def _several_answers(
    model: Asked,
    names: SeveralNames,
    at: Places,
    countries: CountryCodes,
    female_share: float | None,
) -> PlainAnswers:
    believer = SeveralBeliever(model, names)
    codes = _codes(model, *believer.believe_all(countries), female_share)
    return _answers(at, codes, believer, believer.chosen, names.given, np.arange(len(at)))


def _unnamed_answers(
    model: Asked, at: Places, titles: npt.NDArray[np.int8], female_share: float | None
) -> PlainAnswers:
    """Return the answers to people who have no given name but initials, or a title: 1 for women's,
    -1 for men's."""
    p_title, bases = model.parameters.p_title, np.full(len(at), TITLE, np.int8)
    titled = _codes(model, np.where(titles > 0, p_title, 1 - p_title), bases, female_share)
    codes, nothing = np.where(titles != 0, titled, _INITIALS), np.zeros(len(at), np.int64)
    words = pa.nulls(1, pa.string())
    sources = nothing.astype(np.uint16)
    return PlainAnswers(at, codes.astype(np.int32), nothing, sources, nothing, words, nothing)


def _codes(model: Asked, p_female: Floats, bases: Bases, female_share: float | None) -> Codes:
    if female_share is not None:
        p_female = shifted(p_female, female_share, model.parameters.base_share)
    return codes_of(p_female, bases)


def _answers(
    at: Places,
    codes: Codes,
    believer: ColumnBeliever,
    keys: Places,
    words: pa.StringArray,
    first: Places,
) -> PlainAnswers:
    """Return the answers to people judged by these keys, NONE for a title."""
    count = np.append(np.rint(believer.world.count).astype(np.int64), 0)
    sources = np.append(believer.world.sources, np.uint16(0))
    key_of = np.where(keys < 0, len(count) - 1, keys)
    return PlainAnswers(at, codes, count[key_of], sources[key_of], key_of, words, first)


def shifted(p_female: Floats, share: float, base: float) -> Floats:
    """Return combination.shift_prior of each, (n,)."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        odds = p_female / (1 - p_female) * (share / (1 - share)) / (base / (1 - base))
        moved = np.where(np.isinf(odds), 1.0, odds / (1 + odds))
    certain = (p_female <= 0) | (p_female >= 1)
    return np.where(certain, p_female, moved)
