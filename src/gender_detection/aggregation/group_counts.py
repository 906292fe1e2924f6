"""Answers counted by group: as much memory as there are groups, however many the people."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ..countries.report import CountryReport
from ..errors import InvalidInput
from ..model import Prediction
from .shares import LEVELS, Floats, Ints, levels_of

Value = str | int | bool | None

# What people may be grouped by beside the members or columns of their own.
COUNTRY = "country"
MAX_GROUPS = 100_000
MAX_GROUPED_BY = 20
MAX_VALUE_CHARACTERS = 200
PATTERN = "pattern"  # the basis of a probability that rests on the spelling alone
ANSWERED = "answered"
BAD_ROW = "bad_row"
REASONS = ("ambiguous", "unseen", "initials", "empty", "not_a_name", BAD_ROW)
# The columns of GroupCounts.outcomes.
OUTCOMES = (ANSWERED, *REASONS)


class GroupCounts:
    """How many people of each group had which answer; of all, and by level of probability.

    by are the names of what they are grouped by, base_share that of the model. Groups are numbered
    as they come.
    """

    def __init__(
        self, by: Sequence[str], base_share: float, *, max_groups: int = MAX_GROUPS
    ) -> None:
        self.by, self.base_share = tuple(by), base_share
        self._max_groups = max_groups
        # 1 and True are one key to a dict, and two groups to a reader.
        self._numbers: dict[tuple[tuple[type, Value], ...], int] = {}
        self._outcomes = np.zeros((0, len(OUTCOMES)), np.int64)
        self._spelled = np.zeros(0, np.int64)
        self._levels = np.zeros((0, LEVELS), np.int32)
        # Rows of a table that cannot be read, and so belong to no group.
        self.lost = 0
        # What became of the countries of people in a table.
        self.countries = CountryReport()
        if not by:
            self.number(())

    def number(self, group: Iterable[Value]) -> int:
        """Return the number of a group, given its values in the order of by.

        Raise InvalidInput where there are more groups than allowed, or a value is a longer text.
        """
        key = tuple((type(value), value) for value in group)
        number = self._numbers.get(key)
        if number is None:
            number = len(self._numbers)
            if number == self._max_groups:
                raise InvalidInput(
                    f"more than {self._max_groups:,} groups by {', '.join(self.by)}: group by what "
                    "many people share"
                )
            for name, (_, value) in zip(self.by, key, strict=True):
                if isinstance(value, str) and len(value) > MAX_VALUE_CHARACTERS:
                    raise InvalidInput(
                        f"{name} has a value longer than {MAX_VALUE_CHARACTERS} characters: group "
                        "by what many people share"
                    )
            self._numbers[key] = number
            if number >= len(self._spelled):
                self._grow(max(2 * number, 16))
        return number

    def add(
        self,
        groups: npt.NDArray[np.intp],
        p_female: Floats,
        outcomes: npt.NDArray[np.intp],
        spelled: npt.NDArray[np.bool_],
        people: Ints | None = None,
    ) -> None:
        """Count people, all arrays of shape (answers,).

        groups are numbers of groups, p_female is NaN where a name says nothing, outcomes are places
        in OUTCOMES, spelled tells whose probability rests on the spelling alone, people how many
        have this answer, one each unless given.
        """
        n = np.ones(len(groups), np.int64) if people is None else people
        np.add.at(self._outcomes, (groups, outcomes), n)
        np.add.at(self._spelled, groups[spelled], n[spelled])
        used = ~np.isnan(p_female)
        np.add.at(self._levels, (groups[used], levels_of(p_female[used])), n[used])

    def add_predictions(
        self, groups: Iterable[Iterable[Value]], predictions: Sequence[Prediction]
    ) -> None:
        """Count people, given the group and the prediction of each; raise as number does."""
        self.add(
            np.array([self.number(group) for group in groups], np.intp),
            np.array([prediction.p_female for prediction in predictions], np.float64),
            np.array([OUTCOMES.index(p.reason or ANSWERED) for p in predictions], np.intp),
            np.array([prediction.basis == PATTERN for prediction in predictions], np.bool_),
        )

    @property
    def groups(self) -> list[tuple[Value, ...]]:
        """The values of each group."""
        return [tuple(value for _, value in key) for key in self._numbers]

    @property
    def outcomes(self) -> Ints:
        """People of each group by outcome, of shape (groups, len(OUTCOMES))."""
        return self._outcomes[: len(self._numbers)]

    @property
    def spelled(self) -> Ints:
        """People of each group whose probability rests on the spelling alone, shape (groups,)."""
        return self._spelled[: len(self._numbers)]

    @property
    def levels(self) -> Ints:
        """People of each group by level of their probability, of shape (groups, LEVELS)."""
        return self._levels[: len(self._numbers)]

    def _grow(self, room: int) -> None:
        room = min(room, self._max_groups)
        for name in ("_outcomes", "_spelled", "_levels"):
            old = getattr(self, name)
            new = np.zeros((room, *old.shape[1:]), old.dtype)
            new[: len(old)] = old
            setattr(self, name, new)
