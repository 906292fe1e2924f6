"""Distinct words of names in columns: which are initials, wherever they stand or where they come
first. Words that are none cost next to nothing."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import tables
from .column_words import Mask, Written, matches
from .order import CUSTOMS, LETTER_TITLES
from .text import key
from .titles import TITLE_WORDS
from .words import LOOKED_FOR, TAILS, is_nothing

# Two consonants, or letters with dots or hyphens between them: "JR", "J.R.", "J.-P.".
_SEVERAL = r"\A(?:[B-DF-HJ-NP-TV-XZ]{2}|[A-Z](?:(?:\.-?|-)[A-Z]){1,3}\.?)\z"
# Suffixes mean nothing else where they come first.
_NEVER_FIRST = LOOKED_FOR - tables.SUFFIXES.difference(TITLE_WORDS, tables.MOHAMMED)


@dataclass(frozen=True)
class Initials:
    """Which of w words are initials: arrays of shape (w + 1,), the last one that of no word.

    anywhere  which are initials behind other words, at least where no comma is between
    first     which are initials where they come first, but for `customs`
    letters   how many letters their keys have, 0 for other words
    customs   the place in CUSTOMS of the custom in which a letter may be a title, else -1
    tail      which would be taken for a degree behind a comma
    """

    anywhere: Mask
    first: Mask
    letters: npt.NDArray[np.int64]
    customs: npt.NDArray[np.int64]
    tail: Mask

    @classmethod
    def of(cls, words: Written) -> "Initials":
        """Return what is known of words."""
        size = len(words.bare) + 1
        anywhere, first, tail = np.zeros((3, size), np.bool_)
        letters, customs = np.zeros(size, np.int64), np.full(size, -1)
        anywhere[:-1] = words.initial
        at = np.flatnonzero(words.initial | matches(words.bare, _SEVERAL))
        for place, word in zip(at.tolist(), words.bare.take(at).to_pylist(), strict=True):
            folded = key(word)
            tail[place] = folded in TAILS
            if folded in LETTER_TITLES and anywhere[place]:
                first[place], customs[place] = True, CUSTOMS.index(LETTER_TITLES[folded])
            elif folded not in tables.CONSONANT_NAMES and not is_nothing(word):
                first[place] = folded not in _NEVER_FIRST
                anywhere[place] |= folded not in LOOKED_FOR
            letters[place] = len(folded) * (anywhere[place] or first[place])
        return cls(anywhere, first, letters, customs, tail)
