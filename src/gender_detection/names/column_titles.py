"""Distinct words of names in columns: which are titles where they come first, in any country."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import tables
from .column_words import Mask, members
from .text import key
from .titles import FEMALE, MALE, TITLE_WORDS, title_of

# What others are depends on the country, or on how many words follow.
_FIRST = TITLE_WORDS.difference(
    tables.COUNTRY_TITLES, tables.TITLES_AFTER, tables.TITLES_BEFORE_TWO
)
_WRITTEN = _FIRST | {f"{title}." for title in _FIRST}
_GENDERS = {FEMALE: 1, MALE: -1}


@dataclass(frozen=True)
class Titles:
    """Which of w words are titles before other words: arrays of shape (w + 1,), the last one that
    of no word.

    first          which are
    gender         1 for those of women, -1 for those of men, else 0
    before_family  which stand before a family name where one word only follows
    """

    first: Mask
    gender: npt.NDArray[np.int8]
    before_family: Mask

    @classmethod
    def of(cls, words: pa.StringArray, folded: pa.StringArray) -> "Titles":
        """Return what is known of words, of which these are the keys, dots kept."""
        first, before_family = np.zeros((2, len(words) + 1), np.bool_)
        gender = np.zeros(len(words) + 1, np.int8)
        at = np.flatnonzero(members(folded, _WRITTEN)[0])
        for place, word in zip(at.tolist(), words.take(pa.array(at)).to_pylist(), strict=True):
            title = title_of(word, "", 0, 1) if word.removesuffix(".").isalpha() else None
            if title is not None and word.isascii():
                first[place], gender[place] = True, _GENDERS.get(title, 0)
                before_family[place] = gender[place] and key(word) not in tables.TITLES_OF_GIVEN
        return cls(first, gender, before_family)
