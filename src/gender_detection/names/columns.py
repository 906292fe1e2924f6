"""Columns of names, read at once where a name is one or two plain words; most are.

Such a name has one key, and the reading does not depend on the rest of the column. It is that of
parse() and parse_parts() by the same rules (parse.PLAIN_WORD, SPECIAL); all other names are left
to these.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .column_words import NONE, Mask, Places, distinct, matches, members, numbers, split
from .endings import ENDINGS, family_gender
from .parse import (
    ACCENTED_LETTERS,
    ASCII_WORD,
    SPECIAL,
    SPECIAL_IN_FULL,
    SPECIAL_LAST,
)
from .text import MAX_CHARACTERS, key

_ASCII_WORD = rf"\A(?:{ASCII_WORD})\z"
_LATIN_WORD = rf"\A[{ACCENTED_LETTERS}]{{3,21}}\z"
# One letter over and over.
_STUTTER = rf"\A(?:{'|'.join(f'{chr(letter)}+' for letter in range(97, 123))})\z"
_BARE = rf"\A[A-Za-z]{{1,{MAX_CHARACTERS}}}\z"
_GENDERED = rf"(?:{'|'.join(ENDINGS)})\z"


@dataclass(frozen=True)
class ShortNames:
    """Names read the short way, of shape (n,) each but for the dictionaries.

    read      which names are read; for the others the rest means nothing
    keys      distinct keys of given names
    key_of    the place of each name's key among them
    families  distinct keys of family names
    family_of the place of each name's family name among them, NONE where there is none
    ordered   which names would be read otherwise in a country of ORDERED_COUNTRIES
    words     distinct words as written
    first     the place of each given name among them
    """

    read: Mask
    keys: pa.StringArray
    key_of: Places
    families: pa.StringArray
    family_of: Places
    ordered: Mask
    words: pa.StringArray
    first: Places


def read_names(names: pa.StringArray) -> ShortNames:
    """Return the short readings of full names, as parse() reads them; a null is not read.

    They are "Maria", "Maria Rossi", "Maria A. Rossi" and "Rossi, Maria".
    """
    words, places, starts, sizes = split(names, 3)
    known = _Words.of(words.bare)
    one, two, three = sizes == 1, sizes == 2, sizes == 3
    # Where there is no such word, the name's first stands for it.
    second, third = places[starts + (sizes > 1)], places[starts + 2 * (sizes > 2)]
    first = places[starts]
    comma = words.comma[first] & two
    initial = three & words.initial[second]
    given = np.where(comma, second, first)
    family = np.where(comma, first, np.where(initial, third, second))
    read = (one | two | initial) & known.plain[given] & ~known.special_in_full[given]
    read &= ~words.comma[given] & (comma | ~words.comma[family])
    special = np.where(comma, known.special[family], known.special_last[family])
    read &= one | (known.plain[family] & ~special)
    family = np.where(one, NONE, family)
    return _short(read, known.folded, words.bare, given, family, ordered=~one & ~comma)


def read_fields(given: pa.StringArray, family: pa.StringArray) -> ShortNames:
    """Return the short readings of given and family names, as parse_parts() reads them."""
    one, other = (column.fill_null("").dictionary_encode() for column in (given, family))
    first, second = (numbers(column.indices) for column in (one, other))
    known = _Words.of(one.dictionary)
    beside = other.dictionary
    folded = pc.ascii_lower(beside)
    bare = matches(beside, _BARE) & ~_special(folded)[0]
    blank = pc.equal(beside, "").to_numpy(zero_copy_only=False)
    read = known.plain[first] & ~known.special[first] & (blank | bare)[second]
    # A long text would be cut before it is a key.
    names = pc.utf8_slice_codeunits(folded, 0, 64)
    folded = pa.concat_arrays([known.folded, names])
    second = np.where(blank[second], NONE, second + len(known.folded))
    unordered = np.zeros(len(first), np.bool_)
    return _short(read, folded, one.dictionary, first, second, ordered=unordered)


def genders_of_families(families: pa.StringArray) -> npt.NDArray[np.int8]:
    """Return 1 where the key of a family name has the form that women bear, -1 for men, else 0."""
    out = np.zeros(len(families), np.int8)
    hints = np.flatnonzero(matches(families, _GENDERED))
    genders = [family_gender(family) for family in families.take(pa.array(hints)).to_pylist()]
    out[hints] = [(gender == "female") - (gender == "male") for gender in genders]
    return out


@dataclass(frozen=True)
class _Words:
    """What is known of distinct words."""

    folded: pa.StringArray
    plain: Mask
    special: Mask
    special_in_full: Mask
    special_last: Mask

    @classmethod
    def of(cls, words: pa.StringArray) -> "_Words":
        plain = matches(words, _ASCII_WORD)
        folded = pc.ascii_lower(words)
        beyond = ~pc.string_is_ascii(words).to_numpy(zero_copy_only=False)
        if beyond.any():
            accented = np.flatnonzero(beyond)
            accented = accented[matches(words.take(pa.array(accented)), _LATIN_WORD)]
            plain[accented] = True
            keys = [key(word) for word in words.take(pa.array(accented)).to_pylist()]
            mask = np.zeros(len(words), np.bool_)
            mask[accented] = True
            folded = pc.replace_with_mask(folded, pa.array(mask), pa.array(keys, pa.string()))
        plain &= ~matches(folded, _STUTTER)
        return cls(folded, plain, *_special(folded))


def _special(folded: pa.StringArray) -> list[Mask]:
    """Return which words are among SPECIAL, SPECIAL_IN_FULL and SPECIAL_LAST."""
    return members(folded, SPECIAL, SPECIAL_IN_FULL, SPECIAL_LAST)


def _short(
    read: Mask,
    folded: pa.StringArray,
    words: pa.StringArray,
    first: Places,
    second: Places,
    *,
    ordered: Mask,
) -> ShortNames:
    keys, key_of = distinct(folded, np.where(read, first, NONE))
    families, family_of = distinct(folded, np.where(read, second, NONE))
    return ShortNames(read, keys, key_of, families, family_of, ordered, words, first)
