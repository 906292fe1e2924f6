"""Worker processes that score blocks of a table, and give them back in their order.

They are forked, so that they share the model. A block lies in a slot, two files in memory that the
worker shares with its parent, one for what comes and one for what goes: no pipe has to carry it,
and a worker that is done need not wait until somebody has read. Each worker has SLOTS of them, so
that the next block is there when one is done; that also bounds what is in memory.
"""

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable
from multiprocessing import connection
from typing import Any

import msgspec
import numpy as np

from ..countries.report import CountryReport
from ..errors import GenderDetectionError, InvalidInput
from ..tables.blocks import Block
from ..tables.memory import Scored, new_memory, put, take
from .block_scorer import Counted, Counts, Scorer
from .task import Task

SLOTS = 2
# The exit code of a worker that an error ended.
DIED = 1


class WorkerDied(GenderDetectionError):
    """A worker process ended before its work did."""


class _Order(msgspec.Struct, array_like=True):
    """What a worker is to do: a task from now on, a block in a slot, or to tell its counts."""

    task: Task | None = None
    slot: int = 0
    size: int = 0
    bad_size: int = 0


class _Reply(msgspec.Struct, array_like=True):
    slot: int = 0
    size: int = 0
    rows: int = 0
    error: str | None = None
    counts: bytes = b""
    countries: CountryReport | None = None
    formulas: int = 0


# Is told of a block that is done, in the order of the blocks: it, what became of it, and its rows.
# What became of it is gone when the next one is told of.
OnBlock = Callable[[Block, Scored, int], None]


class InProcess:
    """Does the work in this process."""

    def __init__(self, scorer: Callable[[Task], Scorer]) -> None:
        self._scorer = scorer
        self._memory = new_memory()

    def run(self, task: Task, blocks: Iterable[Block], done: OnBlock) -> Counted:
        """Score all blocks and return what came of them; raise as Scorer does."""
        scorer = self._scorer(task)
        before = 0
        for block in blocks:
            size = put(self._memory, scorer(bytes(block.text), block.bad))
            rows = int(scorer.counts.sum())
            done(block, Scored(self._memory, size, scorer.formulas), rows - before)
            before = rows
        return Counted(scorer.counts, scorer.countries)

    def close(self) -> None:
        """Give back the memory."""
        os.close(self._memory)


class Workers:
    """Does the work in a number of processes, forked at once."""

    def __init__(self, scorer: Callable[[Task], Scorer], jobs: int) -> None:
        self._workers: list[_Worker] = []
        for _ in range(jobs):
            self._workers.append(_Worker(scorer, self._workers))

    def run(self, task: Task, blocks: Iterable[Block], done: OnBlock) -> Counted:
        """Score all blocks and return what came of them.

        Raise as Scorer does, and WorkerDied.
        """
        for worker in self._workers:
            worker.send(_Order(task))
        free = deque((worker, slot) for slot in range(SLOTS) for worker in self._workers)
        # In the order of the blocks: where each is worked on, and what came of it.
        under_way: deque[tuple[_Worker, int, Block]] = deque()
        for block in blocks:
            while not free:
                free.append(self._finish(under_way, done))
            worker, slot = free.popleft()
            worker.begin(slot, block)
            under_way.append((worker, slot, block._replace(text=b"", bad=None)))
        while under_way:
            self._finish(under_way, done)
        return self._counts()

    def _finish(
        self, under_way: "deque[tuple[_Worker, int, Block]]", done: OnBlock
    ) -> "tuple[_Worker, int]":
        """Wait for the first block under way, pass it on, and return its place, free again."""
        worker, slot, block = under_way.popleft()
        scored, rows = worker.finish(slot)
        done(block, scored, rows)
        return worker, slot

    def _counts(self) -> Counted:
        replies = [worker.counts() for worker in self._workers]
        counts = [np.frombuffer(reply.counts, np.int64) for reply in replies]
        total: Counts = np.sum(counts, axis=0)
        countries = CountryReport()
        for reply in replies:
            countries.add(reply.countries or CountryReport())
        return Counted(total, countries)

    def close(self) -> None:
        """End the workers, whatever they do."""
        for worker in self._workers:
            worker.kill()


