"""Summaries of counted groups, with warnings where an estimate is weak."""

from typing import Literal

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from ..model.answers import BAD_ROW, Reason
from .group_counts import OUTCOMES, REASONS, GroupCounts, Value
from .shares import Floats, Ints, most_alike, shares_of_women

DIGITS = 4

# A summary gets a warning if fewer people than this have a probability,
FEW = 30
# if the interval is wider than this,
WIDE = 0.2
# if more than this share of the people have no probability,
MANY_LEFT_OUT = 0.2
# or if more than these shares of the others are unknown at the threshold, or judged by the spelling
# alone: errors of the model itself, which the interval does not include, may then be large.
MANY_UNANSWERED = 0.1
MANY_BY_SPELLING = 0.1
# It also gets one if more than this share of people have one probability, which is not near 0 or 1:
# they probably share a name. The estimate assumes that names came as they come among women and men.
MANY_ALIKE = 0.2

CautionCode = Literal[
    "too_few",
    "too_uncertain",
    "many_left_out",
    "many_unanswered",
    "many_by_spelling",
    "many_of_one_name",
]
# {} is where the figure of a group goes.
_SENTENCES: dict[CautionCode, str] = {
    "too_few": f"fewer than {FEW} people have a probability{{}}",
    "too_uncertain": f"the interval is wider than {WIDE:.0%}{{}}",
    "many_left_out": f"more than {MANY_LEFT_OUT:.0%} of the people have no probability{{}}; the "
    "share is estimated from the others",
    "many_unanswered": f"more than {MANY_UNANSWERED:.0%} of the people with a probability are "
    "unknown at the threshold{}; the model may know their names badly",
    "many_by_spelling": f"more than {MANY_BY_SPELLING:.0%} of the people with a probability are "
    "judged by the spelling of their names alone{}; the model may know these badly",
    "many_of_one_name": f"more than {MANY_ALIKE:.0%} of the people with a probability have the "
    "same one{}, as people of one name do; where people were chosen by name, the share is wrong",
}
MEANINGS = {code: sentence.format("") for code, sentence in _SENTENCES.items()}
Unanswered = Reason | Literal["bad_row"]


class Caution(msgspec.Struct, frozen=True):
    """A reason to read a share with care."""

    code: CautionCode
    detail: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The estimated share of women in a group or, without group, among all people.

    n is the number of people, answered those whose gender is female or male at the threshold,
    unanswered the others by reason, used those with a probability, from which the share is
    estimated. female_share, low and high are None if used is 0. The interval from low to high
    should contain the share in 95 of 100 groups; it includes the error of sampling and of names
    that both women and men have, but not errors of the model itself.
    """

    group: dict[str, Value] | UnsetType = UNSET
    n: int
    answered: int
    unanswered: dict[Unanswered, int]
    used: int
    female_share: float | None
    low: float | None
    high: float | None
    warnings: list[Caution]


def value_text(value: Value) -> str:
    """Return a value of a group as text to show."""
    return "(none)" if value is None else str(value)


def summarise(counts: GroupCounts) -> tuple[list[Summary], Summary]:
    """Return a summary of each group, in the order of their values, and one of all people.

    Rows that cannot be read are only in the latter.
    """
    shares = shares_of_women(counts.levels, counts.base_share)
    groups = counts.groups
    summaries = [
        _summary(
            counts.outcomes[number],
            int(counts.levels[number].sum()),
            int(counts.spelled[number]),
            most_alike(counts.levels[number]),
            shares[number],
            dict(zip(counts.by, groups[number], strict=True)),
        )
        for number in sorted(range(len(groups)), key=lambda number: _order(groups[number]))
    ]
    levels = counts.levels.sum(axis=0, dtype=np.int64)
    outcomes = counts.outcomes.sum(axis=0)
    outcomes[OUTCOMES.index(BAD_ROW)] += counts.lost
    share = shares_of_women(levels[None], counts.base_share)[0]
    used, spelled = int(levels.sum()), int(counts.spelled.sum())
    return summaries, _summary(outcomes, used, spelled, most_alike(levels), share)


def _order(group: tuple[Value, ...]) -> list[tuple[str, Value]]:
    # Values of different types cannot be compared; None comes last.
    return [("~" if value is None else type(value).__name__, value) for value in group]


def _summary(
    outcomes: Ints,
    used: int,
    spelled: int,
    alike: int,
    share: Floats,
    group: dict[str, Value] | UnsetType = UNSET,
) -> Summary:
    answered, *unanswered = outcomes.tolist()
    n = answered + sum(unanswered)
    low, middle, high = (round(bound, DIGITS) if used else None for bound in share.tolist())
    return Summary(
        group=group,
        n=n,
        answered=answered,
        unanswered=dict(zip(REASONS, unanswered, strict=True)),  # type: ignore[arg-type]
        used=used,
        female_share=middle,
        low=low,
        high=high,
        warnings=_warnings(n, answered, used, spelled, alike, share),
    )


def _warnings(
    n: int, answered: int, used: int, spelled: int, alike: int, share: Floats
) -> list[Caution]:
    width = float(share[2] - share[0])  # NaN without people, and then not above WIDE
    figures: dict[CautionCode, str] = {}
    if used < FEW:
        figures["too_few"] = f"{used}"
    if width > WIDE:
        figures["too_uncertain"] = f"{width:.0%}"
    if n - used > MANY_LEFT_OUT * n:
        figures["many_left_out"] = f"{(n - used) / n:.0%}"
    if used - answered > MANY_UNANSWERED * used:
        figures["many_unanswered"] = f"{(used - answered) / used:.0%}"
    if spelled > MANY_BY_SPELLING * used:
        figures["many_by_spelling"] = f"{spelled / used:.0%}"
    if used >= FEW and alike > MANY_ALIKE * used:
        figures["many_of_one_name"] = f"{alike / used:.0%}"
    return [Caution(code, _SENTENCES[code].format(f" ({f})")) for code, f in figures.items()]
