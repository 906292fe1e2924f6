# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
"""P(female) by the spelling of a name, for the words of one Estimator."""

from __future__ import annotations

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.gender_detection.features.odds import sigmoid
    from cython.cimports.gender_detection.names.words import Words
else:
    from ..features.odds import sigmoid
    from ..names.words import Words

from ..features.odds import MOST_LOG_ODDS
from ..pattern import PatternModel

# A bit of Word.lookups; model.estimation has the others.
_SPELLED = cython.declare(cython.int, 8)
_MAX_SCORE = cython.declare(cython.double, MOST_LOG_ODDS)


class SpellingEvidence:
    """The pattern model, asked once for each word that no source has (Word.p_female)."""

    def __init__(self, known: Words, pattern: PatternModel) -> None:
        self.known = known
        self.weights, self.bias = pattern.spelling, pattern.bias
        self.slope, self.intercept = pattern.slope, pattern.intercept

    def p_female(self, key) -> float:
        """Return P(female) of a key that no source has."""
        if self.known.words[key].lookups & _SPELLED == 0:
            size: cython.int = self.known.words[key].letters
            total: cython.double = self._weight_sum(key, size)
            score: cython.double = self.slope * (self.bias + total) + self.intercept
            score = min(max(score, -_MAX_SCORE), _MAX_SCORE)
            self.known.words[key].lookups = self.known.words[key].lookups | _SPELLED
            p_female: cython.float = sigmoid(score)
            # A word holds a float; uncompiled, it would hold a double.
            self.known.words[key].p_female = (
                p_female if cython.compiled else float(np.float32(p_female))
            )
        return self.known.words[key].p_female

    def _weight_sum(self, key, size) -> float:
        """Return the sum of the weights for a key of this many letters."""
        start: cython.Py_ssize_t = self.known.words[key].text + self.known.words[key].size
        if cython.compiled:
            return self.weights.sum_of(self.known.letters + start, size)
        return self.weights.sum_of(bytes(self.known.letters[start : start + size]), size)
