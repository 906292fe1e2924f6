"""The hashes and n-grams of one key, without the set-up that operations on columns cost.

Number by number what hashing, ngrams and sounds answer for a column of that one key.
"""

import re

from .hashing import FNV_BASIS, FNV_PRIME, GAMMA, MIX_1, MIX_2
from .ngrams import END, HEARD, MAX_LETTERS, MIX, PRIME, READ, START, NGrams
from .sounds import BASE, INVERSE, SALTS, SAME, SHORTEST

_MASK_64 = 2**64 - 1
_SILENT = re.compile(r"(?<=.)h|(?<=q)u|o(?=u)|(?<=i)e|d(?=j)")
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeiou]+")


def hash_key(key: str, salt: int = 0) -> int:
    """Return what hash_keys returns for a column of this key."""
    state = FNV_BASIS ^ salt
    for letter in key.encode():
        state = (state ^ letter) * FNV_PRIME & _MASK_64
    return _spread(state)


def hash_key_with_country(hashed: int, country: str) -> int:
    """Return what hash_with_country returns for a column of this hash and alpha-2 country."""
    code = ord(country[0]) << 8 | ord(country[1])
    return _spread(hashed ^ (code * GAMMA & _MASK_64))


def indices_of(key: str, ngrams: NGrams) -> list[int]:
    """Return the indices that ngram_indices returns for a column of this key, in their order."""
    read = key[:MAX_LETTERS]
    if not read:
        return []
    found = _ngrams(read, range(ngrams.lowest, ngrams.highest + 1), ngrams.bits, READ)
    if ngrams.sounds:
        heard = _sound_of(read)
        found += _ngrams(heard, range(ngrams.lowest + 1, ngrams.highest + 1), ngrams.bits, HEARD)
        found += [hashed >> 64 - ngrams.bits for hashed in _hash_sound(heard)]
    return found


def _ngrams(read: str, sizes: range, bits: int, start: int) -> list[int]:
    if not read:
        return []
    letters = [START, *[letter - 96 for letter in read.encode()], END]
    found: list[int] = []
    states, unused = [start] * len(letters), 32 - bits
    for size in range(1, min(sizes.stop - 1, len(letters)) + 1):
        ends = zip(states, letters[size - 1 :], strict=False)
        states = [state * PRIME + letter & 0xFFFFFFFF for state, letter in ends]
        if size in sizes:
            found += [((state ^ state >> 15) * MIX & 0xFFFFFFFF) >> unused for state in states]
    return found


def _sound_of(read: str) -> str:
    heard = read.replace("ph", "fh")
    if "ee" in heard:
        heard = re.sub("e(?=e)", "i", heard)
    if "oo" in heard:
        heard = re.sub("(?<=o)o", "u", heard)
    return _DOUBLED.sub(r"\1", _SILENT.sub("", heard).translate(SAME))


def _hash_sound(heard: str) -> list[int]:
    if not heard:
        return []
    inner, last = heard[1:-1], heard[-1] if len(heard) > 1 else ""
    gaps = heard[0] + _VOWELS.sub("_", inner) + last
    consonants = _VOWELS.sub("", heard[:-1]) + heard[-1]
    views = {"whole": heard, "gaps": gaps, "consonants": consonants}
    hashes = [hash_key(view, SALTS[name]) for name, view in views.items()]
    if len(heard) < SHORTEST:
        return hashes
    upto, power = [0], 1
    for letter in heard.encode():
        upto.append(upto[-1] + letter * power & _MASK_64)
        power = power * BASE & _MASK_64
    total = upto[-1]
    shorter = [total]
    for place in range(len(heard) - 2):
        shorter.append(upto[place] + (total - upto[place + 1]) * INVERSE & _MASK_64)
    return hashes + [_spread(state ^ SALTS["shorter"] << 56) for state in shorter]


def _spread(state: int) -> int:
    state = (state ^ state >> 30) * MIX_1 & _MASK_64
    state = (state ^ state >> 27) * MIX_2 & _MASK_64
    return state ^ state >> 31
