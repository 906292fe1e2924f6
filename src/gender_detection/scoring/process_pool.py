"""Worker processes that score the blocks of a table and return them in order.

Workers are forked, so that they share the model. Each has SLOTS slots: a slot is two files in
memory shared with the parent, one for a block and one for its result. Blocks need not go through
the pipe, a worker can start the next block before the parent has read the last one, and the number
of slots limits the memory.
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
from .order_counts import OrderCounts
from .task import Task

SLOTS = 2
# The exit code of a worker after an unexpected error.
FAILED = 1


class WorkerDied(GenderDetectionError):
    """A worker process ended before its work was done."""


class _Request(msgspec.Struct, array_like=True):
    """A request to a worker: to begin a task, to score the block in a slot, or, if it has neither
    task nor size, to return its counts."""

    task: Task | None = None
    slot: int = 0
    size: int = 0
    bad_size: int = 0


class _Reply(msgspec.Struct, array_like=True):
    """A worker's reply: the result in a slot, an error, or its counts."""

    slot: int = 0
    size: int = 0
    rows: int = 0
    error: str | None = None
    counts: bytes = b""
    countries: CountryReport | None = None
    formulas: int = 0
    orders: OrderCounts | None = None
    corrections_used: bytes = b""


# Called for each block, in order, with the block, its result and the number of its rows. The result
# is only valid during the call.
OnBlock = Callable[[Block, Scored, int], None]


class InProcess:
    """Scores blocks in this process."""

    def __init__(self, scorer: Callable[[Task], Scorer]) -> None:
        self._scorer = scorer
        self._memory = new_memory()

    def run(self, task: Task, blocks: Iterable[Block], on_block: OnBlock) -> Counted:
        """Score all blocks and return the counts; raise the errors of Scorer."""
        scorer = self._scorer(task)
        before = 0
        for block in blocks:
            size = put(self._memory, scorer(bytes(block.text), block.bad))
            rows = int(scorer.counts.sum())
            on_block(block, Scored(self._memory, size, scorer.formulas), rows - before)
            before = rows
        return Counted(scorer.counts, scorer.countries, scorer.orders, scorer.corrections_used)

    def close(self) -> None:
        """Release the memory."""
        os.close(self._memory)


class Workers:
    """Scores blocks in worker processes, which are forked when this is created."""

    def __init__(self, scorer: Callable[[Task], Scorer], jobs: int) -> None:
        self._workers: list[_Worker] = []
        for _ in range(jobs):
            self._workers.append(_Worker(scorer, self._workers))

    def run(self, task: Task, blocks: Iterable[Block], on_block: OnBlock) -> Counted:
        """Score all blocks and return the counts; raise the errors of Scorer, and WorkerDied."""
        for worker in self._workers:
            worker.send(_Request(task))
        free = deque((worker, slot) for slot in range(SLOTS) for worker in self._workers)
        # The blocks in progress, in order, with the slot of each.
        in_progress: deque[tuple[_Worker, int, Block]] = deque()
        for block in blocks:
            while not free:
                free.append(self._finish(in_progress, on_block))
            worker, slot = free.popleft()
            worker.submit(slot, block)
            in_progress.append((worker, slot, block._replace(text=b"", bad=None)))
        while in_progress:
            self._finish(in_progress, on_block)
        return self._counts()

    def _finish(
        self, in_progress: "deque[tuple[_Worker, int, Block]]", on_block: OnBlock
    ) -> "tuple[_Worker, int]":
        """Wait for the first block in progress, pass it to on_block, and return its free slot."""
        worker, slot, block = in_progress.popleft()
        scored, rows = worker.result(slot)
        on_block(block, scored, rows)
        return worker, slot

    def _counts(self) -> Counted:
        replies = [worker.counts() for worker in self._workers]
        counts = [np.frombuffer(reply.counts, np.int64) for reply in replies]
        total: Counts = np.sum(counts, axis=0)
        countries, orders = CountryReport(), OrderCounts()
        for reply in replies:
            countries.add(reply.countries or CountryReport())
            orders.add(reply.orders or OrderCounts())
        used = [np.frombuffer(reply.corrections_used, np.uint8) for reply in replies]
        return Counted(total, countries, orders, np.bitwise_or.reduce(used))

    def close(self) -> None:
        """Kill the workers."""
        for worker in self._workers:
            worker.kill()


