"""The keys to look a name up by, the most specific first."""

import re

from . import tables
from .text import MAX_KEY_LETTERS, key, script
from .titles import is_initials, is_not_a_name

MAX_KEYS = 4

CAMEL = r"(?:[A-Z][a-z]{2,20}){2,4}"
_CAMEL = re.compile(CAMEL)
_NAMES_TOO = tables.TITLES_NEVER_ALONE.union(
    tables.DOTTED_TITLES, tables.TITLES_BEFORE_TWO, tables.COUNTRY_TITLES
)
NOT_LOOKUPS = (tables.FEMALE_TITLES | tables.MALE_TITLES | tables.NEUTRAL_TITLES) - _NAMES_TOO


def name_keys(given: tuple[str, ...], vietnamese: bool) -> tuple[str, ...]:
    """Return the keys of given-name words: together, the first two, each, the parts of each.

    In Vietnamese order the last word is the name proper and comes before the others.
    """
    if not given:
        return ()
    if len(given) == 1 and given[0].isascii() and given[0].isalpha() and given[0][1:].islower():
        folded = key(given[0])
        return (folded,) if _is_lookup(folded) else ()
    words = [key(word) for word in given]
    candidates = ["".join(words)]
    size = len(words) if vietnamese else _size_before_particle(words)
    if len(words) > 2 and size >= 2:
        candidates.append(words[0] + words[1])
    order = [given[-1], *given[:-1]] if vietnamese else given[:size]
    for word in order:
        candidates.append(key(word))
        candidates += parts_of(word)
    cut = (candidate[:MAX_KEY_LETTERS] for candidate in candidates)
    return tuple(dict.fromkeys(k for k in cut if _is_lookup(k)))[:MAX_KEYS]


def _size_before_particle(words: list[str]) -> int:
    for index in range(1, len(words)):
        if words[index] in tables.CUTTING_PARTICLES:
            return index
    return len(words)


def parts_of(word: str) -> list[str]:
    """Return the keys of the parts of a word, where it is put together of names."""
    camel = None if word[1:].islower() else _CAMEL.fullmatch(word)
    if not camel and word.isalpha():
        return []
    parts = re.findall("[A-Z][a-z]+", word) if camel else re.split(r"[\s\-]+", word)
    written = script(word)
    keys = [key(part) for part in parts if not is_initials(part, written)]
    if len(keys) > 1 and keys[0] in tables.SERVANT_OF:
        rest = "".join(part for part in keys[1:] if part not in tables.ARTICLES)
        return ["abdul" + rest, "abdul", rest]
    if len(keys) < 2:
        return []
    return [keys[0], *(part for part in keys[1:] if part not in tables.ARTICLES)]


def _is_lookup(folded: str) -> bool:
    """Return whether a key is worth asking for by itself: parse(key) would keep it."""
    return len(folded) > 1 and folded not in NOT_LOOKUPS and not is_not_a_name(folded)
