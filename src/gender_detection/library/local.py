"""A model in this process."""

from typing import Any

import pyarrow as pa

from ..model import Model, Person, Prediction, artifact
from ..scoring import ANSWERS, answer
from ..tables import Columns
from .namer import Namer


class NameModel(Namer):
    """A model of names in this process; model is the model.Model inside."""

    def __init__(self, model: Model) -> None:
        """Wrap a model."""
        self.model = model

    def __repr__(self) -> str:
        """Return name, version and threshold."""
        return f"<{self.model.name}, version {self.version}, threshold {self.threshold:g}>"

    @property
    def version(self) -> str:
        """The version of the model in its registry."""
        return self.model.version

    @property
    def data_version(self) -> str:
        """The version of the data that the model was made from."""
        return self.model.data_version

    @property
    def threshold(self) -> float:
        """The lowest probability that is answered, unless another is given."""
        return self.model.threshold

    @property
    def card(self) -> str:
        """What the model is, what it is for, and how often it is wrong, in Markdown."""
        return self.model.documents.get(artifact.CARD, "")

    @property
    def base_share(self) -> float:
        """The share of women that its probabilities are calibrated for."""
        return self.model.parameters.base_share

    def _predictions(self, people: list[Person], options: dict[str, Any]) -> list[Prediction]:
        return self.model.predict(people, **options)

    def answers(self, cells: pa.Table, columns: Columns, options: dict[str, Any]) -> pa.Table:
        return pa.table(answer(cells, self.model, columns, **options).dictionaries(), names=ANSWERS)
