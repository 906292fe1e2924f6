"""A process that runs beside the workers and is restarted when it ends."""

import subprocess
import time
from collections.abc import Callable

# Minimum between two starts, for a process that ends at once.
PAUSE_SECONDS = 5.0
STOP_SECONDS = 2.0


class Sidecar:
    """Keeps the process that start() starts running; start() returns None if there is none."""

    def __init__(
        self,
        start: Callable[[], "subprocess.Popen[bytes] | None"],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._start = start
        self._clock = clock
        self._process = start()
        self._started_at = clock()

    def tick(self) -> None:
        """Restart the process if it has ended and PAUSE_SECONDS have passed since its start."""
        if self._process is None or self._process.poll() is None:
            return
        if self._clock() - self._started_at >= PAUSE_SECONDS:
            self._process = self._start()
            self._started_at = self._clock()

    def stop(self) -> None:
        """Terminate the process; kill it if it does not end within STOP_SECONDS."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
