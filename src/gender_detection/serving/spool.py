"""A request's body: read in the event loop, where a slow client holds nobody up, then given whole.

Long ones go to a temporary file: memory stays bounded, and a client that sends all before it reads
(as most do) cannot block an answer that is made from the first rows already. What lies there is
bounded for a worker as a whole, and so shared that there is always room for a newcomer.
"""

import io
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import IO, Any

Receive = Callable[[], Awaitable[dict[str, Any]]]

IN_MEMORY = 256 * 1024


class Disconnected(Exception):
    """The client has gone before it sent all."""


class TooLong(Exception):
    """There is more than may be sent."""


class NoRoom(Exception):
    """There is no room for a body; full where the temporary folder is what has none."""

    def __init__(self, full: bool = False) -> None:
        super().__init__("no room in the temporary folder" if full else "no room for a body")
        self.full = full


class Room:
    """So many bytes of bodies at most, shared: nobody gets more than half of what others leave.

    The first may so take half, the next a quarter, and whoever comes finds some, however many sent
    large ones before.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._by: dict[str, int] = {}

    def left(self, whose: str) -> int:
        """Return how many bytes more somebody may take."""
        own = self._by.get(whose, 0)
        return max(0, (self._most - (self._taken - own)) // 2 - own)

    def take(self, whose: str, size: int) -> None:
        """Take so many bytes; raise NoRoom where they are too many."""
        if size > self.left(whose):
            raise NoRoom
        self._taken += size
        self._by[whose] = self._by.get(whose, 0) + size

    def give_back(self, whose: str, size: int) -> None:
        """Give back what was taken."""
        self._taken -= size
        if left := self._by.pop(whose, 0) - size:
            self._by[whose] = left


class Spool:
    """A place for one body, of at most so many bytes, in the room that all share.

    whose says who sends it. It holds nothing any more once it is closed.
    """

    def __init__(self, room: Room, whose: str, most: int) -> None:
        self._room, self._whose, self._most = room, whose, most
        self._taken = 0
        self._kept: IO[bytes] = io.BytesIO()
        self.length = 0

    async def read(self, receive: Receive, more: Callable[[int], None]) -> IO[bytes]:
        """Return a body as a file at its start; more is told its length each time there is more.

        Raise TooLong, NoRoom where it cannot be kept, Disconnected where the client leaves.
        """
        message = await receive()
        first: bytes = message.get("body", b"")
        if message["type"] == "http.request" and not message.get("more_body"):
            if len(first) > self._most:
                raise TooLong
            # Of what came in one piece, no more than the server had in its hands anyway.
            self._kept, self.length = io.BytesIO(first), len(first)
            return self._kept
        with ExitStack() as unless_kept:
            self._kept = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
            unless_kept.callback(self.close)
            while message["type"] == "http.request":
                self._keep(message.get("body", b""))
                more(self.length)
                if not message.get("more_body"):
                    self._kept.seek(0)
                    unless_kept.pop_all()
                    return self._kept
                message = await receive()
            raise Disconnected

    def _keep(self, part: bytes) -> None:
        self.length += len(part)
        if self.length > self._most:
            raise TooLong
        self._room.take(self._whose, len(part))
        self._taken += len(part)
        try:
            self._kept.write(part)
        except OSError as err:
            raise NoRoom(full=True) from err

    def close(self) -> None:
        """Let go of what is kept."""
        self._room.give_back(self._whose, self._taken)
        self._taken = 0
        self._kept.close()
