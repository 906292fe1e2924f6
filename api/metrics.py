"""What one process counts and times, and what all of them show to Prometheus."""

import os
import time
from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from gender_detection.drift import bins_of, letters
from gender_detection.model import Model, Prediction
from gender_detection.telemetry.collecting import BoardCollector

from .families import (
    ASKING,
    BODY_BYTES,
    BYTES,
    COUNTRIES_ASKED,
    DURATION,
    IN_FLIGHT,
    LAYOUT,
    LETTERS,
    MODEL_DURATION,
    NAMES,
    NONE,
    OTHER,
    PREDICTIONS,
    PROBABILITY,
    RELOADS,
    REQUESTS,
    SCRIPTS_ASKED,
    SECONDS,
    SHED_REQUESTS,
    SHOWN,
    UNCOUNTED,
)
from .numbers import ModelNote, Numbers, WorkerNote
from .worker_metrics import WorkerMetrics

# Gender, basis and reason of an answer.
Kind = tuple[str | None, ...]
# Names of a request whose script, country and length are looked at, evenly chosen: each stands for
# as many as were passed over.
LOOKED_AT = 256

_IN_FLIGHT, _UNCOUNTED = LAYOUT.at(IN_FLIGHT), LAYOUT.at(UNCOUNTED)
_PROBABILITY, _LETTERS = LAYOUT.at(PROBABILITY), LAYOUT.at(LETTERS)
_SCRIPTS, _COUNTRIES = LAYOUT.start[SCRIPTS_ASKED.name], LAYOUT.start[COUNTRIES_ASKED.name]
_BEYOND_LETTERS = len(LETTERS.edges)
# Where the sum is, from the first cell of such a series on.
_SUM_OF_SECONDS, _SUM_OF_BYTES = DURATION.cells - 1, BODY_BYTES.cells - 1
_SUM_OF_NAMES, _SUM_OF_PROBABILITIES = NAMES.cells - 1, PROBABILITY.cells - 1
_SUM_OF_LETTERS = LETTERS.cells - 1
_NAMES = {route: LAYOUT.at(NAMES, route) for route in ASKING}
_MODEL_DURATION = {route: LAYOUT.at(MODEL_DURATION, route) for route in ASKING}


