# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Hashes of keys, 64 bits wide."""

from __future__ import annotations

from collections.abc import Sequence

import cython
import numpy as np
import numpy.typing as npt

# 64-bit FNV prime and offset basis (Fowler, Noll, Vo; RFC 9923): FNV-1a over the bytes.
FNV_PRIME = cython.declare(cython.ulonglong, 0x100000001B3)
FNV_BASIS = cython.declare(cython.ulonglong, 0xCBF29CE484222325)
# Finaliser and increment of splitmix64 (Steele, Lea, Flood 2014): spread FNV's weak high bits.
MIX_1 = cython.declare(cython.ulonglong, 0xBF58476D1CE4E5B9)
MIX_2 = cython.declare(cython.ulonglong, 0x94D049BB133111EB)
# Python's integers do not wrap around as those of C do.
MASK = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)

Hashes = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.uint16]
Offsets = npt.NDArray[np.int64]


def spread(state) -> int:
    """Return the mixed state: a bijection in which every bit depends on all bits of state."""
    state = ((state ^ (state >> 30)) * MIX_1) & MASK
    state = ((state ^ (state >> 27)) * MIX_2) & MASK
    return state ^ (state >> 31)


def hash_letters(letters, size) -> int:
    """Return the hash of a key of size letters, the same as that of hash_key."""
    return hash_part(letters, 0, size, 0)


def hash_part(letters, start, size, salt) -> int:
    """Return the hash of size letters from start on; hashes of different salts are unrelated."""
    return spread(with_letters(FNV_BASIS ^ salt, letters, start, size))


def with_letters(state, letters, start, size) -> int:
    """Return the state of FNV-1a, not yet spread, after size more letters from start on."""
    at: cython.Py_ssize_t
    for at in range(start, start + size):
        state = ((state ^ letters[at]) * FNV_PRIME) & MASK
    return state


def hash_key(key: str) -> int:
    """Return the 64-bit hash of a key in UTF-8."""
    letters: bytes = key.encode()
    return hash_letters(letters, len(letters))


def joined(keys: Sequence[str], encoding: str = "ascii") -> tuple[bytes, Offsets]:
    """Return the bytes of all keys together, and the bounds of each, int64 (n + 1,).

    Key i is text[offsets[i]:offsets[i + 1]]. Raise UnicodeEncodeError where one is not in the
    encoding.
    """
    text = "".join(keys)
    sizes = map(len, keys) if text.isascii() else (len(key.encode(encoding)) for key in keys)
    offsets = np.zeros(len(keys) + 1, np.int64)
    np.cumsum(np.fromiter(sizes, np.int64, len(keys)), out=offsets[1:])
    return text.encode(encoding), offsets


def hash_keys(keys: Sequence[str]) -> Hashes:
    """Return the hash_key of each key, uint64 (n,)."""
    text, offsets = joined(keys, "utf-8")
    hashes = np.empty(len(keys), np.uint64)
    found: cython.ulonglong[::1] = hashes
    bounds: cython.longlong[::1] = offsets.data
    letters: cython.p_const_uchar = cython.cast(bytes, text)
    n: cython.Py_ssize_t = len(hashes)
    at: cython.Py_ssize_t
    with cython.nogil:
        for at in range(n):
            found[at] = hash_part(letters, bounds[at], bounds[at + 1] - bounds[at], 0)
    return hashes


def country_codes(countries: Sequence[str]) -> Codes:
    """Return the two letters of each alpha-2 country as one number, uint16 (n,).

    Raise ValueError where a country has not two letters.
    """
    if any(len(country) != 2 for country in countries):
        raise ValueError("countries must be alpha-2 codes, such as IT")
    letters = np.frombuffer("".join(countries).encode("ascii"), np.uint8).astype(np.uint16)
    codes: Codes = letters[::2] << np.uint16(8) | letters[1::2]
    return codes
