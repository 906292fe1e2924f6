"""Counts the names of a table while it is answered, a block at a time."""

import json
import logging
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gender_detection.countries.report import CountryReport
from gender_detection.model import Prediction
from gender_detection.scoring import EncodedAnswers
from gender_detection.tables import Columns
from gender_detection.telemetry.shared_metrics import MetricsRow

from ..http.headers import TABLE_COLUMNS, TABLE_NOTES, WARNINGS
from ..http.problems import request_id
from ..http.table_options import header_of
from .recorder import Metrics

log = logging.getLogger(__name__)


class TableCounts:
    """Counts one request's table in the metrics, its answers in a row of Metrics.row_of().

    notes say how its text was read, columns which of them are.
    """

    notes: Sequence[str] = ()
    columns = Columns()

    def __init__(self, metrics: Metrics, route: str, row: MetricsRow) -> None:
        self._metrics = metrics
        self._route = route
        self._row = row
        self._names = 0
        self._request_id = request_id()
        self._countries = CountryReport()

    def count(
        self, predictions: Sequence[Prediction], rows: npt.NDArray[np.intp], seconds: float
    ) -> None:
        """Count predictions for distinct people; rows is how many rows each stands for."""
        self._metrics.count_model(self._route, seconds)
        self._metrics.count_features(predictions, rows, self._row)

    def block(self, answers: EncodedAnswers) -> None:
        """Count the answers to a block of rows."""
        self._metrics.count_codes(answers.codes, answers.threshold, self._row)
        self._names += len(answers.codes)
        self._countries.add(answers.countries)

    def reading(self) -> dict[str, str]:
        """Return the headers that say how the table is read."""
        headers = {TABLE_COLUMNS: header_of(self.columns)}
        return headers | ({TABLE_NOTES: "; ".join(self.notes)} if self.notes else {})

    def warnings(self) -> dict[str, str]:
        """Return the header with the warnings about the rows so far, nothing if there are none."""
        warnings = [
            {"code": warning.code, "count": warning.count, "examples": warning.examples}
            | {"first_rows": self._names}
            for warning in self._countries.warnings()
        ]
        return {WARNINGS: json.dumps(warnings)} if warnings else {}

    def answers(self, answers: pa.Table) -> None:
        """Count the answers to a block of rows, given as the columns ANSWERS."""
        self._metrics.count_answers(answers, self._row)
        self._names += len(answers)

    def end(self) -> None:
        """Count the table; call it after the last row."""
        self._metrics.count_names(self._route, self._names)
        if rows := self._countries.unknown:
            log.warning(
                "unknown country in rows=%d of %d request_id=%s",
                rows,
                self._names,
                self._request_id,
            )
