"""The indices of a key's spelling: hashed n-grams of its letters, and of how it sounds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .rows import Bytes, Places, Rows
from .sounds import Views, sounds_of

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
There = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class NGrams:
    """How keys become indices: n-grams from lowest to highest letters, hashed into 2**bits.

    With sounds, also the n-grams of the key's sound, from lowest + 1 to highest letters, and
    what the sound shares with its neighbours (sounds.Views).

    Raise ValueError on sizes that no key has, or bits that no int32 holds.
    """

    lowest: int = 2
    highest: int = 6
    bits: int = 22
    sounds: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.lowest <= self.highest <= MAX_LETTERS or not 1 <= self.bits <= 31:
            raise ValueError(f"no n-grams of {self.lowest} to {self.highest} in {self.bits} bits")


@dataclass(frozen=True)
class Part:
    """Indices of some keys: those at the places at, (m,), of the keys asked for.

    indices  int32 (k, m), one column a key
    there    which of them there are, bool (k, m); None where all are
    """

    at: Places
    indices: Indices
    there: There | None


def ngram_parts(keys: Sequence[str], ngrams: NGrams) -> Iterator[Part]:
    """Yield the indices of the keys' spellings, in [0, 2**bits), part by part.

    The parts of one key come in the order of its indices. The key's ends count as letters; an
    empty key has none.
    """
    read = Rows.of(keys, MAX_LETTERS)
    sizes = range(ngrams.lowest, ngrams.highest + 1)
    for at in read.groups():
        yield from _ngrams(at, *read.matrix(at), sizes, ngrams.bits, READ)
    if not ngrams.sounds:
        return
    views = Views.of(sounds_of(read))
    sizes = range(ngrams.lowest + 1, ngrams.highest + 1)
    for at in views.heard.groups():
        yield from _ngrams(at, *views.heard.matrix(at), sizes, ngrams.bits, HEARD)
        hashes, there = views.hashes(at)
        yield Part(at, (hashes >> np.uint64(64 - ngrams.bits)).astype(np.int32), there)


def ngram_indices(keys: Sequence[str], ngrams: NGrams) -> tuple[Indices, Offsets]:
    """Return the indices of the keys' spellings as (indices, offsets), in compressed row form.

    Row i's indices, int32 in [0, 2**bits), are indices[offsets[i]:offsets[i + 1]]; offsets has
    shape (n + 1,).
    """
    parts = list(ngram_parts(keys, ngrams))
    counts = np.zeros(len(keys), np.int64)
    for part in parts:
        counts[part.at] += len(part.indices) if part.there is None else part.there.sum(axis=0)
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    indices, ends = np.empty(offsets[-1], np.int32), offsets[:-1].copy()
    for part in parts:
        there = np.ones(part.indices.shape, np.bool_) if part.there is None else part.there
        upto = np.cumsum(there, axis=0) + ends[part.at]
        indices[upto[there] - 1] = part.indices[there]
        ends[part.at] = upto[-1]
    return indices, offsets


def _ngrams(
    at: Places, raw: Bytes, lengths: Places, sizes: range, bits: int, start: int
) -> Iterator[Part]:
    """Yield for each size the hashed n-grams of words at each place."""
    letters = _letters(raw, lengths)
    # All of one length: then every n-gram is there.
    equal = bool(len(lengths)) and int(lengths.min()) == len(raw)
    state = np.full(letters.shape, start, np.uint32)
    for size in range(1, min(sizes.stop - 1, len(letters)) + 1):
        places = len(letters) - size + 1
        # Rolling: an n-gram's state is that of the one a letter shorter, and its last letter.
        state = state[:places] * np.uint32(PRIME)
        state += letters[size - 1 :]
        if size in sizes:
            # Multiplicative hashing: the high bits of the product depend on all of state.
            mixed = state >> np.uint32(15)
            mixed ^= state
            mixed *= np.uint32(MIX)
            mixed >>= np.uint32(32 - bits)
            there = None if equal else np.arange(places)[:, None] < lengths + (3 - size)
            yield Part(at, mixed.view(np.int32), there)


def _letters(raw: Bytes, lengths: Places) -> npt.NDArray[np.uint32]:
    """Return letters as numbers between the two boundaries, uint32 of shape (longest + 2, n)."""
    longest, n = raw.shape
    letters = np.empty((longest + 2, n), np.uint32)
    letters[0] = START
    np.subtract(raw, np.uint8(96), out=letters[1:-1])
    letters[lengths + 1, np.arange(n)] = END
    return letters