class Metrics:
    """The numbers of one process at its place, and the metrics of all in the registry given."""

    def __init__(
        self, registry: CollectorRegistry, numbers: Numbers | None = None, place: int = 0
    ) -> None:
        self._registry = registry
        self.numbers = Numbers() if numbers is None else numbers
        # Without a server there is no parent that would see to it.
        self._ticks = numbers is None
        self._place = place
        self._row = self.numbers.board.row(place)
        self._note = WorkerNote(os.getpid(), time.time())
        self.numbers.write(place, self._note)
        # Where a series is, is found once: that takes longer than the counting.
        self._of_requests: dict[tuple[str | None, str, int], tuple[int, int, int]] = {}
        self._of_kinds: dict[Kind, int] = {}
        registry.register(BoardCollector(self.numbers.board, SHOWN))
        registry.register(WorkerMetrics(self.numbers))

    def expose(self, collector: Collector) -> None:
        """Show what this collector yields too."""
        self._registry.register(collector)

    def count_request(
        self, route: str | None, method: str, status: int, seconds: float, body_bytes: int = 0
    ) -> None:
        """Count one answer; route is the rule that matched, None where no rule did."""
        if (found := self._of_requests.get((route, method, status))) is None:
            found = self._find_request(route or OTHER, method, status)
            # Methods are what callers make up.
            if len(self._of_requests) < 1024:
                self._of_requests[route, method, status] = found
        requests, duration, body = found
        cells = self._row.cells
        with self._row.lock:
            cells[requests] += 1.0
            cells[duration + bisect_left(SECONDS, seconds)] += 1.0
            cells[duration + _SUM_OF_SECONDS] += seconds
            if body_bytes:
                cells[body + bisect_left(BYTES, body_bytes)] += 1.0
                cells[body + _SUM_OF_BYTES] += body_bytes

    def _find_request(self, route: str, method: str, status: int) -> tuple[int, int, int]:
        return (
            LAYOUT.at(REQUESTS, route, method, str(status)),
            LAYOUT.at(DURATION, route),
            LAYOUT.at(BODY_BYTES, route),
        )

    def count_refusal(self, method: str, status: int, cause: str = "") -> None:
        """Count an answer that the server gave without asking the app; cause is one of SHED where
        there was no room."""
        self._row.add(LAYOUT.at(REQUESTS, OTHER, method, str(status)))
        if cause:
            self._row.add(LAYOUT.at(SHED_REQUESTS, cause))

    def count_in_flight(self, change: int) -> None:
        """Count a request that has come (1) or is done with (-1); call it in one thread alone."""
        self._row.cells[_IN_FLIGHT] += change

    def count_uncounted(self) -> None:
        """Count a request that was let in because the rate limit's storage was out of reach."""
        self._row.add(_UNCOUNTED)

    def count_predictions(
        self, route: str, predictions: Sequence[Prediction], seconds: float
    ) -> None:
        """Count the answers to a request, which the model took seconds for."""
        if len(predictions) == 1:
            return self._count_one(route, predictions[0], seconds)
        self.count_model(route, seconds)
        self.count_names(route, len(predictions))
        self.look_at(predictions)
        for kind, count in Tally((p.gender, p.basis, p.reason) for p in predictions).items():
            self._row.add(self._place_of(kind), count)
        for probability, count in Tally([p.probability for p in predictions]).items():
            if probability is not None:
                self._row.observe(_PROBABILITY, PROBABILITY.edges, probability, count)

    def _count_one(self, route: str, one: Prediction, seconds: float) -> None:
        """Count the only answer to a request: most requests have one, and it takes least time."""
        script, length, country, _, probability, _ = bins_of(one)
        took, names, cells = _MODEL_DURATION[route], _NAMES[route], self._row.cells
        kind = self._place_of((one.gender, one.basis, one.reason))
        with self._row.lock:
            cells[took + bisect_left(SECONDS, seconds)] += 1.0
            cells[took + _SUM_OF_SECONDS] += seconds
            cells[names] += 1.0
            cells[names + _SUM_OF_NAMES] += 1.0
            cells[kind] += 1.0
            cells[_SCRIPTS + script] += 1.0
            cells[_COUNTRIES + country] += 1.0
            if one.probability is not None:
                cells[_PROBABILITY + probability] += 1.0
                cells[_PROBABILITY + _SUM_OF_PROBABILITIES] += one.probability
            if one.given_name:
                cells[_LETTERS + length] += 1.0
                cells[_LETTERS + _SUM_OF_LETTERS] += letters(one.given_name)

    def count_answers(self, answers: pa.Table) -> None:
        """Count answers given as columns; gender, basis, reason and probability are among them."""
        kinds = answers.group_by(["gender", "basis", "reason"]).aggregate([([], "count_all")])
        for kind in kinds.to_pylist():
            labels = (kind["gender"], kind["basis"], kind["reason"])
            self._row.add(self._place_of(labels), kind["count_all"])
        for found in pc.value_counts(answers["probability"].drop_null()).to_pylist():
            self._row.observe(_PROBABILITY, PROBABILITY.edges, found["values"], found["counts"])

    def count_model(self, route: str, seconds: float) -> None:
        """Time one call of the model."""
        self._row.observe(_MODEL_DURATION[route], MODEL_DURATION.edges, seconds)

    def count_names(self, route: str, names: int) -> None:
        """Count how many names a request had."""
        self._row.observe(_NAMES[route], NAMES.edges, names)

    def look_at(
        self, predictions: Sequence[Prediction], rows: npt.NDArray[np.intp] | None = None
    ) -> None:
        """Count scripts, countries and lengths of names; rows says how often each was asked for."""
        step = -(-len(predictions) // LOOKED_AT) or 1
        add = self._row.add
        for at in range(0, len(predictions), step):
            times = step if rows is None else step * int(rows[at])
            one = predictions[at]
            script, length, country = bins_of(one)[:3]
            add(_SCRIPTS + script, times)
            add(_COUNTRIES + country, times)
            if length <= _BEYOND_LETTERS:
                size = letters(one.given_name or "")
                self._row.observe(_LETTERS, LETTERS.edges, size, times)

    def _place_of(self, kind: Kind) -> int:
        if (at := self._of_kinds.get(kind)) is None:
            at = LAYOUT.at(PREDICTIONS, *(label or NONE for label in kind))
            self._of_kinds[kind] = at
        return at

    def show_model(self, model: Model, loaded: float, load_seconds: float) -> None:
        """Tell which model is in service since when (Unix time), in place of the one before."""
        trained = getattr(model, "trained", None)
        told = ModelNote(
            model.name, model.version, model.data_version, loaded, load_seconds, trained
        )
        self._note = WorkerNote(self._note.pid, self._note.started, told)
        self.numbers.write(self._place, self._note)

    def count_load(self, outcome: str) -> None:
        """Count a model that was LOADED or REFUSED."""
        self._row.add(LAYOUT.at(RELOADS, outcome))

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return the metrics of all processes, and their content type, in a format accepted."""
        if self._ticks:
            self.numbers.tick()
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type
