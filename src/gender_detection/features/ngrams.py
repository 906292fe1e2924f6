"""The indices of a key's spelling: hashed n-grams of its letters, and of how it sounds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .hashing import Bytes, byte_matrix
from .sounds import hash_sounds, sounds_of

FEATURES_VERSION = 2

# Letters beyond this are not looked at; one key in a million is longer.
MAX_LETTERS = 32
START, END = 30, 31  # word boundaries; letters are 1..26
# What the rolling hash starts from: letters that are heard are others than letters that are read.
READ, HEARD = 0, 0x5BD1E995
# 32-bit FNV prime (RFC 9923), and 2**32 / phi (Knuth, TAOCP 6.4).
PRIME, MIX = 0x01000193, 0x9E3779B1

Indices = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True)
class NGrams:
    """How keys become indices: n-grams from lowest to highest letters, hashed into 2**bits.

    With sounds, also the n-grams of the key's sound, from lowest + 1 to highest letters, and
    what the sound shares with its neighbours (sounds.hash_sounds).

    Raise ValueError on sizes that no key has, or bits that no int32 holds.
    """

    lowest: int = 2
    highest: int = 6
    bits: int = 22
    sounds: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.lowest <= self.highest <= MAX_LETTERS or not 1 <= self.bits <= 31:
            raise ValueError(f"no n-grams of {self.lowest} to {self.highest} in {self.bits} bits")


def ngram_indices(keys: Sequence[str], ngrams: NGrams) -> tuple[Indices, Offsets]:
    """Return the indices of the keys' spellings as (indices, offsets), in compressed row form.

    Row i's indices, int32 in [0, 2**bits), are indices[offsets[i]:offsets[i + 1]]; offsets has
    shape (n + 1,). An empty key has none. The key's ends count as letters.
    """
    raw = byte_matrix(keys)[:, :MAX_LETTERS]
    parts = _ngrams(raw, range(ngrams.lowest, ngrams.highest + 1), ngrams.bits, READ)
    if ngrams.sounds:
        heard = sounds_of(raw)
        heard = heard[:, : max(1, int((heard > 0).sum(axis=1).max(initial=0)))]
        parts += _ngrams(heard, range(ngrams.lowest + 1, ngrams.highest + 1), ngrams.bits, HEARD)
        hashes, there = hash_sounds(heard)
        parts.append(((hashes >> np.uint64(64 - ngrams.bits)).astype(np.int32), there))
    if not parts:
        return np.zeros(0, np.int32), np.zeros(len(keys) + 1, np.int64)
    mask = np.concatenate([there for _, there in parts], axis=1)
    offsets = np.concatenate(([0], np.cumsum(mask.sum(axis=1)))).astype(np.int64)
    return np.concatenate([indices for indices, _ in parts], axis=1)[mask], offsets


def _ngrams(
    raw: Bytes, sizes: range, bits: int, start: int
) -> list[tuple[Indices, npt.NDArray[np.bool_]]]:
    """Return for each size the hashed n-grams at each place, and which of them there are."""
    letters, lengths = _letters(raw)
    n, width = letters.shape
    found = []
    state = np.full((n, width), start, dtype=np.uint32)
    for size in range(1, min(sizes.stop - 1, width) + 1):
        places = width - size + 1
        # Rolling: an n-gram's state is that of the one a letter shorter, and its last letter.
        state = state[:, :places] * np.uint32(PRIME) + letters[:, size - 1 :]
        if size in sizes:
            # Multiplicative hashing: the high bits of the product depend on all of state.
            mixed = (state ^ (state >> np.uint32(15))) * np.uint32(MIX)
            there = np.arange(places) < (lengths - size + 1)[:, None]
            found.append(((mixed >> np.uint32(32 - bits)).astype(np.int32), there))
    return found


def _letters(raw: Bytes) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Return letters as numbers between the two boundaries, uint32 of shape (n, width + 2), and
    how many there are in each row with its boundaries; an empty row has none."""
    n, width = raw.shape
    lengths = (raw > 0).sum(axis=1)
    letters = np.zeros((n, width + 2), dtype=np.uint32)
    letters[:, 0] = START
    letters[:, 1:-1] = np.where(raw > 0, raw - np.uint8(96), 0)
    letters[np.arange(n), lengths + 1] = END
    letters[lengths == 0] = 0
    return letters, np.where(lengths > 0, lengths + 2, 0)
