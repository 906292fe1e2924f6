"""Returning freed memory to the system, so that a large request does not leave its peak behind."""

import asyncio
import ctypes
import os
from collections.abc import Callable

import pyarrow as pa

# mallopt(3)
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
# Blocks from this size on are mapped separately and returned as soon as they are freed. By default
# glibc raises the threshold to the largest block freed, and soon keeps all of them.
MMAP_BYTES = 4 * 1024 * 1024
# Free memory kept at the top of the heap: returning it after each request, and taking it again,
# costs a tenth of the time of a request.
TRIM_BYTES = 16 * 1024 * 1024
CALM_SECONDS = 1.0


def limit_retained_memory() -> None:
    """Limit the freed memory that this process and its forks retain; needs glibc, else no effect.

    Call it before any thread starts.
    """
    if "ARROW_DEFAULT_MEMORY_POOL" not in os.environ:
        # Arrow's own allocators retain many times the peak of a request.
        pa.set_memory_pool(pa.system_memory_pool())
    if (mallopt := _libc_function("mallopt")) is None:
        return
    # One arena: with several, a thread cannot use what another one has freed.
    for parameter, value in (
        (M_ARENA_MAX, 1),
        (M_MMAP_THRESHOLD, MMAP_BYTES),
        (M_TRIM_THRESHOLD, TRIM_BYTES),
    ):
        mallopt(parameter, value)


def release_free_memory() -> None:
    """Return all free pages to the system, also those between pages in use."""
    if (trim := _libc_function("malloc_trim")) is not None:
        trim(0)


class IdleTimer:
    """Calls a function once, after so many seconds without a restart(); runs in the event loop."""

    def __init__(self, call: Callable[[], object], seconds: float = CALM_SECONDS) -> None:
        self._call, self._seconds = call, seconds
        self._timer: asyncio.TimerHandle | None = None

    def restart(self) -> None:
        """Start the wait again."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._call)


def _libc_function(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None)
