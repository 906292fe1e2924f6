"""Answers as numbers: whatever is asked, the answer is one of few.

P(female) has DIGITS digits and rests on one of BASES, or the name says nothing for one of REASONS;
gender and probability follow from that and the threshold. The code of an answer is
basis * STEPS + steps, with P(female) = steps / STEPS, or, behind all of these, that of a reason.
"""

import functools
import math

import numpy as np
import numpy.typing as npt

from .prediction import Basis, Gender, Reason

DIGITS = 4  # of a probability: more would promise what no name can tell
STEPS = 10**DIGITS
BASES: tuple[Basis, ...] = ("title", "country", "name", "pattern")
TITLE, COUNTRY, NAME, PATTERN = range(len(BASES))
REASONS: tuple[Reason, ...] = ("initials", "empty", "not_a_name")
FIRST_REASON = len(BASES) * STEPS
UNSURE: dict[Basis, Reason] = {
    basis: "unseen" if basis == "pattern" else "ambiguous" for basis in BASES
}
"""Why the gender is unknown where the probability is below the threshold, by basis."""

# Gender, probability, P(female), basis and reason.
Said = tuple[Gender, float | None, float | None, Basis | None, Reason | None]
Codes = npt.NDArray[np.int32]


def steps_of(p_female: float) -> int:
    """Return round(p_female, DIGITS) * STEPS, held inside [1, STEPS - 1].

    Held, since rounding must not make a certainty of what is none.
    """
    return min(max(round(round(p_female, DIGITS) * STEPS), 1), STEPS - 1)


@functools.lru_cache(maxsize=64)
def least_steps(threshold: float) -> int:
    """Return from which steps on the answer is "female" under a threshold in [0.5, 1]; STEPS less
    that is up to which it is "male". Between these it is "unknown"; even odds always are."""
    least = max(math.floor(threshold * STEPS), STEPS // 2 + 1)
    return least if least / STEPS >= threshold else least + 1


def reason_code(reason: str) -> int:
    """Return the code of a name that says nothing, for one of REASONS."""
    return FIRST_REASON + REASONS.index(reason)


def said(code: int, least: int) -> Said:
    """Return gender, probability, P(female), basis and reason of an answer; from so many steps on
    (least_steps) it is a gender."""
    if code >= FIRST_REASON:
        return "unknown", None, None, None, REASONS[code - FIRST_REASON]
    basis, steps = BASES[code // STEPS], code % STEPS
    likelier = max(steps, STEPS - steps)
    if likelier < least:
        return "unknown", likelier / STEPS, steps / STEPS, basis, UNSURE[basis]
    gender: Gender = "female" if steps == likelier else "male"
    return gender, likelier / STEPS, steps / STEPS, basis, None


def code_of(p_female: float | None, basis: str | None, reason: str | None) -> int:
    """Return the code of a prediction that says so."""
    if p_female is None or basis is None:
        return reason_code(reason or REASONS[-1])
    return BASES.index(basis) * STEPS + steps_of(p_female)
