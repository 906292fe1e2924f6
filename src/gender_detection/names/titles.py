"""Which words of a name are titles, suffixes, initials or no name at all."""

import re

from . import tables
from .text import key

_CASED = frozenset({"latin", "cyrillic", "greek"})
_VOWELS = frozenset("aeiouy")

TITLE_WORDS = tables.FEMALE_TITLES.union(
    tables.MALE_TITLES,
    tables.NEUTRAL_TITLES,
    tables.COUNTRY_TITLES,
    tables.TITLES_BEFORE_TWO,
    tables.TITLES_AFTER,
    ["sr"],
)

FEMALE, MALE, NEUTRAL = "female", "male", "neutral"


def title_of(
    word: str, country: str, position: int, following: int, after_title: bool = False
) -> str | None:
    """Return "female", "male" or "neutral" where word is a title there, else None.

    position counts words before it, following those after it in the whole name. after_title says
    that a title stands right before it ("Lt Col"), which does for a dot.
    """
    if not word.isascii() and position + following:
        written = tables.WRITTEN_TITLES.get(word.rstrip(".").lower())
        if written is not None:
            return written
    folded = key(word)
    if folded not in TITLE_WORDS:
        return None
    others = position + following
    dotted = word.endswith(".") or after_title
    if (local := tables.COUNTRY_TITLES.get(folded)) and country in local[1] and others:
        return _local_title(folded, local[0], dotted, position, following)
    if folded in tables.TITLES_AFTER:
        return tables.TITLES_AFTER[folded] if position and not following else None
    if folded == "sr":
        return MALE if position == 0 and following else None
    if folded in tables.TITLES_BEFORE_TWO:
        return tables.TITLES_BEFORE_TWO[folded] if position == 0 and following >= 2 else None
    if folded in tables.COUNTRY_TITLES and (country or following < 2):
        return None
    if folded in tables.DOTTED_TITLES and not dotted:
        return None
    if folded in tables.TITLES_NEVER_ALONE and (not others or position > 0):
        return None
    if position and folded not in tables.TITLES_ANYWHERE:
        return None
    return _plain_title(folded)


def _local_title(
    folded: str, gender: str, dotted: bool, position: int, following: int
) -> str | None:
    if folded == "m":
        return gender if dotted and position == 0 and following else None
    return gender if position == 0 and following else None


def _plain_title(folded: str) -> str | None:
    if folded in tables.FEMALE_TITLES:
        return FEMALE
    if folded in tables.MALE_TITLES:
        return MALE
    return NEUTRAL if folded in tables.NEUTRAL_TITLES else None


def is_suffix(word: str, position: int) -> bool:
    """Return whether word, after position others, is Jr, III, PhD or the like."""
    return position > 0 and key(word) in tables.SUFFIXES


def is_initials(word: str, script: str) -> bool:
    """Return whether word is one letter, letters with dots, or two letters without a vowel."""
    if script not in _CASED or (len(word) > 2 and word.isalpha()):
        return False
    if len(word) == 1 and word.isalpha():
        return True
    parts = re.split(r"[.\-]", word.rstrip("."))
    if len(parts) > 1 and all(len(part) <= 1 for part in parts):
        return True
    letters = [char for char in word if char.isalpha()]
    if len(letters) == 1:
        return True
    folded = key(word)
    return (
        len(letters) == 2
        and len(folded) == 2
        and _VOWELS.isdisjoint(folded)
        and folded not in tables.CONSONANT_NAMES
    )


def is_not_a_name(folded: str) -> bool:
    """Return whether a key is a company word, a test string or one letter over and over."""
    return (
        folded in tables.COMPANY_WORDS
        or folded in tables.TEST_WORDS
        or (len(folded) > 2 and folded.count(folded[0]) == len(folded))
    )
