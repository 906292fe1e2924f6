"""Predictions of people whose answers are only known as codes."""

from collections.abc import Sequence
from typing import overload

import numpy as np

from ..model import Model, Prediction
from ..model.people import People


class Predictions(Sequence[Prediction]):
    """The predictions of people, each made when it is accessed."""

    def __init__(self, people: People, model: Model) -> None:
        self._people, self._model = people, model

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
        predictions = self._model.predict(self._people.persons(np.atleast_1d(indices)))
        return predictions if isinstance(at, slice) else predictions[0]
