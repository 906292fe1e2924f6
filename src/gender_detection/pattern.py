"""The pattern model: P(female) from the spelling of a key, by logistic regression on n-grams.

log-odds(female) = slope * (bias + sum of the weights of the key's n-grams) + intercept. Slope and
intercept are Platt's calibration (Platt 1999), fitted on keys that are not in the training split.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .features import NGrams, Spelling
from .features.odds import sigmoids

# Keys are processed in blocks whose scores fit into a core's cache.
BLOCK = 32_768


@dataclass(frozen=True)
class PatternModel:
    """Weights float16 of shape (2**ngrams.bits,), a bias, and the calibration.

    float16 needs half the memory of float32 and changes no probability in its third digit; a
    float64 holds the sum of weights without rounding, in any order. Raise ValueError for another
    dtype or shape, or values that are not finite.
    """

    ngrams: NGrams
    weights: npt.NDArray[np.floating]
    bias: float
    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if self.weights.dtype != np.float16 or self.weights.shape != (2**self.ngrams.bits,):
            raise ValueError(f"weights: {self.weights.dtype} of shape {self.weights.shape}")
        numbers = (self.bias, self.slope, self.intercept)
        if not np.isfinite(numbers).all() or not np.isfinite(self.weights).all():
            raise ValueError("weights or calibration: not finite")

    def p_female(self, keys: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the calibrated P(female) of each key, float32 (n,); NaN for an empty one.

        The result for a key is the same to the last bit, whatever the other keys are.
        """
        out = np.empty(len(keys), dtype=np.float32)
        for start in range(0, len(keys), BLOCK):
            block = keys[start : start + BLOCK]
            score = self.slope * (self.bias + self.spelling.sums(block)) + self.intercept
            if "" in block:
                score[[key == "" for key in block]] = np.nan
            out[start : start + BLOCK] = sigmoids(score)
        return out

    def raw_scores(
        self, indices: npt.NDArray[np.int32], offsets: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        """Return the uncalibrated log-odds of rows of n-grams, float64 of shape (n,)."""
        starts, ends = offsets[:-1], offsets[1:]
        # A plain view: a memory map is slower to index.
        held = np.asarray(self.weights)
        # One more weight, for empty rows at the end. Other empty rows get a sum that is not theirs.
        weights = np.append(held.take(indices), np.float16(0)).astype(np.float64)
        sums = np.add.reduceat(weights, starts) if len(starts) else np.zeros(0)
        return self.bias + np.where(starts == ends, 0.0, sums)

    @cached_property
    def spelling(self) -> Spelling:
        """The weights for compiled code, which sums them for one key."""
        return Spelling(self.weights, self.ngrams)
