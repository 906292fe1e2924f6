"""Counts and times the requests of one process, and shows the metrics of all to Prometheus."""

import functools
import math
import os
import threading
import time
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from gender_detection.drift import PROBABILITY_EDGES, letters, name_bins
from gender_detection.model import Model, Prediction
from gender_detection.model.answers import Codes
from gender_detection.scoring.encoded_answers import answer_table
from gender_detection.telemetry.collecting import SharedMetricsCollector
from gender_detection.telemetry.layout import OTHER
from gender_detection.telemetry.shared_metrics import MetricsRow

from .definitions import (
    BODY_BYTES,
    BYTES,
    DURATION,
    IN_FLIGHT,
    LAYOUT,
    LETTERS,
    MODEL_DURATION,
    MODEL_ROUTES,
    NAME_COUNTRIES,
    NAME_SCRIPTS,
    NAMES,
    NONE,
    NOT_RATE_LIMITED,
    PREDICTIONS,
    PROBABILITY,
    RELOADS,
    REQUESTS,
    SAMPLED_PER_SECOND,
    SECONDS,
    SHADOW_DROPPED,
    SHADOW_NAMES,
    SHED_REQUESTS,
    SHOWN,
)
from .shared_state import TURNS, LoadedModelInfo, SharedState, WorkerInfo
from .worker_metrics import WorkerMetrics

# Gender, basis and reason of an answer.
Kind = tuple[str | None, ...]
# Answers to requests for one name are counted in batches: a killed worker loses at most one batch.
BATCH = 32

_KIND = attrgetter("gender", "basis", "reason")
_IN_FLIGHT, _NOT_RATE_LIMITED = LAYOUT.at(IN_FLIGHT), LAYOUT.at(NOT_RATE_LIMITED)
_PROBABILITY, _LETTERS = LAYOUT.at(PROBABILITY), LAYOUT.at(LETTERS)
_SCRIPTS, _COUNTRIES = LAYOUT.start[NAME_SCRIPTS.name], LAYOUT.start[NAME_COUNTRIES.name]
# Offsets of the sum from the first cell of a series.
_SUM_OF_SECONDS, _SUM_OF_BYTES = DURATION.cells - 1, BODY_BYTES.cells - 1
_SUM_OF_NAMES, _SUM_OF_PROBABILITIES = NAMES.cells - 1, PROBABILITY.cells - 1
_SUM_OF_LETTERS = LETTERS.cells - 1
_NAMES = {route: LAYOUT.at(NAMES, route) for route in MODEL_ROUTES}
_MODEL_DURATION = {route: LAYOUT.at(MODEL_DURATION, route) for route in MODEL_ROUTES}


@dataclass(frozen=True)
class _CodeLabels:
    """What each answer is counted as, by its code.

    kind         the index of its labels in kinds, intp (codes,)
    bin          the bin of its probability, len(PROBABILITY_EDGES) without one, intp (codes,)
    probability  0 without one, float64 (codes,)
    """

    kinds: list[Kind]
    kind: npt.NDArray[np.intp]
    bin: npt.NDArray[np.intp]
    probability: npt.NDArray[np.float64]


@functools.lru_cache(maxsize=16)
def _labels_of_codes(threshold: float) -> _CodeLabels:
    table = answer_table(threshold)
    kinds = table.select(["gender", "basis", "reason"]).to_struct_array()
    labels = pc.binary_join_element_wise(
        *kinds.flatten(), " ", null_handling="replace", null_replacement=NONE
    ).dictionary_encode()
    probability = table["probability"]
    valid = probability.is_valid().to_numpy(zero_copy_only=False)
    shares = probability.fill_null(0.0).to_numpy()
    return _CodeLabels(
        [tuple(label.split()) for label in labels.dictionary.to_pylist()],
        labels.indices.to_numpy().astype(np.intp),
        np.where(valid, np.searchsorted(PROBABILITY_EDGES, shares), len(PROBABILITY_EDGES)),
        shares,
    )


