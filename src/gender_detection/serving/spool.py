"""Reading the body of a request: in the event loop, so that slow clients block nobody.

The application gets the body when all of it is there. Long bodies go to a temporary file: memory
stays bounded, and clients that send everything before they read (most do) cannot block an answer
that starts with the first rows. A quota bounds what a worker keeps, and leaves space for others.
"""

import io
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import IO, Any

Receive = Callable[[], Awaitable[dict[str, Any]]]

IN_MEMORY = 256 * 1024


class Disconnected(Exception):
    """The client has disconnected before the end of its body."""


class TooLong(Exception):
    """The body is longer than its limit."""


class SpoolFull(Exception):
    """There is no room for a body; disk_full if the temporary folder could not be written."""

    def __init__(self, disk_full: bool = False) -> None:
        super().__init__("no room in the temporary folder" if disk_full else "quota used up")
        self.disk_full = disk_full


class SpoolQuota:
    """Bytes of bodies that clients share: each gets at most half of what the others leave.

    The first can take one half and the next a quarter, so there is always space for a new client.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._used_by: dict[str, int] = {}

    def available(self, client: str) -> int:
        """Return how many more bytes a client may take."""
        own = self._used_by.get(client, 0)
        return max(0, (self._limit - (self._used - own)) // 2 - own)

    def take(self, client: str, size: int) -> None:
        """Take bytes for a client; raise SpoolFull if they are not available."""
        if size > self.available(client):
            raise SpoolFull
        self._used += size
        self._used_by[client] = self._used_by.get(client, 0) + size

    def release(self, client: str, size: int) -> None:
        """Release bytes that a client has taken."""
        self._used -= size
        if remaining := self._used_by.pop(client, 0) - size:
            self._used_by[client] = remaining


class Spool:
    """One body of a client, up to limit bytes; close() releases its space."""

    def __init__(self, quota: SpoolQuota, client: str, limit: int) -> None:
        self._quota, self._client, self._limit = quota, client, limit
        self._taken = 0
        self._file: IO[bytes] = io.BytesIO()
        self.length = 0

    async def read(self, receive: Receive, on_progress: Callable[[int], None]) -> IO[bytes]:
        """Return the body as a file at its start; on_progress gets the length after each part.

        Raise TooLong, SpoolFull if there is no room, Disconnected if the client disconnects.
        """
        message = await receive()
        first: bytes = message.get("body", b"")
        if message["type"] == "http.request" and not message.get("more_body"):
            if len(first) > self._limit:
                raise TooLong
            # A body in one piece is in memory already, so it takes nothing from the quota.
            self._file, self.length = io.BytesIO(first), len(first)
            return self._file
        with ExitStack() as on_error:
            self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
            on_error.callback(self.close)
            while message["type"] == "http.request":
                self._write(message.get("body", b""))
                on_progress(self.length)
                if not message.get("more_body"):
                    self._file.seek(0)
                    on_error.pop_all()
                    return self._file
                message = await receive()
            raise Disconnected

    def _write(self, part: bytes) -> None:
        self.length += len(part)
        if self.length > self._limit:
            raise TooLong
        self._quota.take(self._client, len(part))
        self._taken += len(part)
        try:
            self._file.write(part)
        except OSError as err:
            raise SpoolFull(disk_full=True) from err

    def close(self) -> None:
        """Delete the body and release its space."""
        self._quota.release(self._client, self._taken)
        self._taken = 0
        self._file.close()
