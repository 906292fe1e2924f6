"""What the processes of one server count together, and say of themselves."""

import time
from collections.abc import Callable

import msgspec

from gender_detection.config import Settings
from gender_detection.telemetry.shared_metrics import MetricsRow, SharedMetrics
from gender_detection.telemetry.window import Window

from .definitions import CPU_OF_THE_DEAD, DEATHS, EXIT, LAYOUT, SIGNAL


class LoadedModelInfo(msgspec.Struct, frozen=True):
    """The model that a worker serves: when it was loaded and trained in Unix time, how many
    seconds the loading took."""

    name: str
    version: str
    data_version: str
    loaded: float
    load_seconds: float
    trained: float | None = None


class WorkerInfo(msgspec.Struct, frozen=True):
    """What a living worker says of itself; started in Unix time."""

    pid: int
    started: float
    model: LoadedModelInfo | None = None


class SharedState:
    """The memory that a server's processes share; made by their parent, before they are.

    A worker's slot is a number from 0 to workers - 1; the parent has a row of its own.
    """

    def __init__(
        self,
        workers: int = 1,
        drift_seconds: float = Settings.drift_seconds,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.workers = workers
        self.started = time.time()
        self.board = SharedMetrics(LAYOUT, workers + 1)
        self.window = Window(self.board, drift_seconds, clock)
        self.own: MetricsRow = self.board.row(workers)

    def tick(self) -> None:
        """Note the totals, if it is time to; call it in one process alone."""
        self.window.take()

    def record_exit(self, slot: int, by_signal: bool, cpu_seconds: float) -> None:
        """Count a worker that ended unasked, and forget what it said of itself.

        Call it in the parent, before another worker takes the slot.
        """
        self.own.add(LAYOUT.at(CPU_OF_THE_DEAD), cpu_seconds)
        self.own.add(LAYOUT.at(DEATHS, SIGNAL if by_signal else EXIT))
        self.board.clear(slot)

    def write(self, slot: int, note: WorkerInfo) -> None:
        """Let a worker say of itself what is in the note."""
        self.board.write_worker_info(slot, msgspec.json.encode(note))

    def workers_alive(self) -> dict[int, WorkerInfo]:
        """Return what the workers say that are there, by slot."""
        notes = {}
        for slot in range(self.workers):
            if text := self.board.read_worker_info(slot):
                notes[slot] = msgspec.json.decode(text, type=WorkerInfo)
        return notes