class Metrics:
    """Counts in the slot of one process, and shows the totals of all processes in a registry."""

    def __init__(
        self,
        registry: CollectorRegistry,
        shared: SharedState | None = None,
        slot: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self.shared = SharedState() if shared is None else shared
        # Without a server, no parent process calls tick().
        self._ticks = shared is None
        self._slot = slot
        self._row = self.shared.metrics.row(slot)
        self._info = WorkerInfo(os.getpid(), time.time())
        # Two threads change it: one loads the model in service, one the challenger.
        self._info_lock = threading.Lock()
        self.shared.write_worker_info(slot, self._info)
        # Caches of cells: finding the cell of a series takes longer than counting in it.
        self._request_cells: dict[tuple[str | None, str, int], tuple[int, int, int]] = {}
        self._kind_cells: dict[Kind, int] = {}
        self._queue: deque[tuple[str, Prediction, float, MetricsRow]] = deque()
        self._clock = clock
        self._second_started = -math.inf
        self._sample_left = 0
        # By row of answers, as a sample stands for names of one model.
        self._skipped: dict[MetricsRow, int] = defaultdict(int)
        self._answer_rows = self.shared.answer_rows(slot)
        self._models: list[Model | None] = [None] * TURNS
        self._turn = 0
        self._serving: tuple[Model | None, MetricsRow] = (None, self._row)
        registry.register(SharedMetricsCollector(self.shared.metrics, SHOWN))
        registry.register(WorkerMetrics(self.shared))

    def expose(self, collector: Collector) -> None:
        """Also show the metrics of this collector."""
        self._registry.register(collector)

    def count_request(
        self, route: str | None, method: str, status: int, seconds: float, body_bytes: int = 0
    ) -> None:
        """Count one answer; route is the rule that matched, None if none did."""
        requests, duration, body = self._cells_of(route, method, status)
        cells = self._row.cells
        with self._row.lock:
            cells[requests] += 1.0
            cells[duration + bisect_left(SECONDS, seconds)] += 1.0
            cells[duration + _SUM_OF_SECONDS] += seconds
            if body_bytes:
                cells[body + bisect_left(BYTES, body_bytes)] += 1.0
                cells[body + _SUM_OF_BYTES] += body_bytes

    def _cells_of(self, route: str | None, method: str, status: int) -> tuple[int, int, int]:
        """Return the cells of such requests, of their durations and of their bodies."""
        if (cells := self._request_cells.get((route, method, status))) is None:
            cells = (
                LAYOUT.at(REQUESTS, route or OTHER, method, str(status)),
                LAYOUT.at(DURATION, route or OTHER),
                LAYOUT.at(BODY_BYTES, route or OTHER),
            )
            # Bounded: callers may invent methods.
            if len(self._request_cells) < 1024:
                self._request_cells[route, method, status] = cells
        return cells

    def count_refusal(self, method: str, status: int, cause: str = "") -> None:
        """Count an answer that the server gave without calling the app; cause is one of SHED if it
        had no capacity, else empty."""
        self._row.add(self._cells_of(None, method, status)[0])
        if cause:
            self._row.add(LAYOUT.at(SHED_REQUESTS, cause))

    def count_in_flight(self, change: int) -> None:
        """Count a request that has begun (1) or ended (-1); call it in one thread only."""
        self._row.cells[_IN_FLIGHT] += change

    def count_not_rate_limited(self) -> None:
        """Count a request accepted because the storage of the rate limit could not be reached."""
        self._row.add(_NOT_RATE_LIMITED)

    def row_of(
        self, model: Model, threshold: float | None = None, female_share: float | None = None
    ) -> MetricsRow:
        """Return the row that counts the answers of a model, for the methods that count answers.

        Answers to a request with a threshold or a female share of its own are counted apart: they
        say nothing of the model. So are those of a model that has been replaced twice.
        """
        serving, row = self._serving
        # First what nearly every request is, as each one asks.
        if model is serving and threshold is None and female_share is None:
            return row
        if female_share is None and threshold in (None, model.threshold):
            for row, one in zip(self._answer_rows, self._models, strict=True):
                if one is model:
                    return row
        return self._row

    def count_predictions(
        self,
        route: str,
        predictions: Sequence[Prediction],
        seconds: float,
        row: MetricsRow | None = None,
    ) -> None:
        """Count the answers to a request in a row of row_of(); seconds is the time in the model.

        Single answers are queued and counted in batches, which takes a third of the time. flush(),
        called every second, counts the queued ones.
        """
        row = self._row if row is None else row
        if len(predictions) != 1:
            self.count_model(route, seconds)
            self.count_names(route, len(predictions))
            self._count_all(predictions, row)
            return
        self._queue.append((route, predictions[0], seconds, row))
        if len(self._queue) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Count the queued answers; any thread may call it."""
        taken = []
        # popleft() is atomic: another thread may append or pop at the same time.
        with suppress(IndexError):
            while True:
                taken.append(self._queue.popleft())
        if not taken:
            return
        for route, _, seconds, _ in taken:
            self.count_model(route, seconds)
        amounts = {}
        for route, requests in Counter(route for route, _, _, _ in taken).items():
            amounts[_NAMES[route]] = amounts[_NAMES[route] + _SUM_OF_NAMES] = float(requests)
        self._row.add_all(amounts)
        for row in {row for _, _, _, row in taken}:
            self._count_all([one for _, one, _, of in taken if of is row], row)

    def _count_all(self, predictions: Sequence[Prediction], row: MetricsRow) -> None:
        if size := self._sample_size(len(predictions), row):
            sample = predictions[:: -(-len(predictions) // size)]
            self._count_sample(sample, len(predictions), row)
        amounts: dict[int, float] = defaultdict(float)
        for kind, count in Counter(map(_KIND, predictions)).items():
            amounts[self._cell_of(kind)] += count
        known = [p.probability for p in predictions if p.probability is not None]
        for bin, count in Counter([bisect_left(PROBABILITY_EDGES, p) for p in known]).items():
            amounts[_PROBABILITY + bin] += count
        amounts[_PROBABILITY + _SUM_OF_PROBABILITIES] += sum(known)
        row.add_all(amounts)

    def count_many(
        self,
        route: str,
        codes: Codes,
        threshold: float,
        predictions_at: Callable[[list[int]], Sequence[Prediction]],
        seconds: float,
        row: MetricsRow | None = None,
    ) -> None:
        """Count the answers to a request, given as codes; seconds is the time in the model.

        row is that of row_of(). predictions_at returns the predictions at some indices of codes.
        """
        self.count_model(route, seconds)
        self.count_names(route, len(codes))
        row = self._row if row is None else row
        self.count_codes(codes, threshold, row)
        if size := self._sample_size(len(codes), row):
            sample = predictions_at([at * len(codes) // size for at in range(size)])
            self._count_sample(sample, len(codes), row)

    def count_codes(self, codes: Codes, threshold: float, row: MetricsRow) -> None:
        """Count answers given as codes, at a threshold, in a row of row_of()."""
        labels = _labels_of_codes(threshold)
        kinds = np.bincount(labels.kind[codes], minlength=len(labels.kinds))
        amounts = {
            self._cell_of(kind): float(count)
            for kind, count in zip(labels.kinds, kinds, strict=True)
            if count
        }
        bins = np.bincount(labels.bin[codes], minlength=len(PROBABILITY_EDGES) + 1)
        # The last bin has the answers without a probability.
        for at, count in enumerate(bins[:-1].tolist()):
            amounts[_PROBABILITY + at] = float(count)
        amounts[_PROBABILITY + _SUM_OF_PROBABILITIES] = float(labels.probability[codes].sum())
        row.add_all(amounts)

    def count_answers(self, answers: pa.Table, row: MetricsRow) -> None:
        """Count answers given as a table with gender, basis, reason and probability, in a row of
        row_of()."""
        kinds = answers.group_by(["gender", "basis", "reason"]).aggregate([([], "count_all")])
        for kind in kinds.to_pylist():
            labels = (kind["gender"], kind["basis"], kind["reason"])
            row.add(self._cell_of(labels), kind["count_all"])
        known = answers["probability"].drop_null().to_numpy()
        bins = np.bincount(np.searchsorted(PROBABILITY_EDGES, known))
        amounts = {_PROBABILITY + at: float(count) for at, count in enumerate(bins)}
        row.add_all({**amounts, _PROBABILITY + _SUM_OF_PROBABILITIES: float(known.sum())})

    def count_model(self, route: str, seconds: float) -> None:
        """Time one call of the model."""
        self._row.observe(_MODEL_DURATION[route], MODEL_DURATION.edges, seconds)

    def count_names(self, route: str, names: int) -> None:
        """Count the number of names in a request."""
        self._row.observe(_NAMES[route], NAMES.edges, names)

    def count_features(
        self, predictions: Sequence[Prediction], rows: npt.NDArray[np.intp], row: MetricsRow
    ) -> None:
        """Count scripts, countries and lengths of names in a row of row_of(); rows is how many rows
        of a table each stands for."""
        ends = np.cumsum(rows)
        total = int(ends[-1]) if len(ends) else 0
        if not (size := self._sample_size(total, row)):
            return
        # Rows at even distances, so that names of many rows are sampled more often.
        sampled = np.searchsorted(ends, np.arange(size) * total // size, side="right")
        self._count_sample([predictions[at] for at in sampled.tolist()], total, row)

    def _sample_size(self, names: int, row: MetricsRow) -> int:
        """Return how many of these names may still be sampled in this second."""
        if (now := self._clock()) - self._second_started >= 1.0:
            self._second_started, self._sample_left = now, SAMPLED_PER_SECOND
        size = min(names, self._sample_left)
        self._sample_left -= size
        if not size:
            self._skipped[row] += names
        return size

    def _count_sample(self, predictions: Sequence[Prediction], names: int, row: MetricsRow) -> None:
        """Count scripts, countries and lengths of a sample of these names, and of those skipped
        since the last sample."""
        each = (names + self._skipped.pop(row, 0)) / len(predictions)
        amounts: dict[int, float] = {}
        bins = zip(*map(name_bins, predictions), strict=True)
        for first, column in zip((_SCRIPTS, _LETTERS, _COUNTRIES), bins, strict=True):
            amounts |= {first + bin: count * each for bin, count in Counter(column).items()}
        # LETTERS has no bin for people without a given name: they are in the cell of the sum, which
        # is overwritten here.
        given = [letters(one.given_name) for one in predictions if one.given_name]
        amounts[_LETTERS + _SUM_OF_LETTERS] = sum(given) * each
        row.add_all(amounts)

    def _cell_of(self, kind: Kind) -> int:
        if (at := self._kind_cells.get(kind)) is None:
            at = LAYOUT.at(PREDICTIONS, *(label or NONE for label in kind))
            self._kind_cells[kind] = at
        return at

    def show_model(self, model: Model, loaded: float, load_seconds: float) -> None:
        """Show this model as the one in service; loaded is a Unix time."""
        trained = getattr(model, "trained", None)
        model_info = LoadedModelInfo(
            model.name, model.version, model.data_version, loaded, load_seconds, trained
        )
        if self._models[self._turn] is not model:
            self._turn = (self._turn + 1) % TURNS
        counted = list(self._info.counted)
        counted[self._turn] = model.version
        self._write_info(model=model_info, counted=tuple(counted))
        # Last: who reads a count in a row reads after it whose it is.
        self._models[self._turn] = model
        self._serving = (model, self._answer_rows[self._turn])

    def show_challenger(self, version: str) -> None:
        """Show which version is asked as well, "" for none."""
        self._write_info(challenger=version)

    def _write_info(self, **changes: LoadedModelInfo | tuple[str, ...] | str) -> None:
        with self._info_lock:
            self._info = msgspec.structs.replace(self._info, **changes)
            self.shared.write_worker_info(self._slot, self._info)

    def count_shadow(self, names: Mapping[str, int]) -> None:
        """Count names asked of the challenger as well, by one of DIFFERENCES."""
        self._row.add_all({LAYOUT.at(SHADOW_NAMES, kind): float(n) for kind, n in names.items()})

    def count_shadow_dropped(self, reason: str, names: int) -> None:
        """Count names that the challenger could not be asked for; reason is of SHADOW_DROPS."""
        self._row.add(LAYOUT.at(SHADOW_DROPPED, reason), names)

    def count_load(self, outcome: str) -> None:
        """Count a model that was LOADED or REFUSED."""
        self._row.add(LAYOUT.at(RELOADS, outcome))

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return the metrics of all processes and their content type, in an accepted format."""
        self.flush()
        if self._ticks:
            self.shared.tick()
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type
