"""Hashes of keys, 64 bits wide."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .rows import Bytes, Rows

# 64-bit FNV prime and offset basis (Fowler, Noll, Vo; RFC 9923): word-wise FNV-1a over the bytes.
FNV_PRIME = 0x100000001B3
FNV_BASIS = 0xCBF29CE484222325
# Finaliser and increment of splitmix64 (Steele, Lea, Flood 2014): spread FNV's weak high bits.
MIX_1, MIX_2, GAMMA = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15

Hashes = npt.NDArray[np.uint64]


def hash_keys(keys: Sequence[str]) -> Hashes:
    """Return a 64-bit hash of each key, uint64 of shape (n,)."""
    return hash_rows(Rows.of(keys))


def hash_rows(rows: Rows) -> Hashes:
    """Return what hash_keys does for words that stand in a text."""
    hashes = np.full(len(rows.starts), spread(np.array([FNV_BASIS], np.uint64)))
    for at in rows.groups():
        hashes[at] = hash_columns(rows.matrix(at)[0])
    return hashes


def hash_columns(letters: Bytes, salt: int = 0) -> Hashes:
    """Return a 64-bit hash of each column of letters, zeros left out, uint64 of shape (m,).

    Different salts give the same column unrelated hashes.
    """
    state = np.full(letters.shape[1], FNV_BASIS ^ salt, np.uint64)
    for row in letters:
        there = row > 0
        moved = (state ^ row) * np.uint64(FNV_PRIME)
        state = moved if there.all() else np.where(there, moved, state)
    return spread(state)


def hash_with_country(hashes: Hashes, countries: Sequence[str]) -> Hashes:
    """Return a 64-bit hash of each pair of a hashed key and an alpha-2 country, uint64 (n,)."""
    return hash_with_codes(hashes, country_codes(countries))


def country_codes(countries: Sequence[str]) -> npt.NDArray[np.uint16]:
    """Return the two letters of each alpha-2 country as one number, uint16 (n,).

    Raise ValueError where one has more or fewer.
    """
    rows = Rows.of(countries)
    if (rows.lengths != 2).any():
        raise ValueError("countries must be ISO alpha-2 codes")
    first = rows.text[rows.starts].astype(np.uint16)
    codes: npt.NDArray[np.uint16] = first << np.uint16(8) | rows.text[rows.starts + 1]
    return codes


def hash_with_codes(hashes: Hashes, codes: npt.NDArray[np.uint16]) -> Hashes:
    """Return what hash_with_country does, given the numbers of country_codes."""
    return spread(hashes ^ (codes.astype(np.uint64) * np.uint64(GAMMA)))


def spread(state: Hashes) -> Hashes:
    """Return numbers whose every bit depends on all bits of the number given, one to one."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(MIX_1)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(MIX_2)
    return state ^ (state >> np.uint64(31))
