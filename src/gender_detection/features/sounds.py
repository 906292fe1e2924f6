"""A key as it roughly sounds, so that Katharine, Catherine and Kathryn have most in common.

Spellings of one name differ in few ways that carry no gender: doubled letters, c for k, y for i, a
silent h, ph for f. The last letter, which does carry it, is kept wherever the rest is blurred.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from .hashing import Hashes, hash_columns, spread
from .rows import Bytes, Places, Rows

SAME = bytes.maketrans(b"yzwcqg", b"isvkkj")
_VOWELS = bytes(letter in b"aeiou" for letter in range(256))
_GAP = ord("_")
SALTS = {"whole": 1, "gaps": 2, "consonants": 3, "shorter": 4}
# An odd multiplier has an inverse modulo 2**64; this one is splitmix64's increment.
BASE = 0x9E3779B97F4A7C15
INVERSE = pow(BASE, -1, 2**64)
Letters = TypeVar("Letters", Bytes, npt.NDArray[np.bool_])
SHORTEST = 4  # sounds of fewer letters have too many neighbours to learn from


def sounds_of(read: Rows) -> Rows:
    """Return words as they roughly sound.

    ph is f; ee, ie and y are i; oo and ou are u; c and q are k, z is s, w is v, g is j; qu is k
    and dj is j; h is silent but for a first one; a doubled letter is single.
    """
    was = read.text.copy()
    was[(was == ord("p")) & (_next(was) == ord("h"))] = ord("f")
    was[(was == ord("e")) & (_next(was) == ord("e"))] = ord("i")
    was[(was == ord("o")) & (_previous(was) == ord("o"))] = ord("u")
    silent = (was == ord("h")) & (_previous(was) > 0)
    silent |= (was == ord("u")) & (_previous(was) == ord("q"))
    silent |= (was == ord("o")) & (_next(was) == ord("u"))
    silent |= (was == ord("e")) & (_previous(was) == ord("i"))
    silent |= (was == ord("d")) & (_next(was) == ord("j"))
    heard = _translated(was, SAME)[~silent]
    return Rows.parted(heard[(heard == 0) | (heard != _previous(heard))])


@dataclass(frozen=True)
class Views:
    """What sounds share with their neighbours.

    gaps has their inner vowels as gaps, consonants their consonants and last letter only: both
    lie as heard does, with zeros for the letters that are left out.
    """

    heard: Rows
    gaps: Bytes
    consonants: Bytes

    @classmethod
    def of(cls, heard: Rows) -> "Views":
        """Return the views of sounds."""
        text = heard.text
        vowel, last = _translated(text, _VOWELS).view(np.bool_), _next(text) == 0
        inner = vowel & ~last & (_previous(text) > 0)
        again = inner & _previous(inner)
        gaps = np.where(inner, np.where(again, np.uint8(0), np.uint8(_GAP)), text)
        return cls(heard, gaps, np.where(vowel & ~last, np.uint8(0), text))

    def hashes(self, at: Places) -> tuple[Hashes, npt.NDArray[np.bool_] | None]:
        """Return hashes for the sounds at these places, (k, m), and which of them there are, None
        where all are.

        In order: the whole sound; with its inner vowels as gaps; with its consonants and last
        letter only; then the sound, and the sound short of one of its letters but the last two, so
        that two that differ in one letter share one. All but an empty sound have the first three,
        sounds of SHORTEST letters or more the others.
        """
        texts = (self.heard.text, self.gaps, self.consonants)
        views, lengths = self.heard.matrices(at, *texts)
        sounds = views[0]
        width = max(len(sounds), 2)
        hashes = np.empty((width + 2, len(at)), np.uint64)
        for number, (view, name) in enumerate(zip(views, SALTS, strict=False)):
            hashes[number] = hash_columns(view, SALTS[name])
        if len(at) and 0 < lengths.min() == lengths.max():
            if width < SHORTEST:
                return hashes[:3], None
            hashes[3:] = _shorter(sounds)[: width - 1]
            return hashes, None
        there = np.empty(hashes.shape, np.bool_)
        there[:3] = lengths > 0
        there[3] = lengths >= SHORTEST
        there[4:] = (np.arange(width - 2)[:, None] < lengths - 2) & there[3]
        hashes[3:] = _shorter(sounds)[: width - 1]
        return hashes, there


def _shorter(sounds: Bytes) -> Hashes:
    """Return hashes of each column and of each column without its first, second, ... letter.

    A column's polynomial is the sum of letter * base**place modulo 2**64; one letter less moves
    the letters behind it down by one place, which is a division by base.
    """
    width, n = sounds.shape
    powers = np.array([pow(BASE, place, 2**64) for place in range(width)], np.uint64)
    upto = np.zeros((width + 1, n), np.uint64)
    np.cumsum(sounds * powers[:, None], axis=0, out=upto[1:])
    total = upto[-1]
    hashes = np.empty((width + 1, n), np.uint64)
    hashes[0] = total
    hashes[1:] = upto[:-1] + (total - upto[1:]) * np.uint64(INVERSE)
    return spread(hashes ^ np.uint64(SALTS["shorter"] << 56))


def _translated(text: Bytes, table: bytes) -> Bytes:
    """Return what the table has for each byte: a third of the price of indexing an array."""
    return np.frombuffer(text.tobytes().translate(table), np.uint8)


def _next(text: Letters) -> Letters:
    return np.append(text[1:], text[:1] * 0)


def _previous(text: Letters) -> Letters:
    return np.append(text[:1] * 0, text[:-1])
