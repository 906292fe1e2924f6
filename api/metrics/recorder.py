"""What one process counts and times, and what all of them show to Prometheus."""

import functools
import math
import os
import time
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter

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

from .definitions import (
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
from .shared_state import LoadedModelInfo, SharedState, WorkerInfo
from .worker_metrics import WorkerMetrics

# Gender, basis and reason of an answer.
Kind = tuple[str | None, ...]
# Names whose script, country and length are looked at in a second: all where little is asked, and
# under load some, evenly chosen, each of which stands for as many as were passed over.
LOOKED_AT = 200
# Answers to requests for one name that are counted at once: so many, at most, go uncounted with a
# worker that is killed.
TOGETHER = 32

_KIND = attrgetter("gender", "basis", "reason")
_IN_FLIGHT, _UNCOUNTED = LAYOUT.at(IN_FLIGHT), LAYOUT.at(UNCOUNTED)
_PROBABILITY, _LETTERS = LAYOUT.at(PROBABILITY), LAYOUT.at(LETTERS)
_SCRIPTS, _COUNTRIES = LAYOUT.start[SCRIPTS_ASKED.name], LAYOUT.start[COUNTRIES_ASKED.name]
# Where the sum is, from the first cell of such a series on.
_SUM_OF_SECONDS, _SUM_OF_BYTES = DURATION.cells - 1, BODY_BYTES.cells - 1
_SUM_OF_NAMES, _SUM_OF_PROBABILITIES = NAMES.cells - 1, PROBABILITY.cells - 1
_SUM_OF_LETTERS = LETTERS.cells - 1
_NAMES = {route: LAYOUT.at(NAMES, route) for route in ASKING}
_MODEL_DURATION = {route: LAYOUT.at(MODEL_DURATION, route) for route in ASKING}


@dataclass(frozen=True)
class _Counted:
    """Where each answer is counted, by its code.

    kind         the place of its labels in kinds, intp (codes,)
    bin          the bin of its probability, len(PROBABILITY_EDGES) without one, intp (codes,)
    probability  0 without one, float64 (codes,)
    """

    kinds: list[Kind]
    kind: npt.NDArray[np.intp]
    bin: npt.NDArray[np.intp]
    probability: npt.NDArray[np.float64]


@functools.lru_cache(maxsize=16)
def _counted(threshold: float) -> _Counted:
    table = answer_table(threshold)
    kinds = table.select(["gender", "basis", "reason"]).to_struct_array()
    labels = pc.binary_join_element_wise(
        *kinds.flatten(), " ", null_handling="replace", null_replacement=NONE
    ).dictionary_encode()
    probability = table["probability"]
    there = probability.is_valid().to_numpy(zero_copy_only=False)
    shares = probability.fill_null(0.0).to_numpy()
    return _Counted(
        [tuple(label.split()) for label in labels.dictionary.to_pylist()],
        labels.indices.to_numpy().astype(np.intp),
        np.where(there, np.searchsorted(PROBABILITY_EDGES, shares), len(PROBABILITY_EDGES)),
        shares,
    )


class Metrics:
    """The shared of one process at its place, and the metrics of all in the registry given."""

    def __init__(
        self,
        registry: CollectorRegistry,
        shared: SharedState | None = None,
        slot: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self.shared = SharedState() if shared is None else shared
        # Without a server there is no parent that would see to it.
        self._ticks = shared is None
        self._slot = slot
        self._row = self.shared.board.row(slot)
        self._note = WorkerInfo(os.getpid(), time.time())
        self.shared.write(slot, self._note)
        # Where a series is, is found once: that takes longer than the counting.
        self._of_requests: dict[tuple[str | None, str, int], tuple[int, int, int]] = {}
        self._of_kinds: dict[Kind, int] = {}
        self._waiting: deque[tuple[str, Prediction, float]] = deque()
        self._clock = clock
        self._second = -math.inf
        self._left = 0
        self._passed_over = 0
        registry.register(SharedMetricsCollector(self.shared.board, SHOWN))
        registry.register(WorkerMetrics(self.shared))

    def expose(self, collector: Collector) -> None:
        """Show what this collector yields too."""
        self._registry.register(collector)

    def count_request(
        self, route: str | None, method: str, status: int, seconds: float, body_bytes: int = 0
    ) -> None:
        """Count one answer; route is the rule that matched, None where no rule did."""
        requests, duration, body = self._places(route, method, status)
        cells = self._row.cells
        with self._row.lock:
            cells[requests] += 1.0
            cells[duration + bisect_left(SECONDS, seconds)] += 1.0
            cells[duration + _SUM_OF_SECONDS] += seconds
            if body_bytes:
                cells[body + bisect_left(BYTES, body_bytes)] += 1.0
                cells[body + _SUM_OF_BYTES] += body_bytes

    def _places(self, route: str | None, method: str, status: int) -> tuple[int, int, int]:
        """Return where such requests, their durations and their bodies are counted."""
        if (found := self._of_requests.get((route, method, status))) is None:
            found = (
                LAYOUT.at(REQUESTS, route or OTHER, method, str(status)),
                LAYOUT.at(DURATION, route or OTHER),
                LAYOUT.at(BODY_BYTES, route or OTHER),
            )
            # Methods are what callers make up.
            if len(self._of_requests) < 1024:
                self._of_requests[route, method, status] = found
        return found

    def count_refusal(self, method: str, status: int, cause: str = "") -> None:
        """Count an answer that the server gave without asking the app; cause is one of SHED where
        there was no room."""
        self._row.add(self._places(None, method, status)[0])
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
        """Count the answers to a request, which the model took seconds for.

        Single ones are put aside and counted TOGETHER, which takes a third of the time; flush()
        counts those that wait, so that they are seen within a second.
        """
        if len(predictions) != 1:
            self.count_model(route, seconds)
            self.count_names(route, len(predictions))
            self._count_all(predictions)
            return
        self._waiting.append((route, predictions[0], seconds))
        if len(self._waiting) >= TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Count the answers put aside; any thread may call it."""
        taken = []
        # By steps that each are whole: another thread may add, or take, meanwhile.
        with suppress(IndexError):
            while True:
                taken.append(self._waiting.popleft())
        if not taken:
            return
        for route, _, seconds in taken:
            self.count_model(route, seconds)
        amounts = {}
        for route, requests in Counter(route for route, _, _ in taken).items():
            amounts[_NAMES[route]] = amounts[_NAMES[route] + _SUM_OF_NAMES] = float(requests)
        self._row.add_all(amounts)
        self._count_all([one for _, one, _ in taken])

    def _count_all(self, predictions: Sequence[Prediction]) -> None:
        if looked := self._may_look_at(len(predictions)):
            self._see(predictions[:: -(-len(predictions) // looked)], len(predictions))
        amounts: dict[int, float] = defaultdict(float)
        for kind, count in Counter(map(_KIND, predictions)).items():
            amounts[self._place_of(kind)] += count
        sure = [p.probability for p in predictions if p.probability is not None]
        for place, count in Counter([bisect_left(PROBABILITY_EDGES, p) for p in sure]).items():
            amounts[_PROBABILITY + place] += count
        amounts[_PROBABILITY + _SUM_OF_PROBABILITIES] += sum(sure)
        self._row.add_all(amounts)

    def count_many(
        self,
        route: str,
        codes: Codes,
        threshold: float,
        look: Callable[[list[int]], Sequence[Prediction]],
        seconds: float,
    ) -> None:
        """Count the answers to a request as codes, which the model took seconds for; look returns
        the predictions at some places among them."""
        self.count_model(route, seconds)
        self.count_names(route, len(codes))
        self.count_codes(codes, threshold)
        if looked := self._may_look_at(len(codes)):
            self._see(look([at * len(codes) // looked for at in range(looked)]), len(codes))

    def count_codes(self, codes: Codes, threshold: float) -> None:
        """Count answers under a threshold given as codes."""
        counted = _counted(threshold)
        kinds = np.bincount(counted.kind[codes], minlength=len(counted.kinds))
        amounts = {
            self._place_of(kind): float(count)
            for kind, count in zip(counted.kinds, kinds, strict=True)
            if count
        }
        bins = np.bincount(counted.bin[codes], minlength=len(PROBABILITY_EDGES) + 1)
        # The last bin is of answers without a probability.
        for at, count in enumerate(bins[:-1].tolist()):
            amounts[_PROBABILITY + at] = float(count)
        amounts[_PROBABILITY + _SUM_OF_PROBABILITIES] = float(counted.probability[codes].sum())
        self._row.add_all(amounts)

    def count_answers(self, answers: pa.Table) -> None:
        """Count answers given as columns; gender, basis, reason and probability are among them."""
        kinds = answers.group_by(["gender", "basis", "reason"]).aggregate([([], "count_all")])
        for kind in kinds.to_pylist():
            labels = (kind["gender"], kind["basis"], kind["reason"])
            self._row.add(self._place_of(labels), kind["count_all"])
        sure = answers["probability"].drop_null().to_numpy()
        places = np.bincount(np.searchsorted(PROBABILITY_EDGES, sure))
        amounts = {_PROBABILITY + at: float(count) for at, count in enumerate(places)}
        self._row.add_all({**amounts, _PROBABILITY + _SUM_OF_PROBABILITIES: float(sure.sum())})

    def count_model(self, route: str, seconds: float) -> None:
        """Time one call of the model."""
        self._row.observe(_MODEL_DURATION[route], MODEL_DURATION.edges, seconds)

    def count_names(self, route: str, names: int) -> None:
        """Count how many names a request had."""
        self._row.observe(_NAMES[route], NAMES.edges, names)

    def look_at(self, predictions: Sequence[Prediction], rows: npt.NDArray[np.intp]) -> None:
        """Count scripts, countries and lengths of names, each of which is that of so many rows."""
        ends = np.cumsum(rows)
        total = int(ends[-1]) if len(ends) else 0
        if not (looked := self._may_look_at(total)):
            return
        # Every so many rows one, and whose it is: names of many rows are met more often.
        met = np.searchsorted(ends, np.arange(looked) * total // looked, side="right")
        self._see([predictions[at] for at in met.tolist()], total)

    def _may_look_at(self, names: int) -> int:
        """Return how many of so many names may be looked at in this second."""
        if (now := self._clock()) - self._second >= 1.0:
            self._second, self._left = now, LOOKED_AT
        looked = min(names, self._left)
        self._left -= looked
        if not looked:
            self._passed_over += names
        return looked

    def _see(self, predictions: Sequence[Prediction], names: int) -> None:
        """Count scripts, countries and lengths of predictions that stand for so many names, and for
        those passed over before."""
        each = (names + self._passed_over) / len(predictions)
        self._passed_over = 0
        amounts: dict[int, float] = {}
        bins = zip(*map(name_bins, predictions), strict=True)
        for first, column in zip((_SCRIPTS, _LETTERS, _COUNTRIES), bins, strict=True):
            amounts |= {first + place: count * each for place, count in Counter(column).items()}
        # Who has no given name is in no bin of lengths; where they were counted belongs to the sum.
        given = [letters(one.given_name) for one in predictions if one.given_name]
        amounts[_LETTERS + _SUM_OF_LETTERS] = sum(given) * each
        self._row.add_all(amounts)

    def _place_of(self, kind: Kind) -> int:
        if (at := self._of_kinds.get(kind)) is None:
            at = LAYOUT.at(PREDICTIONS, *(label or NONE for label in kind))
            self._of_kinds[kind] = at
        return at

    def show_model(self, model: Model, loaded: float, load_seconds: float) -> None:
        """Tell which model is in service since when (Unix time), in place of the one before."""
        trained = getattr(model, "trained", None)
        told = LoadedModelInfo(
            model.name, model.version, model.data_version, loaded, load_seconds, trained
        )
        self._note = WorkerInfo(self._note.pid, self._note.started, told)
        self.shared.write(self._slot, self._note)

    def count_load(self, outcome: str) -> None:
        """Count a model that was LOADED or REFUSED."""
        self._row.add(LAYOUT.at(RELOADS, outcome))

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return the metrics of all processes, and their content type, in a format accepted."""
        self.flush()
        if self._ticks:
            self.shared.tick()
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type
