"""Memory that the processes of one server share: their counts, and facts about each worker."""

import time
from collections.abc import Callable

import msgspec

from gender_detection.config import Settings
from gender_detection.telemetry.shared_metrics import Cells, MetricsRow, SharedMetrics
from gender_detection.telemetry.window import Window

from .definitions import EXIT, EXITED_WORKERS_CPU, LAYOUT, SIGNAL, WORKER_EXITS

# The models of a worker count their answers in these rows by turns: the one in service, and the one
# before, which still answers the requests that it has begun.
TURNS = 2


class LoadedModelInfo(msgspec.Struct, frozen=True):
    """The model that a worker serves; loaded and trained are Unix times."""

    name: str
    version: str
    data_version: str
    loaded: float
    load_seconds: float
    trained: float | None = None


class WorkerInfo(msgspec.Struct, frozen=True):
    """Facts about a running worker.

    started is a Unix time. counted are the versions whose answers its rows of answers count, ""
    for none; challenger is the version that it asks as well, "" for none.
    """

    pid: int
    started: float
    model: LoadedModelInfo | None = None
    counted: tuple[str, ...] = ("",) * TURNS
    challenger: str = ""


class SharedState:
    """The memory that a server's processes share; the parent makes it before it starts them.

    The slots of the workers are numbered from 0; the parent has a row of its own. Each worker has
    a row, and TURNS rows that count nothing but answers.
    """

    def __init__(
        self,
        workers: int = 1,
        drift_seconds: float = Settings.drift_seconds,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.workers = workers
        self.started = time.time()
        self.metrics = SharedMetrics(LAYOUT, workers + 1 + TURNS * workers)
        self.window = Window(self.metrics, drift_seconds, clock)
        self.parent_row: MetricsRow = self.metrics.row(workers)

    def tick(self) -> None:
        """Take a snapshot for the window if one is due; call it in one process only."""
        self.window.take()

    def record_exit(self, slot: int, by_signal: bool, cpu_seconds: float) -> None:
        """Count a worker that ended unexpectedly, and clear the facts about it.

        Call it in the parent, before another worker takes the slot.
        """
        self.parent_row.add(LAYOUT.at(EXITED_WORKERS_CPU), cpu_seconds)
        self.parent_row.add(LAYOUT.at(WORKER_EXITS, SIGNAL if by_signal else EXIT))
        self.metrics.clear(slot)

    def answer_rows(self, slot: int) -> list[MetricsRow]:
        """Return the rows in which the worker in a slot counts answers; call it in that worker."""
        first = self._first_answers(slot)
        return [self.metrics.row(first + turn) for turn in range(TURNS)]

    def answers(self, slot: int) -> Cells:
        """Return what the worker in a slot has counted in its rows of answers, float64 (TURNS,
        LAYOUT.size)."""
        first = self._first_answers(slot)
        return self.metrics.copy(first, first + TURNS)

    def _first_answers(self, slot: int) -> int:
        return self.workers + 1 + TURNS * slot

    def write_worker_info(self, slot: int, info: WorkerInfo) -> None:
        """Replace the facts about the worker in a slot."""
        self.metrics.write_worker_info(slot, msgspec.json.encode(info))

    def worker_infos(self) -> dict[int, WorkerInfo]:
        """Return the facts about all running workers, by slot."""
        infos = {slot: self.worker_info(slot) for slot in range(self.workers)}
        return {slot: info for slot, info in infos.items() if info is not None}

    def worker_info(self, slot: int) -> WorkerInfo | None:
        """Return the facts about the worker in a slot; None without one, or while they change."""
        text = self.metrics.read_worker_info(slot)
        return msgspec.json.decode(text, type=WorkerInfo) if text else None
