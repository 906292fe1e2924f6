"""Whether the answers of a version are beyond the limits, compared with those of the one before.

Only answers with a probability are compared: initials, empty cells and companies are unknown to
every version. And only answers to like names: scripts, lengths and countries do not depend on the
model, so where they differ, the traffic has changed, and nothing is said of the model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..drift import divergence

Cause = Literal["unknown", "drift"]
CAUSES: tuple[Cause, ...] = ("unknown", "drift")
# What does not depend on the model; features of drift.FEATURES.
INPUTS = ("script", "length", "country")
# From this divergence on, names differ; the alert NamesDrift uses the same number (decision 18).
OTHER_NAMES = 0.1
# So many stretches in a row decide: a single table of unusual names is in one of them.
IN_A_ROW = 3

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """How far the share of unknown may rise, and the answers may drift; names is how many answers
    are compared at least."""

    names: int
    unknown: float
    drift: float


@dataclass(frozen=True)
class Stretch:
    """The answers of a version in a stretch of time: how many had a probability, and shares.

    shares are of all INPUTS, of gender (female, male), and of probability (by the bins of
    drift.PROBABILITY_EDGES), each float64 (bins,) with the sum 1, or 0 where there is nothing.
    unknown is the share of unknown among the answers with a probability.
    """

    names: float
    unknown: float
    shares: Mapping[str, Shares]


@dataclass(frozen=True)
class Judgement:
    """What a stretch says of a version: cause is what is beyond the limits, None if nothing is.

    alike is False if the names differ, and nothing can be said. words say what was compared.
    """

    alike: bool
    cause: Cause | None
    words: str


def mean(stretches: Sequence[Stretch]) -> Stretch:
    """Return the mean of stretches, each of which counts the same, however many names it has.

    So one huge table is one of many stretches.
    """
    return Stretch(
        sum(one.names for one in stretches),
        float(np.mean([one.unknown for one in stretches])),
        {
            feature: np.mean([one.shares[feature] for one in stretches], axis=0)
            for feature in stretches[0].shares
        },
    )


def judge(before: Stretch, after: Stretch, limits: Limits) -> Judgement:
    """Compare the answers of a version with those of the version before it."""
    for feature in INPUTS:
        if (moved := _moved(before, after, feature)) > OTHER_NAMES:
            return Judgement(False, None, f"the {feature} of the names differs by {moved:.2f}")
    if after.unknown - before.unknown > limits.unknown:
        words = f"unknown answers rose from {before.unknown:.1%} to {after.unknown:.1%}"
        return Judgement(True, "unknown", words)
    moved, feature = max((_moved(before, after, one), one) for one in ("gender", "probability"))
    if moved > limits.drift:
        limit = f"(limit {limits.drift:g})"
        return Judgement(True, "drift", f"the answers' {feature} drifted by {moved:.2f} {limit}")
    return Judgement(True, None, "")


def _moved(before: Stretch, after: Stretch, feature: str) -> float:
    """Return the divergence of a feature; 0 where one of the two has nothing of it."""
    one, other = before.shares[feature], after.shares[feature]
    return divergence(one, other) if one.sum() > 0 and other.sum() > 0 else 0.0
