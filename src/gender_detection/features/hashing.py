# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Hashes of keys, 64 bits wide."""

from __future__ import annotations

from collections.abc import Sequence

import cython
import numpy as np
import numpy.typing as npt

# 64-bit FNV prime and offset basis (Fowler, Noll, Vo; RFC 9923): FNV-1a over the bytes.
FNV_PRIME = 0x100000001B3
FNV_BASIS = 0xCBF29CE484222325
# Finaliser and increment of splitmix64 (Steele, Lea, Flood 2014): spread FNV's weak high bits.
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB
GAMMA = 0x9E3779B97F4A7C15
# Python's integers do not wrap as those of C do.
MASK = 0xFFFFFFFFFFFFFFFF

Hashes = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.uint16]
Offsets = npt.NDArray[np.int64]


def spread(state: cython.ulonglong) -> cython.ulonglong:
    """Return a number whose every bit depends on all bits of state, one to one."""
    state = ((state ^ (state >> 30)) * MIX_1) & MASK
    state = ((state ^ (state >> 27)) * MIX_2) & MASK
    return state ^ (state >> 31)


def hash_letters(letters: cython.p_const_uchar, size: cython.Py_ssize_t) -> cython.ulonglong:
    """Return the hash of a key of this many letters: what hash_key returns for it."""
    return hash_part(letters, 0, size, 0)


def hash_part(
    letters: cython.p_const_uchar,
    start: cython.Py_ssize_t,
    size: cython.Py_ssize_t,
    salt: cython.ulonglong,
) -> cython.ulonglong:
    """Return the hash of size letters from start on; each salt gives unrelated hashes."""
    state: cython.ulonglong = FNV_BASIS ^ salt
    at: cython.Py_ssize_t
    for at in range(start, start + size):
        state = ((state ^ letters[at]) * FNV_PRIME) & MASK
    return spread(state)


def hash_in_country(hashed: cython.ulonglong, code: cython.ulonglong) -> cython.ulonglong:
    """Return the hash of a pair: a hashed key and a country's number (country_codes)."""
    return spread(hashed ^ ((code * GAMMA) & MASK))


def hash_key(key: str) -> int:
    """Return the 64-bit hash of a key; raise UnicodeEncodeError where it is not ASCII."""
    letters: bytes = key.encode("ascii")
    return hash_letters(letters, len(letters))


def hash_keys(keys: Sequence[str]) -> Hashes:
    """Return what hash_key does for each key, uint64 of shape (n,)."""
    return hash_parts(*joined(keys))


def joined(keys: Sequence[str]) -> tuple[bytes, Offsets]:
    """Return n keys one after the other, and their bounds, int64 (n + 1,).

    Key i is text[offsets[i]:offsets[i + 1]]. Raise UnicodeEncodeError where one is not ASCII.
    """
    offsets = np.zeros(len(keys) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, keys), np.int64, len(keys)), out=offsets[1:])
    return "".join(keys).encode("ascii"), offsets


def hash_parts(text: bytes, offsets: Offsets) -> Hashes:
    """Return what hash_keys does for keys that stand in a text, as joined returns them.

    Raise ValueError where the offsets fall, or lead out of the text.
    """
    outside = offsets.min() < 0 or offsets.max() > len(text)
    if outside or (np.diff(offsets) < 0).any():
        raise ValueError("offsets: falling, or outside the text")
    hashes = np.empty(len(offsets) - 1, np.uint64)
    found: cython.ulonglong[::1] = hashes
    held = np.ascontiguousarray(offsets, np.int64)
    bounds: cython.const[cython.longlong][::1] = held.data  # type: ignore[valid-type]
    letters: cython.p_const_uchar = text
    n: cython.Py_ssize_t = len(hashes)
    at: cython.Py_ssize_t
    with cython.nogil:
        for at in range(n):
            found[at] = hash_part(letters, bounds[at], bounds[at + 1] - bounds[at], 0)
    return hashes


def hash_key_with_country(hashed: int, country: str) -> int:
    """Return the 64-bit hash of the pair of a hashed key and an alpha-2 country.

    Raise ValueError where the country has more letters or fewer.
    """
    return hash_in_country(hashed, int(country_codes([country])[0]))


def hash_with_country(hashes: Hashes, countries: Sequence[str]) -> Hashes:
    """Return what hash_key_with_country does for each pair, uint64 of shape (n,)."""
    return hash_with_codes(hashes, country_codes(countries))


def country_codes(countries: Sequence[str]) -> Codes:
    """Return the two letters of each alpha-2 country as one number, uint16 (n,).

    Raise ValueError where one has more or fewer.
    """
    if any(len(country) != 2 for country in countries):
        raise ValueError("countries must be ISO alpha-2 codes")
    letters = np.frombuffer("".join(countries).encode("ascii"), np.uint8).astype(np.uint16)
    codes: Codes = letters[::2] << np.uint16(8) | letters[1::2]
    return codes


def hash_with_codes(hashes: Hashes, codes: Codes) -> Hashes:
    """Return what hash_with_country does, given the numbers of country_codes, (n,)."""
    if len(hashes) != len(codes):
        raise ValueError(f"{len(hashes)} hashes and {len(codes)} countries")
    pairs = np.empty(len(hashes), np.uint64)
    found: cython.ulonglong[::1] = pairs
    hashed, numbers = (
        np.ascontiguousarray(hashes, np.uint64),
        np.ascontiguousarray(codes, np.uint16),
    )
    keys: cython.const[cython.ulonglong][::1] = hashed.data  # type: ignore[valid-type]
    places: cython.const[cython.ushort][::1] = numbers.data  # type: ignore[valid-type]
    n: cython.Py_ssize_t = len(pairs)
    at: cython.Py_ssize_t
    with cython.nogil:
        for at in range(n):
            found[at] = hash_in_country(keys[at], places[at])
    return pairs
