"""What the processes of one server count together, and say of themselves."""

import time
from collections.abc import Callable

import msgspec

from gender_detection.config import Settings
from gender_detection.telemetry.board import Board, Row
from gender_detection.telemetry.window import Window

from .families import CPU_OF_THE_DEAD, DEATHS, EXIT, LAYOUT, SIGNAL


class ModelNote(msgspec.Struct, frozen=True):
    """The model that a worker serves: when it was loaded and trained in Unix time, how many
    seconds the loading took."""

    name: str
    version: str
    data_version: str
    loaded: float
    load_seconds: float
    trained: float | None = None


class WorkerNote(msgspec.Struct, frozen=True):
    """What a living worker says of itself; started in Unix time."""

    pid: int
    started: float
    model: ModelNote | None = None


class Numbers:
    """The memory that a server's processes share; made by their parent, before they are.

    A worker's place is a number from 0 to workers - 1; the parent has a row of its own.
    """

    def __init__(
        self,
        workers: int = 1,
        drift_seconds: float = Settings.drift_seconds,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.workers = workers
        self.started = time.time()
        self.board = Board(LAYOUT, workers + 1)
        self.window = Window(self.board, drift_seconds, clock)
        self.own: Row = self.board.row(workers)

    def tick(self) -> None:
        """Note the totals, if it is time to; call it in one process alone."""
        self.window.take()

    def bury(self, place: int, by_signal: bool, cpu_seconds: float) -> None:
        """Count a worker that ended unasked, and forget what it said of itself.

        Call it in the parent, before another worker takes the place.
        """
        self.own.add(LAYOUT.at(CPU_OF_THE_DEAD), cpu_seconds)
        self.own.add(LAYOUT.at(DEATHS, SIGNAL if by_signal else EXIT))
        self.board.clear(place)

    def write(self, place: int, note: WorkerNote) -> None:
        """Let a worker say of itself what is in the note."""
        self.board.write_note(place, msgspec.json.encode(note))

    def workers_alive(self) -> dict[int, WorkerNote]:
        """Return what the workers say that are there, by place."""
        notes = {}
        for place in range(self.workers):
            if text := self.board.read_note(place):
                notes[place] = msgspec.json.decode(text, type=WorkerNote)
        return notes
