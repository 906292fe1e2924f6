"""What a tally tells of its groups, with a warning where that is little."""

from typing import Literal

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from ..model.answers import Reason
from .group_counts import BAD_ROW, OUTCOMES, REASONS, GroupCounts, Value
from .shares import Floats, Ints, shares_of_women

DIGITS = 4

# A group is warned of with fewer people than this who have a probability,
FEW = 30
# with an interval wider than this,
WIDE = 0.2
# with more than this part of its people left out, having no probability,
MANY_LEFT_OUT = 0.2
# or with more than this part of the rest unanswered at the threshold, or judged by spelling alone:
# then errors of the model itself, which no interval tells of, may be large.
MANY_UNANSWERED = 0.1
MANY_BY_SPELLING = 0.1

CautionCode = Literal[
    "too_few", "too_uncertain", "many_left_out", "many_unanswered", "many_by_spelling"
]
MEANINGS: dict[CautionCode, str] = {
    "too_few": f"fewer than {FEW} people have a probability",
    "too_uncertain": f"the interval is wider than {WIDE:.0%}",
    "many_left_out": f"more than {MANY_LEFT_OUT:.0%} of the people have no probability, and the "
    "share is that of the others",
    "many_unanswered": f"more than {MANY_UNANSWERED:.0%} of the names used are too unsure for an "
    "answer, and the model may read them badly",
    "many_by_spelling": f"more than {MANY_BY_SPELLING:.0%} of the names used are judged by their "
    "spelling alone, and the model may read them badly",
}
Unanswered = Reason | Literal["bad_row"]


class Caution(msgspec.Struct, frozen=True):
    """Why a share is to be read with care."""

    code: CautionCode
    detail: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a group's share of women, or, without group, of that of all groups together.

    n are the people, answered those whose gender is female or male at the threshold, unanswered
    the others by reason, used those with a probability, on which the share rests. female_share,
    low and high are None where used is 0. The interval from low to high is to hold the share in 95
    of 100 groups; it carries sampling, and names that women and men bear, but not errors of the
    model itself, on names of a culture that it reads badly.
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


def summarise(tally: GroupCounts) -> tuple[list[Summary], Summary]:
    """Return a summary of each group, in the order of their values, and one of all people.

    Rows that are lost are in the latter alone.
    """
    shares = shares_of_women(tally.levels, tally.base_share)
    groups = tally.groups
    summaries = [
        _summary(
            tally.outcomes[number],
            int(tally.levels[number].sum()),
            int(tally.spelled[number]),
            shares[number],
            dict(zip(tally.by, groups[number], strict=True)),
        )
        for number in sorted(range(len(groups)), key=lambda number: _order(groups[number]))
    ]
    levels = tally.levels.sum(axis=0, dtype=np.int64)
    outcomes = tally.outcomes.sum(axis=0)
    outcomes[OUTCOMES.index(BAD_ROW)] += tally.lost
    share = shares_of_women(levels[None], tally.base_share)[0]
    return summaries, _summary(outcomes, int(levels.sum()), int(tally.spelled.sum()), share)


def _order(group: tuple[Value, ...]) -> list[tuple[str, Value]]:
    # Values of different types cannot be compared; None goes last.
    return [("~" if value is None else type(value).__name__, value) for value in group]


def _summary(
    outcomes: Ints,
    used: int,
    spelled: int,
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
        warnings=_warnings(n, answered, used, spelled, share),
    )


def _warnings(n: int, answered: int, used: int, spelled: int, share: Floats) -> list[Caution]:
    width = float(share[2] - share[0])  # NaN for nobody, and no comparison holds
    found: dict[CautionCode, str] = {}
    if used < FEW:
        found["too_few"] = str(used)
    if width > WIDE:
        found["too_uncertain"] = f"{width:.0%}"
    if n - used > MANY_LEFT_OUT * n:
        found["many_left_out"] = f"{(n - used) / n:.0%}"
    if used - answered > MANY_UNANSWERED * used:
        found["many_unanswered"] = f"{(used - answered) / used:.0%}"
    if spelled > MANY_BY_SPELLING * used:
        found["many_by_spelling"] = f"{spelled / used:.0%}"
    return [Caution(code, f"{figure}: {MEANINGS[code]}") for code, figure in found.items()]
