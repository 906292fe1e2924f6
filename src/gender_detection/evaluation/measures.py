"""Metrics of a model: errors, calibration and coverage.

Metrics on people are those of Santamaría & Mihaljević (PeerJ CS 4:e156, 2018): of all people, x_y
are those of gender x answered as y (u: unknown); see coded_errors.
"""

from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

COVERAGES = (0.98, 0.95, 0.9)
BINS = 10
Z_95 = 1.959964  # the standard normal quantile of 0.975

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def metrics(p_female: Floats, is_female: Bools, threshold: float) -> dict[str, Any]:
    """Return all metrics of answers p_female for people of known gender, both of shape (n,).

    p_female is NaN if there is no probability. Values are shares, None if there is nobody to count.
    """
    return {
        "n": len(p_female),
        "threshold": threshold,
        "at_threshold": coded_errors(p_female, is_female, threshold),
        "forced": coded_errors(p_female, is_female, 0.5),
        "ece": expected_calibration_error(p_female, is_female),
        "error_at_coverage": {
            f"{coverage:.0%}": error_at_coverage(p_female, is_female, coverage)
            for coverage in COVERAGES
        },
    }


def coded_errors(p_female: Floats, is_female: Bools, threshold: float) -> dict[str, float | None]:
    """Return the four errors when answers below the threshold are unknown.

    errorCoded            (f_m + m_f + f_u + m_u) / all
    errorCodedWithoutNA   (f_m + m_f) / answered
    naCoded               (f_u + m_u) / all
    errorGenderBias       (m_f - f_m) / answered; above 0, too many are counted as women
    """
    answered = confidence(p_female) >= threshold
    says_female = p_female > 0.5
    f_m = int((answered & is_female & ~says_female).sum())
    m_f = int((answered & ~is_female & says_female).sum())
    n, known = len(p_female), int(answered.sum())
    return {
        "errorCoded": _share(f_m + m_f + n - known, n),
        "errorCodedWithoutNA": _share(f_m + m_f, known),
        "naCoded": _share(n - known, n),
        "errorGenderBias": _share(m_f - f_m, known),
    }


def faults(p_female: Floats, is_female: Bools, threshold: float) -> dict[str, Bools]:
    """Return who has each fault, bool (n,), for answers p_female to people of known gender.

    error    wrong, or without a probability, if every answer is forced
    wrong    answered with the other gender, at the threshold
    unknown  not answered, at the threshold
    """
    answered = confidence(p_female) >= threshold
    return {
        "error": wrong(p_female, is_female),
        "wrong": answered & ((p_female > 0.5) != is_female),
        "unknown": ~answered,
    }


def confidence(p_female: Floats) -> Floats:
    """Return the probability of the likelier gender; 0 if there is none or both are equal."""
    likelier = np.maximum(p_female, 1 - p_female)
    return np.where(np.isnan(p_female) | (p_female == 0.5), 0.0, likelier)


def error_at_coverage(p_female: Floats, is_female: Bools, coverage: float) -> float | None:
    """Return the share of wrong answers among the most certain people, coverage of all."""
    taken = np.argsort(-confidence(p_female), kind="stable")[: round(coverage * len(p_female))]
    return _share(int(wrong(p_female, is_female)[taken].sum()), len(taken))


def coverage_curve(p_female: Floats, is_female: Bools, points: int = 101) -> tuple[Floats, Floats]:
    """Return coverages and the errors among the answered at each, both of shape (m,).

    The most certain people come first. m is points, or fewer if there are fewer people.
    """
    if not len(p_female):
        return np.zeros(0), np.zeros(0)
    order = np.argsort(-confidence(p_female), kind="stable")
    errors = np.cumsum(wrong(p_female, is_female)[order])
    taken = np.unique(np.linspace(1, len(order), points).astype(int))
    return taken / len(order), errors[taken - 1] / taken


def reliability(p_female: Floats, is_female: Bools) -> dict[str, Floats]:
    """Return mean confidence, accuracy and count by confidence in BINS bins from 0.5 to 1."""
    sure = confidence(p_female)
    sure, right = sure[sure > 0], ~wrong(p_female, is_female)[sure > 0]
    bins = np.minimum(((sure - 0.5) * 2 * BINS).astype(int), BINS - 1)
    count = np.bincount(bins, minlength=BINS).astype(float)
    with np.errstate(invalid="ignore"):
        return {
            "confidence": np.bincount(bins, sure, BINS) / count,
            "accuracy": np.bincount(bins, right, BINS) / count,
            "count": count,
        }


def expected_calibration_error(p_female: Floats, is_female: Bools) -> float | None:
    """Return the mean gap of confidence and accuracy over the answered, weighted by bin
    (Guo et al., ICML 2017, equation 3)."""
    bins = reliability(p_female, is_female)
    total = bins["count"].sum()
    if not total:
        return None
    gaps = np.abs(bins["confidence"] - bins["accuracy"])
    return float(np.nansum(gaps * bins["count"]) / total)


def threshold_for_error(p_female: Floats, is_female: Bools, error: float) -> float:
    """Return the lowest threshold, in steps of 0.01 from 0.5, at which at most the share error of
    the answers is wrong; 0.99 if there is none."""
    for step in range(50, 99):
        at = coded_errors(p_female, is_female, step / 100)["errorCodedWithoutNA"]
        if at is not None and at <= error:
            return step / 100
    return 0.99


def wilson_interval(part: int, whole: int) -> tuple[float, float] | None:
    """Return the bounds of the 95 % score interval of a share, None if whole is 0.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of
    the American Statistical Association 22 (1927), 209-212.
    """
    if not whole:
        return None
    share, z2 = part / whole, Z_95**2
    centre = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = sqrt(share * (1 - share) * z2 / whole + (z2 / (2 * whole)) ** 2) / (1 + z2 / whole)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def wrong(p_female: Floats, is_female: Bools) -> Bools:
    """Return who has a wrong answer or none if every answer is forced, of shape (n,)."""
    is_wrong: Bools = (confidence(p_female) == 0) | ((p_female > 0.5) != is_female)
    return is_wrong


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
