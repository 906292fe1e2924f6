"""The share of women in groups of people, with the error of names and that of sampling."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from .model.prediction import Reason

Value = str | int | bool | None
CautionCode = Literal[
    "too_few", "too_uncertain", "many_left_out", "many_unanswered", "many_by_spelling"
]


class Caution(msgspec.Struct, frozen=True):
    """Why a share is to be read with care."""

    code: CautionCode
    detail: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a group's share of women, or, without group, of that of all groups together.

    n are the people, answered those whose gender is female or male at the threshold, unanswered
    the others by reason, used those with a probability, on which the share rests. female_share,
    low and high are None where used is 0.
    """

    group: dict[str, Value] | UnsetType = UNSET
    n: int
    answered: int
    unanswered: dict[Reason, int]
    used: int
    female_share: float | None
    low: float | None
    high: float | None
    warnings: list[Caution]
