"""The parent process of the workers: it starts them, replaces those that die, and stops them."""

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
# A worker that lived shorter than this is replaced after a pause that doubles up to the maximum.
SHORT_LIFE_SECONDS = 1.0
FIRST_PAUSE, MAX_PAUSE = 0.1, 5.0
PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(frozen=True)
class WorkerExit:
    """A worker that ended unexpectedly: its process ID, its slot, and its CPU time."""

    pid: int
    slot: int
    by_signal: bool
    cpu_seconds: float


class Supervisor:
    """Keeps a number of worker processes running, each of which calls work(slot).

    Slots are numbers from 0; a new worker takes the slot of the one that it replaces.
    """

    def __init__(self, work: Callable[[int], None], workers: int, stop_seconds: float) -> None:
        self._work = work
        self._wanted = workers
        self._stop_seconds = stop_seconds
        self._started_at: dict[int, float] = {}
        self._slots: dict[int, int] = {}
        self._pause = 0.0
        self._next_start = 0.0

    def run(
        self,
        tick: Callable[[], bool],
        on_exit: Callable[[WorkerExit], None],
        on_stop: Callable[[], None],
    ) -> None:
        """Run until SIGINT, SIGTERM or SIGHUP, then stop the workers; kill those that do not stop.

        tick is called every POLL_SECONDS until it returns True, then every TICK_SECONDS; on_exit
        after each unexpected end of a worker, before it is replaced; on_stop before the workers are
        stopped.
        """
        # Blocked and waited for: workers inherit no handler, and there is no race.
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        try:
            while True:
                self._start_missing()
                settled = tick() and len(self._started_at) == self._wanted
                caught = signal.sigtimedwait(HANDLED, TICK_SECONDS if settled else POLL_SECONDS)
                if caught is not None and caught.si_signo != signal.SIGCHLD:
                    return
                for pid, status, cpu_seconds in _reap():
                    if (exited := self._record_exit(pid, status, cpu_seconds)) is not None:
                        on_exit(exited)
        finally:
            on_stop()
            self._stop()

    def _start_missing(self) -> None:
        while len(self._started_at) < self._wanted and time.monotonic() >= self._next_start:
            parent = os.getpid()
            slot = min({*range(self._wanted)} - {*self._slots.values()})
            sys.stdout.flush()
            sys.stderr.flush()
            if pid := os.fork():
                self._started_at[pid] = time.monotonic()
                self._slots[pid] = slot
            else:
                self._run_worker(parent, slot)

    def _run_worker(self, parent: int, slot: int) -> None:
        """Call work in this process, and end it."""
        code = 1
        try:
            _stop_with_parent(parent)
            # Ctrl-C reaches every process of the terminal; the parent passes it on as SIGTERM.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            # The default action while a worker starts: an exception of a handler could get lost.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
            self._work(slot)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            # Not sys.exit, which would run the exit handlers of the parent.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _record_exit(self, pid: int, status: int, cpu_seconds: float) -> WorkerExit | None:
        """Record that a child has ended; return its exit if it was a worker."""
        started_at = self._started_at.pop(pid, None)
        if started_at is None:
            return None
        code = os.waitstatus_to_exitcode(status)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        log.error("worker %d ended unexpectedly (%s); it is replaced", pid, how)
        now = time.monotonic()
        self._pause = next_pause(self._pause, now - started_at)
        self._next_start = now + self._pause
        return WorkerExit(pid, self._slots.pop(pid), code < 0, cpu_seconds)

    def _stop(self) -> None:
        for pid in self._started_at:
            os.kill(pid, signal.SIGTERM)
        # uvicorn checks for the signal every 0.1 s, then waits stop_seconds for requests.
        deadline = time.monotonic() + self._stop_seconds + 1
        while self._started_at:
            remaining = deadline - time.monotonic()
            caught = signal.sigtimedwait(HANDLED, max(remaining, 0.01))
            stop_now = caught is not None and caught.si_signo == signal.SIGTERM
            if remaining <= 0 or stop_now:
                for pid in self._started_at:
                    os.kill(pid, signal.SIGKILL)
            for pid, _, _ in _reap():
                self._started_at.pop(pid, None)


def next_pause(pause: float, lived: float) -> float:
    """Return the seconds to wait before a dead worker is replaced, from the last pause and the
    seconds that it lived."""
    if lived >= SHORT_LIFE_SECONDS:
        return 0.0
    return min(max(FIRST_PAUSE, 2 * pause), MAX_PAUSE)


def _reap() -> list[tuple[int, int, float]]:
    """Return process ID, wait status and CPU seconds of each child that has ended.

    One SIGCHLD may be for several.
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


def _stop_with_parent(parent: int) -> None:
    """Have this process terminated when its parent ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # The parent has ended before the call.
            raise SystemExit(1)
