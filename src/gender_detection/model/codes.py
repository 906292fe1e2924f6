"""Answers as numbers: whatever is asked, the answer is one of few.

P(female) has DIGITS digits and rests on one of BASES, or the name says nothing for one of REASONS;
gender and probability follow from that and the threshold. The code of an answer is
basis * STEPS + steps, with P(female) = steps / STEPS, or, behind all of these, that of a reason.
"""

import numpy as np
import numpy.typing as npt

DIGITS = 4  # of a probability: more would promise what no name can tell
STEPS = 10**DIGITS
BASES = ("title", "country", "name", "pattern")
TITLE, COUNTRY, NAME, PATTERN = range(len(BASES))
REASONS = ("initials", "empty", "not_a_name")
FIRST_REASON = len(BASES) * STEPS

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


def steps_of(p_female: float) -> int:
    """Return round(p_female, DIGITS) * STEPS, held inside [1, STEPS - 1].

    At a fraction of its price: that writes decimals. Held, since rounding must not make a certainty
    of what is none.
    """
    steps = p_female * STEPS
    nearest = int(steps + 0.5)
    if abs(steps - nearest) >= 0.499:
        # Where the product is rounded itself, the decimals decide.
        nearest = round(round(p_female, DIGITS) * STEPS)
    return min(max(nearest, 1), STEPS - 1)


def codes_of(p_female: Floats, bases: npt.NDArray[np.integer]) -> Codes:
    """Return the codes of probabilities, (n,), that rest on these places in BASES, (n,)."""
    steps = p_female * STEPS
    nearest = (steps + 0.5).astype(np.int32)
    for at in np.flatnonzero(np.abs(steps - nearest) >= 0.499).tolist():
        nearest[at] = steps_of(float(p_female[at]))
    held = np.clip(nearest, 1, STEPS - 1)
    codes: Codes = (bases.astype(np.int32) * STEPS + held).astype(np.int32)
    return codes


def reason_code(reason: str) -> int:
    """Return the code of a name that says nothing, for one of REASONS."""
    return FIRST_REASON + REASONS.index(reason)


def code_of(p_female: float | None, basis: str | None, reason: str | None) -> int:
    """Return the code of a prediction that says so."""
    if p_female is None or basis is None:
        return reason_code(reason or REASONS[-1])
    return BASES.index(basis) * STEPS + steps_of(p_female)
