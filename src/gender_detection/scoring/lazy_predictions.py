"""Predictions of people whose answers are only known as codes."""

from collections.abc import Sequence
from typing import overload

import numpy as np

from ..model import Model, Prediction
from ..model.people import People


class Predictions(Sequence[Prediction]):
    """The predictions of people, each made when it is accessed; family_name_first is as in
    Model.predict."""

    def __init__(self, people: People, model: Model, *, family_name_first: bool = False) -> None:
        self._people, self._model = people, model
        self._family_name_first = family_name_first

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self._people)

    @overload
    def __getitem__(self, at: int) -> Prediction: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Prediction]: ...
    def __getitem__(self, at: int | slice) -> Prediction | Sequence[Prediction]:
        """Return the prediction of one person, or of a slice."""
        indices = np.arange(len(self))[at]
        persons = self._people.persons(np.atleast_1d(indices))
        predictions = self._model.predict(persons, family_name_first=self._family_name_first)
        return predictions if isinstance(at, slice) else predictions[0]
