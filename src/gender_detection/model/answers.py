"""The answers of a model: their types, their vocabulary, their codes, and the threshold rule.

There are few different answers. P(female) is a whole number of steps of 1/STEPS and has one of
BASES, or there is no P(female) for one of REASONS; gender and probability follow from these and
the threshold. So an answer is also one number, its code: basis * STEPS + steps, or, from
FIRST_REASON on, the number of the reason.
"""

import functools
import math
from typing import Any, Literal, cast, get_args

import msgspec
import numpy as np
import numpy.typing as npt

from ..names import word_row

Gender = Literal["female", "male", "unknown"]
Basis = Literal["title", "country", "name", "pattern", "family_name", "correction"]
Reason = Literal[
    "ambiguous", "unseen", "initials", "empty", "not_a_name", "several_people", "not_a_person"
]

DIGITS = 4  # of a probability: names do not allow more precision
STEPS = 10**DIGITS
GENDERS: tuple[Gender, ...] = ("unknown", "female", "male")  # indices are those of outcome()
BASES: tuple[Basis, ...] = get_args(Basis)
TITLE, COUNTRY, NAME, PATTERN, FAMILY_NAME, CORRECTION = range(len(BASES))
ALL_REASONS: tuple[Reason, ...] = get_args(Reason)
# Those without a P(female).
REASONS = cast(tuple[Reason, ...], tuple(word_row.REASONS))
FIRST_REASON = len(BASES) * STEPS
# The reason of a row of a table with too many or too few cells, or with a name that is too long.
BAD_ROW = "bad_row"
BELOW_THRESHOLD: dict[Basis, Reason] = {
    basis: "unseen" if basis == "pattern" else "ambiguous" for basis in BASES
}
"""The reason where the probability is below the threshold, by basis."""

# Gender, probability, P(female), basis and reason.
Answer = tuple[Gender, float | None, float | None, Basis | None, Reason | None]
Codes = npt.NDArray[np.int32]


class Person(msgspec.Struct, frozen=True, gc=False):
    """A person as a caller names them: a full name, or a given and a family name.

    country is a text that countries.code_of understands, such as IT or Italy; any other text is
    the same as None. id is copied to the prediction and not used.
    """

    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    country: str | None = None
    id: str | int | float | None = None


def percent(probability: float) -> str:
    """Return a probability for people: 84.7%, and near the ends 99.96% or 0.04%.

    No answer is certain, and none reads 100% or 0%: the bounds are those of answers, 0.01% and
    99.99%.
    """
    shown = min(max(probability, 1 / STEPS), 1 - 1 / STEPS)
    return f"{shown:.1%}" if 0.001 <= shown < 0.9995 else f"{shown:.2%}"


def full_name(person: Person) -> str | None:
    """Return the given and family name of a person as one text, None where both are empty."""
    parts = [part for part in (person.given_name, person.family_name) if part]
    return " ".join(parts) or None


class EvidenceSummary(msgspec.Struct, frozen=True, gc=False):
    """The evidence on a name: bearers counted worldwide (rounded), and sources that have it."""

    count: int
    sources: int


NO_EVIDENCE = EvidenceSummary(0, 0)


class Prediction(msgspec.Struct, frozen=True, gc=False):
    """How a name is gendered, and how probable that is.

    probability is that of the gender, or of the likelier gender where gender is unknown. It and
    p_female are None where neither a title nor a name shows a gender, for the reasons REASONS.
    basis is what the probability is based on; reason is why gender is unknown. matched is the key
    that evidence is about, such as "marieclaire" or "marie" for Marie-Claire; None where the
    probability is not based on evidence on a name.
    """

    id: str | int | float | None
    name: str | None
    given_name: str | None
    country: str | None
    gender: Gender
    probability: float | None
    p_female: float | None
    basis: Basis | None
    reason: Reason | None
    evidence: EvidenceSummary
    matched: str | None


def steps_of(p_female: float) -> int:
    """Return round(p_female, DIGITS) * STEPS, clipped to [1, STEPS - 1].

    Clipped, because rounding must not turn a high probability into certainty.
    """
    return min(max(round(round(p_female, DIGITS) * STEPS), 1), STEPS - 1)


@functools.lru_cache(maxsize=64)
def least_steps(threshold: float) -> int:
    """Return the fewest steps of P(female) that are "female" under a threshold in [0.5, 1].

    Equal odds are "unknown" under every threshold.
    """
    least = max(math.floor(threshold * STEPS), STEPS // 2 + 1)
    return least if least / STEPS >= threshold else least + 1


def outcome(steps: Any, least: int) -> Any:
    """Return the index in GENDERS: the threshold rule, for least_steps().

    steps is P(female) as a number of steps, or an array of them, int (n,).
    """
    return (steps >= least) + 2 * (steps <= STEPS - least)


def likelier(steps: Any) -> Any:
    """Return the probability of the likelier gender, of one number of steps or an array."""
    return (STEPS // 2 + abs(steps - STEPS // 2)) / STEPS


@functools.lru_cache(maxsize=1 << 14)
def decode(code: int, least: int) -> Answer:
    """Return the answer of a code, for the least_steps() of a threshold."""
    if code >= FIRST_REASON:
        return "unknown", None, None, None, REASONS[code - FIRST_REASON]
    basis, steps = BASES[code // STEPS], code % STEPS
    at = outcome(steps, least)
    reason = None if at else BELOW_THRESHOLD[basis]
    return GENDERS[at], likelier(steps), steps / STEPS, basis, reason


def encode(p_female: float | None, basis: str | None, reason: str | None) -> int:
    """Return the code of an answer; where there is no P(female), that of the reason."""
    if p_female is None or basis is None:
        return FIRST_REASON + REASONS.index(reason or REASONS[-1])
    return BASES.index(basis) * STEPS + steps_of(p_female)
