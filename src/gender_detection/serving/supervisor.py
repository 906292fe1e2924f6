"""The parent of the workers: starts them, replaces those that die, and stops them all."""

import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)

HANDLED = {signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
POLL_SECONDS = 0.05
TICK_SECONDS = 1.0
# A worker that dies young is replaced later and later, up to the most: no storm of forks.
YOUNG_SECONDS = 1.0
FIRST_PAUSE, MOST_PAUSE = 0.1, 5.0
PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(frozen=True)
class WorkerExit:
    """A worker that ended unasked: its process number, its slot, and the CPU seconds it took."""

    pid: int
    slot: int
    by_signal: bool
    cpu_seconds: float


class Supervisor:
    """Keeps a number of worker processes running; work is what each of them does.

    It is told the worker's slot, from 0 on, which is free again when the worker has ended.
    """

    def __init__(self, work: Callable[[int], None], workers: int, stop_seconds: float) -> None:
        self._work = work
        self._wanted = workers
        self._stop_seconds = stop_seconds
        self._born: dict[int, float] = {}
        self._slots: dict[int, int] = {}
        self._pause = 0.0
        self._next_start = 0.0

    def run(
        self,
        tick: Callable[[], bool],
        on_exit: Callable[[WorkerExit], None],
        closing: Callable[[], None],
    ) -> None:
        """Run until SIGINT, SIGTERM or SIGHUP, then stop the workers, by force if need be.

        tick is called in every turn: often until it returns True, then every TICK_SECONDS; on_exit
        for each worker that ended unasked, before another takes its slot; closing when the end
        begins.
        """
        # Waited for, not handled: no handler that a worker could inherit, no race.
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        try:
            while True:
                self._start_missing()
                settled = tick() and len(self._born) == self._wanted
                caught = signal.sigtimedwait(HANDLED, TICK_SECONDS if settled else POLL_SECONDS)
                if caught is not None and caught.si_signo != signal.SIGCHLD:
                    return
                for pid, status, cpu_seconds in _ended():
                    if (exited := self._record_exit(pid, status, cpu_seconds)) is not None:
                        on_exit(exited)
        finally:
            closing()
            self._stop()

    def _start_missing(self) -> None:
        while len(self._born) < self._wanted and time.monotonic() >= self._next_start:
            parent = os.getpid()
            slot = min({*range(self._wanted)} - {*self._slots.values()})
            sys.stdout.flush()
            sys.stderr.flush()
            if pid := os.fork():
                self._born[pid] = time.monotonic()
                self._slots[pid] = slot
            else:
                self._be_worker(parent, slot)

    def _be_worker(self, parent: int, slot: int) -> None:
        """Do a worker's work in this process, and end it."""
        code = 1
        try:
            _die_with(parent)
            # Ctrl-C reaches every process of the terminal; the parent passes it on as SIGTERM.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            # No handler of Python's while a worker starts: what it raises can get lost there.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
            self._work(slot)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            # Not the interpreter's own end: that would run what the parent has registered.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _record_exit(self, pid: int, status: int, cpu_seconds: float) -> WorkerExit | None:
        """Take note of a child that has ended; return how, if it was a worker."""
        born = self._born.pop(pid, None)
        if born is None:
            return None
        code = os.waitstatus_to_exitcode(status)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        log.error("worker %d ended unexpectedly (%s): another one takes its place", pid, how)
        now = time.monotonic()
        self._pause = next_pause(self._pause, now - born)
        self._next_start = now + self._pause
        return WorkerExit(pid, self._slots.pop(pid), code < 0, cpu_seconds)

    def _stop(self) -> None:
        for pid in self._born:
            os.kill(pid, signal.SIGTERM)
        # uvicorn notices within a tenth of a second, then waits for requests for stop_seconds.
        deadline = time.monotonic() + self._stop_seconds + 1
        while self._born:
            left = deadline - time.monotonic()
            caught = signal.sigtimedwait(HANDLED, max(left, 0.01))
            impatient = caught is not None and caught.si_signo == signal.SIGTERM
            if left <= 0 or impatient:
                for pid in self._born:
                    os.kill(pid, signal.SIGKILL)
            for pid, _, _ in _ended():
                self._born.pop(pid, None)


def next_pause(pause: float, lived: float) -> float:
    """Return the seconds to wait before a dead worker is replaced, given the last such pause and
    how many seconds it lived."""
    if lived >= YOUNG_SECONDS:
        return 0.0
    return min(max(FIRST_PAUSE, 2 * pause), MOST_PAUSE)


def _ended() -> list[tuple[int, int, float]]:
    """Return the children that have ended: process number, how, and the CPU seconds they took.

    One signal may stand for several.
    """
    ended: list[tuple[int, int, float]] = []
    while True:
        try:
            pid, status, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if not pid:
            return ended
        ended.append((pid, status, used.ru_utime + used.ru_stime))


def _die_with(parent: int) -> None:
    """Let this process be stopped when its parent is killed, where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # It was killed before we could ask.
            raise SystemExit(1)
