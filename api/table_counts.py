"""Counting the names of a table while it is answered, a block at a time."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gender_detection.model import Prediction
from gender_detection.scoring import Answered

from .metrics import Metrics


class TableCounts:
    """Tells the metrics of one request's table."""

    def __init__(self, metrics: Metrics, route: str) -> None:
        self._metrics = metrics
        self._route = route
        self._names = 0

    def tell(
        self, predictions: Sequence[Prediction], rows: npt.NDArray[np.intp], seconds: float
    ) -> None:
        """Count distinct people that the model was asked about, each of so many rows."""
        self._metrics.count_model(self._route, seconds)
        self._metrics.look_at(predictions, rows)

    def block(self, found: Answered) -> None:
        """Count the answers to a block of rows."""
        self._metrics.count_codes(found.codes, found.table)
        self._names += len(found.codes)

    def answers(self, answers: pa.Table) -> None:
        """Count the answers to a block of rows that are there as the columns ANSWERS."""
        self._metrics.count_answers(answers)
        self._names += len(answers)

    def end(self) -> None:
        """Count the table, which is answered to its end."""
        self._metrics.count_names(self._route, self._names)
