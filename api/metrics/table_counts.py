"""Counting the names of a table while it is answered, a block at a time."""

import json
import logging
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gender_detection.countries.report import CountryReport
from gender_detection.model import Prediction
from gender_detection.scoring import EncodedAnswers

from ..http.headers import WARNINGS
from ..http.problems import request_id
from .recorder import Metrics

log = logging.getLogger(__name__)


class TableCounts:
    """Tells the metrics of one request's table."""

    def __init__(self, metrics: Metrics, route: str) -> None:
        self._metrics = metrics
        self._route = route
        self._names = 0
        self._request_id = request_id()
        self._countries = CountryReport()

    def count(
        self, predictions: Sequence[Prediction], rows: npt.NDArray[np.intp], seconds: float
    ) -> None:
        """Count distinct people that the model was asked about, each of so many rows."""
        self._metrics.count_model(self._route, seconds)
        self._metrics.look_at(predictions, rows)

    def block(self, found: EncodedAnswers) -> None:
        """Count the answers to a block of rows."""
        self._metrics.count_codes(found.codes, found.threshold)
        self._names += len(found.codes)
        self._countries.add(found.countries)

    def warnings(self) -> dict[str, str]:
        """Return the header that tells what, in the rows so far, was not taken as it stands."""
        told = [
            {"code": found.code, "count": found.count, "examples": found.examples}
            | {"first_rows": self._names}
            for found in self._countries.warnings()
        ]
        return {WARNINGS: json.dumps(told)} if told else {}

    def answers(self, answers: pa.Table) -> None:
        """Count the answers to a block of rows that are there as the columns ANSWERS."""
        self._metrics.count_answers(answers)
        self._names += len(answers)

    def end(self) -> None:
        """Count the table, which is answered to its end."""
        self._metrics.count_names(self._route, self._names)
        if rows := self._countries.unknown:
            log.warning(
                "country not understood in rows=%d of %d request_id=%s",
                rows,
                self._names,
                self._request_id,
            )
