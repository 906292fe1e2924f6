"""A user's own corrections: what a name is to be answered with, whatever the sources say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInput
from ..features.index import HashIndex
from .answers import Person, steps_of


class Correction(NamedTuple):
    """The P(female) of a person: of given names alone, or of one person by the full name.

    The country is an alpha-2 code, None for everywhere. row is the number of its row in the file.
    """

    person: Person
    p_female: float
    row: int


@dataclass(frozen=True, eq=False)
class Corrections:
    """Corrections as a model finds them.

    hashes        of names and countries, sorted and unique, uint64 (n,)
    steps         P(female) as a number of steps (answers.STEPS), int32 (n,)
    rows          the numbers of their rows in the file, int64 (n,)
    used          which of them have answered a name since they were made, uint8 (n,)
    have_persons  whether some are of full names
    entries       as they were given, so that another model can find them
    """

    hashes: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    steps: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    rows: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    used: npt.NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    have_persons: bool = False
    entries: Sequence[Correction] = ()

    @cached_property
    def index(self) -> HashIndex:
        """The hashes, to be found."""
        return HashIndex(self.hashes)

    def without_entries(self) -> "Corrections":
        """Return the same without the entries, to be sent elsewhere: only hashes, no names."""
        return replace(self, entries=())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.hashes)


def corrections_of(
    entries: Sequence[Correction], hash_of: Callable[[Person], tuple[int, bool]]
) -> Corrections:
    """Return corrections as a model finds them.

    hash_of returns what CorrectionRules.hash_of does, for a person. Raise InvalidInput, which names
    the rows, where a name cannot be read as one, or two corrections of a name differ.
    """
    found: dict[int, Correction] = {}
    have_persons = False
    for entry in entries:
        hashed, is_person = hash_of(entry.person)
        if not hashed:
            raise InvalidInput(
                f"row {entry.row} of the corrections has no name that can be read: write given "
                "names, or the full name of one person"
            )
        other = found.setdefault(hashed, entry)
        if steps_of(other.p_female) != steps_of(entry.p_female):
            raise InvalidInput(
                f"rows {other.row} and {entry.row} correct the same name in two ways: keep one"
            )
        have_persons |= is_person
    hashes = sorted(found)
    return Corrections(
        np.array(hashes, np.uint64),
        np.array([steps_of(found[hashed].p_female) for hashed in hashes], np.int32),
        np.array([found[hashed].row for hashed in hashes], np.int64),
        np.zeros(len(hashes), np.uint8),
        have_persons,
        tuple(entries),
    )
