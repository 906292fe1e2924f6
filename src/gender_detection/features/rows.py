"""Words of letters one after the other in one text, and some of them as a matrix.

A matrix has a row for each place in a word and a column for each word: an operation on a place is
one on neighbours in memory. Words of one length need no padding, so they are taken together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# So many words are many at a time, and in a matrix of theirs yet near a core.
TOGETHER = 8_192
# Up to so many are taken together whatever their lengths: operations cost more to start.
FEW = 3_000
LONGEST = 255

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """n words: word i is text[starts[i] : starts[i] + lengths[i]], uint8, with a zero before and
    behind it; starts and lengths have shape (n,)."""

    text: Bytes
    starts: Places
    lengths: Places

    @classmethod
    def of(cls, words: Sequence[str], longest: int | None = None) -> "Rows":
        """Return words of ASCII letters, no more of each than its first longest letters.

        Raise ValueError where a word holds a zero, UnicodeEncodeError where it is not ASCII.
        """
        rows = cls.parted(_joined(words))
        if longest is not None and rows.lengths.max(initial=0) > longest:
            rows = cls.parted(_joined([word[:longest] for word in words]))
        if len(rows.starts) != len(words):
            raise ValueError("a word holds a zero")
        return rows

    @classmethod
    def parted(cls, text: Bytes) -> "Rows":
        """Return the words that zeros part, of a text that begins and ends with one."""
        zeros = np.flatnonzero(text == 0)
        return cls(text, zeros[:-1] + 1, np.diff(zeros) - 1)

    def groups(self) -> Iterator[Places]:
        """Yield the places of all words but the empty ones, of one length where they are many."""
        if len(self.lengths) <= FEW:
            yield np.flatnonzero(self.lengths)
            return
        # Narrow numbers are sorted by their digits; a longer word is in a group with others.
        order = np.argsort(np.minimum(self.lengths, LONGEST).astype(np.uint8), kind="stable")
        ends = np.cumsum(np.bincount(np.minimum(self.lengths, LONGEST)))
        for first, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
            for start in range(first, end, TOGETHER):
                yield order[start : min(start + TOGETHER, end)]

    def matrix(self, at: Places) -> tuple[Bytes, Places]:
        """Return the letters of the words at these places, (longest, m), and their lengths, (m,);
        behind a word's end are zeros."""
        (letters,), lengths = self.matrices(at, self.text)
        return letters, lengths

    def matrices(self, at: Places, *texts: Bytes) -> tuple[list[Bytes], Places]:
        """Return what matrix does, of texts in which the words lie as they do in this one."""
        lengths = self.lengths[at]
        longest = int(lengths.max(initial=0))
        places = np.arange(longest)[:, None]
        index = self.starts[at] + places
        found = [text.take(index, mode="clip") for text in texts]
        if len(at) and lengths.min() < longest:
            within = places < lengths
            found = [letters * within for letters in found]
        return found, lengths


def _joined(words: Sequence[str]) -> Bytes:
    return np.frombuffer("\0".join(("", *words, "")).encode("ascii"), np.uint8)
