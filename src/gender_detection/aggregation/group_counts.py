"""Answers counted by group; memory grows with the number of groups, not of people."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ..countries.report import CountryReport
from ..errors import InvalidInput
from ..model import Prediction
from ..model.answers import ALL_REASONS, BAD_ROW
from .shares import LEVELS, Floats, Ints, levels_of

Value = str | int | bool | None

# People can also be grouped by this if it is not one of their own members or columns.
COUNTRY = "country"
MAX_GROUPS = 100_000
MAX_GROUPED_BY = 20
MAX_VALUE_CHARACTERS = 200
PATTERN = "pattern"  # the basis of a probability that comes from the spelling alone
ANSWERED = "answered"
REASONS: tuple[str, ...] = (*ALL_REASONS, BAD_ROW)
# The columns of GroupCounts.outcomes.
OUTCOMES = (ANSWERED, *REASONS)


class GroupCounts:
    """How many people of each group have each outcome and each level of probability.

    by holds the names of the columns that people are grouped by; base_share is that of the model.
    Groups are numbered in the order in which they appear.
    """

    def __init__(
        self, by: Sequence[str], base_share: float, *, max_groups: int = MAX_GROUPS
    ) -> None:
        self.by, self.base_share = tuple(by), base_share
        self._max_groups = max_groups
        # With the types: 1 and True are equal keys of a dict, but different groups.
        self._numbers: dict[tuple[tuple[type, Value], ...], int] = {}
        self._outcomes = np.zeros((0, len(OUTCOMES)), np.int64)
        self._spelled = np.zeros(0, np.int64)
        self._levels = np.zeros((0, LEVELS), np.int32)
        # Rows of a table that cannot be read and are in no group.
        self.lost = 0
        # The report on the countries of people in a table.
        self.countries = CountryReport()
        if not by:
            self.number(())

    def number(self, group: Iterable[Value]) -> int:
        """Return the number of a group, given its values in the order of by.

        Raise InvalidInput if there are too many groups, or a value is too long.
        """
        key = tuple((type(value), value) for value in group)
        number = self._numbers.get(key)
        if number is None:
            number = len(self._numbers)
            if number == self._max_groups:
                raise InvalidInput(
                    f"more than {self._max_groups:,} groups by {', '.join(self.by)}: group by "
                    "values that many people share"
                )
            for name, (_, value) in zip(self.by, key, strict=True):
                if isinstance(value, str) and len(value) > MAX_VALUE_CHARACTERS:
                    raise InvalidInput(
                        f"{name} has a value longer than {MAX_VALUE_CHARACTERS} characters: group "
                        "by values that many people share"
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

        groups are numbers of groups, p_female is NaN for a name without a probability, outcomes are
        indices into OUTCOMES, spelled is true for a probability based on the spelling alone, and
        people is how many people have this answer, by default one.
        """
        n = np.ones(len(groups), np.int64) if people is None else people
        np.add.at(self._outcomes, (groups, outcomes), n)
        np.add.at(self._spelled, groups[spelled], n[spelled])
        used = ~np.isnan(p_female)
        np.add.at(self._levels, (groups[used], levels_of(p_female[used])), n[used])

    def add_predictions(
        self, groups: Iterable[Iterable[Value]], predictions: Sequence[Prediction]
    ) -> None:
        """Count people, given the group and the prediction of each; raise the errors of number."""
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
        """People of each group with a probability based on the spelling alone, shape (groups,)."""
        return self._spelled[: len(self._numbers)]

    @property
    def levels(self) -> Ints:
        """People of each group by level of their probability, of shape (groups, LEVELS)."""
        return self._levels[: len(self._numbers)]

    def _grow(self, capacity: int) -> None:
        capacity = min(capacity, self._max_groups)
        for name in ("_outcomes", "_spelled", "_levels"):
            old = getattr(self, name)
            new = np.zeros((capacity, *old.shape[1:]), old.dtype)
            new[: len(old)] = old
            setattr(self, name, new)
