"""A look at single people of those whose answers are known as codes alone."""

from collections.abc import Sequence
from typing import overload

import numpy as np

from ..model import Model, Prediction
from ..model.people import People


class Predictions(Sequence[Prediction]):
    """The predictions of people, each made when it is looked at."""

    def __init__(self, people: People, model: Model) -> None:
        self._people, self._model = people, model

    def __len__(self) -> int:
        """Return how many people there are."""
        return len(self._people)

    @overload
    def __getitem__(self, at: int) -> Prediction: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Prediction]: ...
    def __getitem__(self, at: int | slice) -> Prediction | Sequence[Prediction]:
        """Return the prediction of one of them, or of some."""
        places = np.arange(len(self))[at]
        found = self._model.predict(self._people.persons(np.atleast_1d(places)))
        return found if isinstance(at, slice) else found[0]
