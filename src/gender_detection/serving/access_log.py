"""The access log: one line of JSON per answer on standard output, without names.

It has the rule that matched instead of the path, and no query string, because callers put names
into addresses by mistake.
"""

import asyncio
import os
import sys
import time
from typing import Any

import msgspec

FLUSH_SECONDS = 0.1


class Access(msgspec.Struct, omit_defaults=True):
    """A request and its answer; sizes in bytes, key the name of the API key."""

    time: str
    request_id: str
    client: str
    method: str
    route: str
    status: int
    seconds: float
    bytes_in: int
    bytes_out: int
    key: str = ""


class AccessLog:
    """Collects lines and writes them together: one write per line would cost more than the line."""

    def __init__(self, on: bool, write: Any = None) -> None:
        self.on = on
        self._write = _write_out if write is None else write
        self._lines: list[bytes] = []
        self._encode = msgspec.json.Encoder().encode

    def add(self, entry: Access) -> None:
        """Add a line, written within FLUSH_SECONDS; call it in the event loop."""
        if not self._lines:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        self._lines.append(self._encode(entry))

    def flush(self) -> None:
        """Write the collected lines."""
        if self._lines:
            lines, self._lines = self._lines, []
            self._write(b"\n".join(lines) + b"\n")


def now() -> str:
    """Return the time of day as ISO 8601, UTC, to the millisecond."""
    seconds = time.time()
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds * 1000) % 1000:03}Z"


def _write_out(lines: bytes) -> None:
    try:
        while lines:
            lines = lines[os.write(sys.stdout.fileno(), lines) :]
    except (OSError, ValueError):
        return  # The reader of the log is gone; the server goes on.