class _Worker:
    """A worker process, seen from its parent."""

    def __init__(self, scorer: Callable[[Task], Scorer], others: "list[_Worker]") -> None:
        self._slots = [(new_memory(), new_memory()) for _ in range(SLOTS)]
        self._replies: dict[int, _Reply] = {}
        self._decoder = msgspec.msgpack.Decoder(_Reply)
        self._pipe, worker_end = connection.Pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid: int | None = os.fork()
        if self._pid:
            worker_end.close()
            return
        code = FAILED
        try:
            # While any process has the parent's end of a pipe open, its worker gets no EOF when the
            # parent ends.
            for pipe in (self._pipe, *(other._pipe for other in others)):
                pipe.close()
            _serve(worker_end, self._slots, scorer)
            code = 0
        finally:
            # Not sys.exit: exit handlers and open blocks are the parent's.
            os._exit(code)

    def send(self, request: _Request) -> None:
        try:
            self._pipe.send_bytes(msgspec.msgpack.encode(request))
        except OSError as err:
            raise self._died() from err

    def submit(self, slot: int, block: Block) -> None:
        bad = bytes(block.bad or ())
        put(self._slots[slot][0], [block.text, bad])
        self.send(_Request(None, slot, len(block.text), len(bad)))

    def result(self, slot: int) -> tuple[Scored, int]:
        """Wait for the block in a slot; return its result and the number of its rows."""
        while slot not in self._replies:
            reply = self._receive()
            self._replies[reply.slot] = reply
        reply = self._replies.pop(slot)
        return Scored(self._slots[slot][1], reply.size, reply.formulas), reply.rows

    def counts(self) -> _Reply:
        self.send(_Request())
        return self._receive()

    def _receive(self) -> _Reply:
        try:
            reply = self._decoder.decode(self._pipe.recv_bytes())
        except (EOFError, OSError) as err:
            raise self._died() from err
        if reply.error is not None:
            raise InvalidInput(reply.error)
        return reply

    def _died(self) -> WorkerDied:
        code = self._wait()
        cause = f"signal {-code}" if code < 0 else f"exit code {code}"
        return WorkerDied(
            f"a worker process died ({cause}), and nothing was written: check whether the machine "
            "ran out of memory, and use fewer --jobs"
        )

    def kill(self) -> None:
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            self._wait()
        self._pipe.close()
        for files in self._slots:
            for file in files:
                os.close(file)

    def _wait(self) -> int:
        if self._pid is None:
            return 0
        _, status = os.waitpid(self._pid, 0)
        self._pid = None
        return os.waitstatus_to_exitcode(status)


def _serve(pipe: Any, slots: list[tuple[int, int]], scorer_of: Callable[[Task], Scorer]) -> None:
    """Answer the parent's requests until it closes the pipe."""
    # Ctrl-C reaches the whole process group; the parent decides when workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    decoder = msgspec.msgpack.Decoder(_Request)
    scorer: Scorer | None = None
    while True:
        try:
            request = decoder.decode(pipe.recv_bytes())
        except EOFError:
            return
        try:
            if request.task is not None:
                scorer = scorer_of(request.task)
                continue
            if scorer is None:
                raise AssertionError("the first request has no task")
            reply = _score(scorer, slots, request) if request.size else _counts(scorer)
        except GenderDetectionError as err:
            reply = _Reply(error=str(err))
        except MemoryError:
            reply = _Reply(error="out of memory: use fewer --jobs")
        pipe.send_bytes(msgspec.msgpack.encode(reply))


def _score(scorer: Scorer, slots: list[tuple[int, int]], request: _Request) -> _Reply:
    source, target = slots[request.slot]
    text = take(source, 0, request.size)
    bad = list(map(bool, take(source, request.size, request.bad_size))) or None
    before = int(scorer.counts.sum())
    size = put(target, scorer(text, bad))
    rows = int(scorer.counts.sum()) - before
    return _Reply(request.slot, size, rows, formulas=scorer.formulas)


def _counts(scorer: Scorer) -> _Reply:
    counts = scorer.counts.tobytes()
    used = scorer.corrections_used.tobytes()
    return _Reply(
        counts=counts, countries=scorer.countries, orders=scorer.orders, corrections_used=used
    )
