"""Compares the answers of a new champion with those of the one before, and orders to roll back.

It runs in the server's parent process, which sees the counts of all workers and answers no request.
The registry is asked by the process that follows it (gender_detection.model_sync).
"""

import datetime
import logging
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gender_detection.config import Settings
from gender_detection.error_boundary import ErrorBoundary
from gender_detection.errors import InvalidInput
from gender_detection.model_sync import Status, read_status
from gender_detection.rollback import (
    IN_A_ROW,
    Judgement,
    Limits,
    Order,
    Stretch,
    give,
    judge,
    mean,
)
from gender_detection.telemetry.shared_metrics import Cells

from .definitions import JUDGING, LAYOUT, READY, WATCH
from .shared_state import SharedState
from .version_counts import VersionCounts, stretch_of

log = logging.getLogger(__name__)

# Stretches of a version that are kept for the comparison: an hour of them at the default of
# MODEL_POLL_SECONDS, if there is traffic enough.
KEPT = 120


class Stretches:
    """Cuts the answers of one version into stretches of at least so many names and seconds."""

    def __init__(self, names: int, seconds: float, now: float) -> None:
        self._names = names
        self._seconds = seconds
        self._begin(now)

    def _begin(self, now: float) -> None:
        self._cells: Cells = np.zeros(LAYOUT.size)
        self._began = now

    def add(self, cells: Cells, now: float) -> Stretch | None:
        """Add counts; return the stretch that they end, None if it goes on."""
        self._cells += cells
        if now - self._began < self._seconds:
            return None
        stretch = stretch_of(self._cells)
        if stretch.names < self._names:
            return None
        self._begin(now)
        return stretch


class Comparison:
    """A new version, compared stretch by stretch with the one before until a time.

    It is beyond the limits once IN_A_ROW stretches in a row are; those with other names count for
    neither.
    """

    def __init__(self, version: str, back: str, before: Stretch, until: float) -> None:
        self.version = version
        self.back = back
        self.until = until
        self._before = before
        self._beyond = 0
        self.judged = self.of_other_names = 0

    def add(self, stretch: Stretch, limits: Limits) -> Judgement | None:
        """Judge a stretch; return the last judgement once the version is beyond the limits."""
        judgement = judge(self._before, stretch, limits)
        if not judgement.alike:
            self.of_other_names += 1
            return None
        self.judged += 1
        self._beyond = self._beyond + 1 if judgement.cause else 0
        return judgement if self._beyond >= IN_A_ROW else None


class PromotionWatch:
    """Watches which version is in service, and judges a new one."""

    def __init__(
        self, shared: SharedState, settings: Settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._shared = shared
        self._counts = VersionCounts(shared)
        self._model_dir = Path(settings.model_dir)
        self._limits = Limits(
            settings.rollback_names, settings.rollback_unknown, settings.rollback_drift
        )
        # As often as the registry is asked: an order would wait for that anyway.
        self._stretch_seconds = settings.model_poll_seconds
        self._seconds = settings.rollback_seconds
        self._clock = clock
        self._version = ""
        self._comparison: Comparison | None = None
        self._uncounted: dict[str, Cells] = {}
        self._start()

    def _start(self) -> None:
        self._kept: deque[Stretch] = deque(maxlen=KEPT)
        self._stretches = Stretches(self._limits.names, self._stretch_seconds, self._clock())

    def collect(self) -> None:
        """Collect the counts; also called before the row of a dead worker gets another owner."""
        for version, cells in self._counts.collect().items():
            before = self._uncounted.get(version)
            self._uncounted[version] = cells if before is None else before + cells

    def tick(self) -> None:
        """Count the answers since the last call, and judge what there is to judge."""
        status = read_status(self._model_dir)
        if status is not None and status.version != self._version:
            self._change(status)
        self.collect()
        counts, self._uncounted = self._uncounted, {}
        now = self._clock()
        if self._version in counts:
            stretch = self._stretches.add(counts[self._version], now)
            if stretch is not None:
                self._kept.append(stretch)
                self._judge(stretch)
        if self._comparison is not None and now >= self._comparison.until:
            self._end()
        self._show()

    def _change(self, status: Status) -> None:
        """Begin to count, and perhaps to judge, the version that came into service."""
        before, kept = self._version, list(self._kept)
        self._version, self._comparison = status.version, None
        self._start()
        why_not = status.not_judged
        if not before:
            why_not = "it is the first that this server serves"
        if not why_not and before != status.replaced:
            why_not = f"version {status.replaced} did not answer here before it"
        if not why_not and len(kept) < IN_A_ROW:
            why_not = f"version {before} answered too few names before it"
        if why_not:
            log.info("version %s is not judged: %s", status.version, why_not)
            return
        log.info("version %s is compared with version %s", status.version, before)
        until = self._clock() + self._seconds
        self._comparison = Comparison(status.version, before, mean(kept), until)

    def _judge(self, stretch: Stretch) -> None:
        comparison = self._comparison
        if comparison is None:
            return
        judgement = comparison.add(stretch, self._limits)
        if judgement is None or judgement.cause is None:
            return
        at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        order = Order(comparison.version, comparison.back, judgement.cause, judgement.words, at)
        try:
            give(self._model_dir, order)
        except (InvalidInput, OSError) as err:
            # The next stretch tries again.
            log.error("version %s cannot be rolled back: %s", comparison.version, err)
            return
        log.error(
            "version %s is beyond the limits, and is to be rolled back to version %s: %s",
            comparison.version, comparison.back, judgement.words,
        )  # fmt: skip
        self._comparison = None

    def _end(self) -> None:
        """End a comparison in which the version was not beyond the limits."""
        if (ended := self._comparison) is not None:
            log.info(
                "version %s stays: judged in %d stretches of time, not in %d with other names",
                ended.version, ended.judged, ended.of_other_names,
            )  # fmt: skip
        self._comparison = None

    def _show(self) -> None:
        row = self._shared.parent_row
        row.set(LAYOUT.at(WATCH, READY), float(len(self._kept) >= IN_A_ROW))
        row.set(LAYOUT.at(WATCH, JUDGING), float(self._comparison is not None))


class WatchedState(SharedState):
    """Shared memory in which the parent also watches new champions."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(settings.workers, settings.drift_seconds, clock)
        self._watch = PromotionWatch(self, settings, clock)

    def tick(self) -> None:
        """Take a snapshot if one is due, and judge a new version."""
        super().tick()
        # An unexpected error must not end the server.
        with ErrorBoundary():
            self._watch.tick()

    def record_exit(self, slot: int, by_signal: bool, cpu_seconds: float) -> None:
        """Count a worker that ended unexpectedly, after its last answers."""
        with ErrorBoundary():
            self._watch.collect()
        super().record_exit(slot, by_signal, cpu_seconds)