class _Worker:
    """A process, as its parent sees it."""

    def __init__(self, scorer: Callable[[Task], Scorer], others: "list[_Worker]") -> None:
        self._slots = [(new_memory(), new_memory()) for _ in range(SLOTS)]
        self._replies: dict[int, _Reply] = {}
        self._decoder = msgspec.msgpack.Decoder(_Reply)
        self._line, its_end = connection.Pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid: int | None = os.fork()
        if self._pid:
            its_end.close()
            return
        code = DIED
        try:
            # Whose line has another end open somewhere does not see its parent end.
            for line in (self._line, *(other._line for other in others)):
                line.close()
            _serve(its_end, self._slots, scorer)
            code = 0
        finally:
            # Nothing that the parent has begun is to be ended here too.
            os._exit(code)

    def send(self, order: _Order) -> None:
        try:
            self._line.send_bytes(msgspec.msgpack.encode(order))
        except OSError as err:
            raise self._death() from err

    def begin(self, slot: int, block: Block) -> None:
        bad = bytes(block.bad or ())
        put(self._slots[slot][0], [block.text, bad])
        self.send(_Order(None, slot, len(block.text), len(bad)))

    def finish(self, slot: int) -> tuple[Scored, int]:
        """Wait for the block in a slot; return what came of it, and its rows."""
        while slot not in self._replies:
            reply = self._receive()
            self._replies[reply.slot] = reply
        reply = self._replies.pop(slot)
        return Scored(self._slots[slot][1], reply.size, reply.formulas), reply.rows

    def counts(self) -> _Reply:
        self.send(_Order())
        return self._receive()

    def _receive(self) -> _Reply:
        try:
            reply = self._decoder.decode(self._line.recv_bytes())
        except (EOFError, OSError) as err:
            raise self._death() from err
        if reply.error is not None:
            raise InvalidInput(reply.error)
        return reply

    def _death(self) -> WorkerDied:
        code = self._wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return WorkerDied(
            f"a worker process died ({how}); nothing was written: see whether memory is short, "
            "and try fewer with --jobs"
        )

    def kill(self) -> None:
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            self._wait()
        self._line.close()
        for files in self._slots:
            for file in files:
                os.close(file)

    def _wait(self) -> int:
        if self._pid is None:
            return 0
        _, status = os.waitpid(self._pid, 0)
        self._pid = None
        return os.waitstatus_to_exitcode(status)


def _serve(line: Any, slots: list[tuple[int, int]], scorer_of: Callable[[Task], Scorer]) -> None:
    """Do what the parent orders until it hangs up."""
    # Ctrl-C reaches the whole group: the parent is who decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    decoder = msgspec.msgpack.Decoder(_Order)
    scorer: Scorer | None = None
    while True:
        try:
            order = decoder.decode(line.recv_bytes())
        except EOFError:
            return
        try:
            if order.task is not None:
                scorer = scorer_of(order.task)
                continue
            if scorer is None:
                raise AssertionError("the task comes first")
            reply = _done(scorer, slots, order) if order.size else _counted(scorer)
        except GenderDetectionError as err:
            reply = _Reply(error=str(err))
        except MemoryError:
            reply = _Reply(error="memory is short: give fewer --jobs")
        line.send_bytes(msgspec.msgpack.encode(reply))


def _done(scorer: Scorer, slots: list[tuple[int, int]], order: _Order) -> _Reply:
    source, target = slots[order.slot]
    text = take(source, 0, order.size)
    bad = list(map(bool, take(source, order.size, order.bad_size))) or None
    before = int(scorer.counts.sum())
    size = put(target, scorer(text, bad))
    rows = int(scorer.counts.sum()) - before
    return _Reply(order.slot, size, rows, formulas=scorer.formulas)


def _counted(scorer: Scorer) -> _Reply:
    return _Reply(counts=scorer.counts.tobytes(), countries=scorer.countries)
