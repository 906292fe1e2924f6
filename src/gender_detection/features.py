"""From a key to numbers: its hash, its hashed n-grams, its split. Vectorised and stateless.

A key is lower-case ASCII letters only (gender_detection.names.key), so a column of keys is a
matrix of bytes and every step below works on whole columns.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FEATURES_VERSION = 1

# Letters beyond this are not looked at by the n-grams; one key in a million is longer.
MAX_LETTERS = 32
_START, _END = 30, 31  # word boundaries; letters are 1..26
# 64-bit FNV prime and offset basis (Fowler, Noll, Vo; RFC 9923): word-wise FNV-1a over the bytes.
_FNV_PRIME = 0x100000001B3
_FNV_BASIS = 0xCBF29CE484222325
# Finaliser and increment of splitmix64 (Steele, Lea, Flood 2014): spread FNV's weak high bits.
_MIX_1, _MIX_2, _GAMMA = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class NGrams:
    """How keys become indices: n-grams from lowest to highest letters, hashed into 2**bits.

    Raise ValueError on sizes that no key has, or bits that no int32 holds.
    """

    lowest: int = 1
    highest: int = 7
    bits: int = 20

    def __post_init__(self) -> None:
        if not 1 <= self.lowest <= self.highest <= MAX_LETTERS or not 1 <= self.bits <= 31:
            raise ValueError(f"no n-grams of {self.lowest} to {self.highest} in {self.bits} bits")


def byte_matrix(keys: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Return the keys as a matrix of bytes, uint8 of shape (n, longest), zero-padded."""
    array = np.array(keys, dtype="S") if len(keys) else np.zeros(0, dtype="S1")
    return array.view(np.uint8).reshape(len(keys), array.dtype.itemsize)


def hash_keys(keys: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return a 64-bit hash of each key, uint64 of shape (n,)."""
    matrix = byte_matrix(keys)
    state = np.full(len(keys), _FNV_BASIS, dtype=np.uint64)
    prime = np.uint64(_FNV_PRIME)
    for column in matrix.T:
        state = np.where(column > 0, (state ^ column) * prime, state)
    return _spread(state)


def hash_with_country(
    hashes: npt.NDArray[np.uint64], countries: Sequence[str]
) -> npt.NDArray[np.uint64]:
    """Return a 64-bit hash of each pair of a hashed key and an alpha-2 country, uint64 (n,)."""
    codes = byte_matrix(countries).astype(np.uint64)
    if codes.shape[1] != 2:
        raise ValueError("countries must be ISO alpha-2 codes")
    return _spread(hashes ^ ((codes[:, 0] << np.uint64(8) | codes[:, 1]) * np.uint64(_GAMMA)))


def _spread(state: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * np.uint64(_MIX_1)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(_MIX_2)
    return state ^ (state >> np.uint64(31))


def ngram_indices(
    keys: Sequence[str], ngrams: NGrams
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Return the hashed n-grams of the keys as (indices, offsets), in compressed row form.

    Row i's indices, int32 in [0, 2**bits), are indices[offsets[i]:offsets[i + 1]]; offsets has
    shape (n + 1,). An empty key has no n-grams. The key's ends count as letters.
    """
    letters = _letters(keys)
    n, width = letters.shape
    lengths = (letters > 0).sum(axis=1)
    shift = np.uint32(32 - ngrams.bits)
    columns, masks = [], []
    state = np.zeros((n, width), dtype=np.uint32)
    for size in range(1, min(ngrams.highest, width) + 1):
        places = width - size + 1
        # Rolling: an n-gram's state is that of the one a letter shorter, and its last letter.
        state = state[:, :places] * np.uint32(0x01000193) + letters[:, size - 1 :]
        if size < ngrams.lowest:
            continue
        # Multiplicative hashing (Knuth, TAOCP 6.4): the high bits of state times 2**32 / phi.
        mixed = (state ^ (state >> np.uint32(15))) * np.uint32(0x9E3779B1)
        columns.append((mixed >> shift).astype(np.int32))
        masks.append(np.arange(places) < (lengths - size + 1)[:, None])
    if not columns:
        return np.zeros(0, np.int32), np.zeros(n + 1, np.int64)
    mask = np.concatenate(masks, axis=1)
    offsets = np.concatenate(([0], np.cumsum(mask.sum(axis=1)))).astype(np.int64)
    return np.concatenate(columns, axis=1)[mask], offsets


def _letters(keys: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Return letters as numbers between the two boundaries, uint32 of shape (n, longest + 2)."""
    raw = byte_matrix(keys)[:, :MAX_LETTERS]
    n, width = raw.shape
    lengths = (raw > 0).sum(axis=1)
    letters = np.zeros((n, width + 2), dtype=np.uint32)
    letters[:, 0] = _START
    letters[:, 1:-1] = np.where(raw > 0, raw - np.uint8(96), 0)
    letters[np.arange(n), lengths + 1] = _END
    letters[lengths == 0] = 0
    return letters


def split_of(key: str) -> str:
    """Return the split a key belongs to, by its CRC-32: a tenth test, a tenth valid, else train."""
    tenth = zlib.crc32(key.encode()) % 10
    return "test" if tenth == 0 else "valid" if tenth == 1 else "train"
