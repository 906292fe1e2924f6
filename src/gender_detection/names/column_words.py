"""Words of columns of names: what splits names into them, and what is known of distinct ones."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NONE = -1
Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Not of Greek, in which one letter is a title.
_INITIAL = r"\A[A-ZÀ-ÖØ-ÞА-ЩЫЭ-ЯЁ]\.?\z"


@dataclass(frozen=True)
class Written:
    """Distinct words without a comma behind them, and which had one; which are an initial."""

    bare: pa.StringArray
    comma: Mask
    initial: Mask

    @classmethod
    def of(cls, words: pa.StringArray) -> "Written":
        comma = pc.ends_with(words, ",")
        bare = pc.if_else(comma, pc.utf8_slice_codeunits(words, 0, -1), words)
        initial = pc.binary_length(words).to_numpy(zero_copy_only=False) <= 3
        short = np.flatnonzero(initial)
        initial[short] = matches(words.take(pa.array(short)), _INITIAL)
        return cls(bare, comma.to_numpy(zero_copy_only=False), initial)


def split(names: pa.StringArray, most: int) -> tuple[Written, Places, Places, Places]:
    """Return distinct words, the places among them of all names' words one after another, and
    where each name's begin there, and how many they are: words are what single spaces part.

    Where a name has more than `most` words, the last holds all others.
    """
    parts = pc.split_pattern(names.fill_null(""), " ", max_splits=most)
    encoded = parts.flatten().dictionary_encode()
    offsets = parts.offsets.to_numpy().astype(np.int64)
    offsets -= offsets[0] if len(offsets) else 0
    words = Written.of(encoded.dictionary)
    return words, numbers(encoded.indices), offsets[:-1], np.diff(offsets)


def members(folded: pa.StringArray, *sets: frozenset[str]) -> list[Mask]:
    """Return which words are among each of the sets."""
    words, masks = _members(sets)
    places = pc.index_in(folded, words).fill_null(len(words)).to_numpy(zero_copy_only=False)
    return [mask[places] for mask in masks]


@cache
def _members(sets: tuple[frozenset[str], ...]) -> tuple[pa.StringArray, list[Mask]]:
    """Return all words of some sets, and for each of the sets which are in it, with one more
    entry for all other words."""
    words = sorted(frozenset().union(*sets))
    masks = [np.array([*(word in one for word in words), False], np.bool_) for one in sets]
    return pa.array(words, pa.string()), masks


def distinct(texts: pa.StringArray, places: Places) -> tuple[pa.StringArray, Places]:
    """Return the distinct texts at these places, and where each place's is; NONE stays."""
    used = np.zeros(len(texts), np.bool_)
    used[places[places != NONE]] = True
    at = np.flatnonzero(used)
    encoded = texts.take(pa.array(at)).dictionary_encode()
    number = np.full(len(texts) + 1, NONE, np.int64)
    number[at] = numbers(encoded.indices)
    # NONE is -1: the last entry, which nothing uses.
    return encoded.dictionary, number[places]


def numbers(indices: pa.Array) -> Places:
    """Return the indices of a dictionary as int64."""
    return indices.to_numpy(zero_copy_only=False).astype(np.int64)


def matches(words: pa.StringArray, pattern: str) -> Mask:
    """Return in which words a regular expression (RE2) is found."""
    found: Mask = pc.match_substring_regex(words, pattern).to_numpy(zero_copy_only=False)
    return found
