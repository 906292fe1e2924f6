"""Freed memory goes back to the system: a long request must not leave its peak in a worker."""

import asyncio
import ctypes
import os
from collections.abc import Callable

import pyarrow as pa

# mallopt(3)
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
# Blocks from here on are the system's own, and go back as soon as they are free; glibc would soon
# keep them all, as it takes the largest one freed for the measure.
OWN_BYTES = 4 * 1024 * 1024
# What may lie free behind all that is in use: to give it back, and to take it again, with every
# request is a tenth of its time.
KEPT_BYTES = 16 * 1024 * 1024
CALM_SECONDS = 1.0


def keep_little() -> None:
    """Let this process, and those forked from it, keep little of what they have freed.

    To be called before there are threads. Of other C libraries than glibc nothing is asked.
    """
    if "ARROW_DEFAULT_MEMORY_POOL" not in os.environ:
        # Arrow's own allocators keep many times what a request takes at its peak.
        pa.set_memory_pool(pa.system_memory_pool())
    if (mallopt := _of_libc("mallopt")) is None:
        return
    # One arena: of several, what one thread has freed is of no use to the others.
    for parameter, value in (
        (M_ARENA_MAX, 1),
        (M_MMAP_THRESHOLD, OWN_BYTES),
        (M_TRIM_THRESHOLD, KEPT_BYTES),
    ):
        mallopt(parameter, value)


def give_back() -> None:
    """Give all free pages back, also those between what is in use."""
    if (trim := _of_libc("malloc_trim")) is not None:
        trim(0)


class WhenCalm:
    """Calls what is to be done once nothing has been under way for a while.

    In the event loop, which this belongs to.
    """

    def __init__(self, call: Callable[[], object], seconds: float = CALM_SECONDS) -> None:
        self._call, self._seconds = call, seconds
        self._timer: asyncio.TimerHandle | None = None

    def put_off(self) -> None:
        """Take note of something that is done: wait once more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._call)


def _of_libc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None)
