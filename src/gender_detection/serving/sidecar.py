"""A process beside the workers that is started again when it ends."""

import subprocess
import time
from collections.abc import Callable

# Between two starts: what ends at once must not be started without end.
PAUSE_SECONDS = 5.0
STOP_SECONDS = 2.0


class Sidecar:
    """Keeps running what start() starts; it may start nothing, and return None."""

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
        """Start the process again if it has ended and was not started just now."""
        if self._process is None or self._process.poll() is None:
            return
        if self._clock() - self._started_at >= PAUSE_SECONDS:
            self._process = self._start()
            self._started_at = self._clock()

    def stop(self) -> None:
        """Let the process end, by force if need be."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
