"""Hashes of keys, 64 bits wide."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

# 64-bit FNV prime and offset basis (Fowler, Noll, Vo; RFC 9923): word-wise FNV-1a over the bytes.
FNV_PRIME = 0x100000001B3
FNV_BASIS = 0xCBF29CE484222325
# Finaliser and increment of splitmix64 (Steele, Lea, Flood 2014): spread FNV's weak high bits.
MIX_1, MIX_2, GAMMA = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15

Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]


def byte_matrix(keys: Sequence[str]) -> Bytes:
    """Return the keys as a matrix of bytes, uint8 of shape (n, longest), zero-padded."""
    array = np.array(keys, dtype="S") if len(keys) else np.zeros(0, dtype="S1")
    return array.view(np.uint8).reshape(len(keys), array.dtype.itemsize)


def hash_keys(keys: Sequence[str]) -> Hashes:
    """Return a 64-bit hash of each key, uint64 of shape (n,)."""
    return hash_bytes(byte_matrix(keys))


def hash_bytes(matrix: Bytes, salt: int = 0) -> Hashes:
    """Return a 64-bit hash of each row of bytes up to its padding, uint64 of shape (n,).

    Different salts give the same row unrelated hashes.
    """
    state = np.full(len(matrix), FNV_BASIS ^ salt, dtype=np.uint64)
    prime = np.uint64(FNV_PRIME)
    for column in matrix.T:
        state = np.where(column > 0, (state ^ column) * prime, state)
    return spread(state)


def hash_with_country(hashes: Hashes, countries: Sequence[str]) -> Hashes:
    """Return a 64-bit hash of each pair of a hashed key and an alpha-2 country, uint64 (n,)."""
    return hash_with_codes(hashes, country_codes(countries))


def country_codes(countries: Sequence[str]) -> npt.NDArray[np.uint16]:
    """Return the two letters of each alpha-2 country as one number, uint16 (n,).

    Raise ValueError where one has more or fewer.
    """
    letters = byte_matrix(countries).astype(np.uint16)
    if letters.shape[1] != 2 or not letters.all():
        raise ValueError("countries must be ISO alpha-2 codes")
    codes: npt.NDArray[np.uint16] = letters[:, 0] << np.uint16(8) | letters[:, 1]
    return codes


def hash_with_codes(hashes: Hashes, codes: npt.NDArray[np.uint16]) -> Hashes:
    """Return what hash_with_country does, given the numbers of country_codes."""
    return spread(hashes ^ (codes.astype(np.uint64) * np.uint64(GAMMA)))


def spread(state: Hashes) -> Hashes:
    """Return numbers whose every bit depends on all bits of the number given, one to one."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(MIX_1)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(MIX_2)
    return state ^ (state >> np.uint64(31))
