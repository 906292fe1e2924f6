"""Tests of whether one model is worse than another on the same people, by more than is allowed.

Both answer the same people, so only those on whom they differ count: lost have become wrong, won
have become right. Python's own normal distribution is enough; nothing here draws random numbers
except p_of_calibration, whose seed is fixed.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist

import numpy as np

from ..evaluation import expected_calibration_error
from ..evaluation.measures import Bools, Floats

RESAMPLES = 500
SEED = 21
_NORMAL = NormalDist()


def p_of_loss(lost: int, won: int, n: int, allowed: float) -> float:
    """Return the p-value of n paired answers if the model is worse by no more than allowed.

    The share of bad answers has grown by (lost - won) / n; allowed is a share, 0 or more. Tango's
    score test for the difference of paired proportions (Statistics in Medicine 17 (1998), 891-908);
    with allowed = 0 it is McNemar's test, one-sided.
    """
    excess = lost - won - n * allowed
    if excess <= 0:
        return 1.0
    a, b, c = 2.0 * n, (2 * n - lost + won) * allowed - lost - won, -won * allowed * (1 - allowed)
    improved = (sqrt(b * b - 4 * a * c) - b) / (2 * a)
    variance = n * (2 * improved + allowed * (1 - allowed))
    return _upper(excess, variance)


def p_of_share(count: int, n: int, allowed: float) -> float:
    """Return the p-value of a share count / n if it is really no more than allowed.

    Wilson's score test, one-sided; see evaluation.wilson_interval.
    """
    excess = count - n * allowed
    if excess <= 0:
        return 1.0
    return _upper(excess, n * allowed * (1 - allowed))


def p_of_calibration(
    p_female: Floats, before: Floats | None, is_female: Bools, allowed: float
) -> float:
    """Return the p-value of a calibration error that is no more than allowed above that before.

    Both answers are of shape (n,), NaN for none; without before, allowed is the error itself. A
    paired bootstrap (Efron, Tibshirani 1993): the same people are drawn for both models, RESAMPLES
    times, always the same. 1 / RESAMPLES is the least that is returned.
    """
    generator = np.random.default_rng(SEED)
    within = 0
    for _ in range(RESAMPLES):
        at = generator.integers(0, len(is_female), len(is_female))
        error = expected_calibration_error(p_female[at], is_female[at]) or 0.0
        if before is not None:
            error -= expected_calibration_error(before[at], is_female[at]) or 0.0
        within += error <= allowed
    return max(within, 1) / RESAMPLES


def refused(p_values: Sequence[float], certainty: float) -> list[bool]:
    """Return which of several tests fail, so that all that fail do so with this certainty.

    Holm's step-down procedure (Scandinavian Journal of Statistics 6 (1979), 65-70): with 300
    slices and 0.99, one model in a hundred that is no worse anywhere fails in one of them.
    """
    level = 1 - certainty
    failing = [False] * len(p_values)
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    for rank, at in enumerate(order):
        if not p_values[at] < level / (len(p_values) - rank):
            break
        failing[at] = True
    return failing


def _upper(excess: float, variance: float) -> float:
    """Return the share of the normal distribution above excess / sqrt(variance)."""
    return _NORMAL.cdf(-excess / sqrt(variance)) if variance > 0 else 0.0
