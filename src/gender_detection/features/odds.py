# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Probabilities and their log-odds: of one number, compiled, and of arrays, with NumPy.

The two differ in their last bits, as exp() of C and of NumPy do: each answer keeps to one of them.
"""

from __future__ import annotations

import cython
import numpy as np
import numpy.typing as npt
from cython.cimports.libc.math import exp, isinf, log

MOST_LOG_ODDS = 35.0
"""Log-odds beyond this, in either direction, are 0 or 1 to within rounding."""


def sigmoid(log_odds) -> float:
    """Return 1 / (1 + exp(-log_odds)), the inverse of logit."""
    return 1 / (1 + exp(-log_odds))


def logit(p) -> float:
    """Return log(p / (1 - p)), with p clipped to [1e-6, 1 - 1e-6]."""
    clipped: cython.double = min(max(p, 1e-6), 1 - 1e-6)
    return log(clipped / (1 - clipped))


def shift_prior(p, share, base) -> float:
    """Return P(female) in a population with another share of women than base.

    Prior-probability shift: the log-odds move by logit(share) - logit(base) (Saerens, Latinne,
    Decaestecker 2002, equation 2.4). 0 and 1 stay as they are.
    """
    if p <= 0.0 or p >= 1.0:
        return p
    odds: cython.double = p / (1 - p) * (share / (1 - share)) / (base / (1 - base))
    return 1.0 if isinf(odds) else odds / (1 + odds)


def sigmoids(log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return 1 / (1 + exp(-log_odds)), log-odds clipped to ±MOST_LOG_ODDS; both of shape (n,)."""
    return 1.0 / (1.0 + np.exp(-np.clip(log_odds, -MOST_LOG_ODDS, MOST_LOG_ODDS)))
