"""A request's body: read in the event loop, where a slow client holds nobody up, then given whole.

Long ones go to a temporary file: memory stays bounded, and a client that sends all before it reads
(as most do) cannot block an answer that is made from the first rows already.
"""

import io
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import IO, Any

Receive = Callable[[], Awaitable[dict[str, Any]]]

IN_MEMORY = 256 * 1024
# What is sent beyond the limit is read and dropped, so that the client sees our answer and no
# broken connection (RFC 9112, section 9.6); within bounds.
DROPPED_BODIES = 4


class Disconnected(Exception):
    """The client has gone before it sent all."""


class NoRoom(Exception):
    """The temporary folder is full; whole tells whether the body was read to its end."""

    def __init__(self, whole: bool) -> None:
        super().__init__("no room in the temporary folder")
        self.whole = whole


async def read_body(receive: Receive, most: int) -> tuple[IO[bytes], int, bool]:
    """Return a body as a file at its start, its length in bytes, and whether this is all of it.

    Of a body longer than most bytes one byte more is kept, by which it can be told. Raise NoRoom
    where it cannot be kept, Disconnected where the client leaves.
    """
    message = await receive()
    first = message.get("body", b"")
    if message["type"] == "http.request" and not message["more_body"] and len(first) <= most:
        return io.BytesIO(first), len(first), True
    return await _read_parts(message, receive, most)


async def drop_body(receive: Receive, most: int) -> bool:
    """Read a body that is too long and keep nothing; return whether it was read to its end."""
    left = DROPPED_BODIES * most
    while left > 0:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        if not message["more_body"]:
            return True
        left -= len(message["body"])
    return False


async def _read_parts(
    message: dict[str, Any], receive: Receive, most: int
) -> tuple[IO[bytes], int, bool]:
    length = 0
    with ExitStack() as unless_kept:
        kept = unless_kept.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
        while message["type"] == "http.request":
            part = message.get("body", b"")
            is_last = not message["more_body"] or length + len(part) > DROPPED_BODIES * most
            try:
                kept.write(part[: max(0, most + 1 - length)])
                if is_last:
                    kept.seek(0)
            except OSError as err:
                whole = not message["more_body"] or await drop_body(receive, most)
                raise NoRoom(whole) from err
            length += len(part)
            if is_last:
                unless_kept.pop_all()
                return kept, min(length, most + 1), not message["more_body"]
            message = await receive()
    raise Disconnected
