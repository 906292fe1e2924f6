"""Distinct words of names in columns: which are ordinary, and what the order of names asks of them.

What is ordinary is said by words.is_ordinary; here words with an apostrophe in them are so too, as
no step of the reading stops at one between letters. ASCII words are looked at by Arrow.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from . import tables
from .column_titles import Titles
from .column_words import Mask, Written, matches, members
from .initials import Initials
from .keys import NOT_LOOKUPS
from .order import DAUGHTER, FAMILIES_APART, FAMILIES_FIRST, KOREAN, ORDER_SETS, PINYIN, SON
from .text import MAX_KEY_LETTERS, clean, key
from .titles import TITLE_WORDS
from .words import LOOKED_FOR, is_ordinary

MOST_HYPHENS = 3
_WORD = rf"\A[A-Za-z]+(?:['-][A-Za-z]+){{0,{MOST_HYPHENS}}}\z"
_APOSTROPHE = re.compile("(?<=[^\\W\\d_])['’](?=[^\\W\\d_])")
# Of keys: one letter, two consonants; of words in lower case: letters with hyphens between them.
_FEW_LETTERS = r"\A(?:[a-z]|[b-df-hj-np-tv-xz]{2})\z"
_HYPHENED = r"\A[a-z](?:-[a-z])+\z"
_STUTTER = rf"\A(?:{'|'.join(f'{chr(letter)}{{3,}}' for letter in range(97, 123))})\z"
_NO_NAMES = tables.COMPANY_WORDS | tables.TEST_WORDS
_NEVER_LOOKED_UP = NOT_LOOKUPS | _NO_NAMES
_NOT_ORDINARY = LOOKED_FOR | _NO_NAMES
# Titles and words of no name that mean nothing behind a first word, where they have no dot.
_ONLY_FIRST = (TITLE_WORDS | tables.TEST_WORDS).difference(
    tables.TITLES_ANYWHERE, tables.TITLES_AFTER, tables.SUFFIXES, tables.DAUGHTER_OF,
    tables.SERVANT_OF, tables.MOHAMMED, tables.COMPANY_WORDS, {"ma"},
)  # fmt: skip
_LOCAL = rf"\A(?:{PINYIN}|{KOREAN})\z"
_BITS = 1 << np.arange(len(ORDER_SETS), dtype=np.int64)


# Above all numbers in OrdinaryWords.order, and in order_apart().
MOST_ORDER = 8 << (len(ORDER_SETS) + 1)
MOST_APART = 2 * MOST_ORDER * (len(FAMILIES_APART) + 1)


@dataclass(frozen=True)
class OrdinaryWords:
    """What is known of w distinct words: masks and numbers of shape (w + 1,), the last one, which
    the place NONE leads to, being that of no word.

    bare           the words as written, without a comma behind them, (w,)
    folded         their keys, (w,); they mean nothing where a word is not ordinary
    comma          which had one
    initials       which are initials
    titles         which are titles
    ordinary       which are ordinary
    later          which are as good as that behind another word of the same field
    family_first   which may be a family name before given names, whatever the country
    tail           which may be a degree behind a comma
    particle       which are particles
    common         which are given names even with nothing but initials beside them
    trailing       which are left out at the end of a field of given names
    cutting        from which on no word of a field is looked up by itself
    gender         1 for patronymics of women, -1 for those of men, else 0
    order          what else their order asks of words: those of one number are ordered alike
    """

    bare: pa.StringArray
    folded: pa.StringArray
    comma: Mask
    initials: Initials
    titles: Titles
    ordinary: Mask
    later: Mask
    family_first: Mask
    tail: Mask
    particle: Mask
    common: Mask
    trailing: Mask
    cutting: Mask
    gender: npt.NDArray[np.int8]
    order: npt.NDArray[np.int64]

    @classmethod
    def of(cls, words: Written) -> "OrdinaryWords":
        """Return what is known of words."""
        ordinary, later, folded = _ordinary(words.bare)
        masks = members(
            folded, FAMILIES_FIRST, tables.SUFFIXES_AFTER_COMMA, tables.PARTICLES,
            tables.COMMON_GIVEN, tables.TRAILING_PARTICLES, tables.CUTTING_PARTICLES,
        )  # fmt: skip
        daughter, son = (matches(folded, rf"\A(?:{form})\z") for form in (DAUGHTER, SON))
        gender = daughter.astype(np.int8) - (son & ~daughter)
        is_ascii = pc.string_is_ascii(words.bare).to_numpy(zero_copy_only=False)
        sets = np.stack(members(folded, *ORDER_SETS), axis=1) @ _BITS
        # Patronymics of women, of men, and neither; and 0 is no word.
        order = 1 + is_ascii + 2 * (gender + 1) + 8 * sets
        first, tail, particle, common, trailing, cutting = (
            np.append(mask, False) for mask in masks
        )
        return cls(
            words.bare, folded, np.append(words.comma, False),
            Initials.of(words), Titles.of(words.bare, folded),
            np.append(ordinary, False), np.append(later, False),
            first, tail, particle, common, trailing, cutting,
            np.append(gender, 0).astype(np.int8), np.append(order, 0),
        )  # fmt: skip

    def order_apart(self) -> npt.NDArray[np.int64]:
        """Return what `order` is where countries put the family name first, (w + 1,)."""
        place = pc.index_in(self.folded, _families()).fill_null(len(FAMILIES_APART))
        local = np.append(matches(self.folded, _LOCAL), False)
        return self.order + MOST_ORDER * (
            local + 2 * np.append(place.to_numpy(zero_copy_only=False), 0).astype(np.int64)
        )


@cache
def _families() -> pa.StringArray:
    return pa.array(sorted(FAMILIES_APART), pa.string())


def _ordinary(words: pa.StringArray) -> tuple[Mask, Mask, pa.StringArray]:
    """Return which words are ordinary and have a key to look up, which are so behind another word
    at least, and the keys."""
    lower = pc.ascii_lower(words)
    folded = pc.replace_substring_regex(lower, "['-]", "")
    initials = matches(folded, _FEW_LETTERS) & ~members(folded, tables.CONSONANT_NAMES)[0]
    ordinary = matches(words, _WORD) & ~initials & ~matches(lower, _HYPHENED)
    special, only_first = members(folded, _NOT_ORDINARY, _ONLY_FIRST)
    later = ordinary & only_first
    ordinary &= ~special & ~matches(folded, _STUTTER)
    beyond = np.flatnonzero(~pc.string_is_ascii(words).to_numpy(zero_copy_only=False))
    if len(beyond):
        texts = words.take(pa.array(beyond)).to_pylist()
        known = [_is_ordinary_as_it_is(text) for text in texts]
        ordinary[beyond] = known
        keys = [key(text) if one else "" for text, one in zip(texts, known, strict=True)]
        mask = np.zeros(len(words), np.bool_)
        mask[beyond] = True
        folded = pc.replace_with_mask(folded, pa.array(mask), pa.array(keys, pa.string()))
    # Of one letter, a key is none to look up.
    ordinary &= pc.greater(pc.binary_length(folded), 1).to_numpy(zero_copy_only=False)
    return ordinary, ordinary | later, folded


def _is_ordinary_as_it_is(word: str) -> bool:
    if len(word) >= MAX_KEY_LETTERS or clean(word) != word:
        return False
    bare = _APOSTROPHE.sub("", word)
    if len(re.findall("['’-]", word)) > MOST_HYPHENS or not is_ordinary(bare):
        return False
    # Letters that an apostrophe parts may be read apart.
    folded = key(word)
    return bare == word or (len(folded) > 2 and is_ordinary(folded))


def is_lookup(keys: pa.StringArray) -> Mask:
    """Return which keys are worth asking for by themselves, as keys.name_keys does."""
    long = pc.greater(pc.binary_length(keys), 1).to_numpy(zero_copy_only=False)
    named = ~members(keys, _NEVER_LOOKED_UP)[0] & ~matches(keys, _STUTTER)
    return long & named
