"""One connection: how long its client may take, and how much it may say before it has asked.

It stands between the event loop and uvicorn's protocol for HTTP/1.1, and speaks to both as asyncio
has it (asyncio.Protocol). Of what lies between, the end of a head, a body and an answer, it hears
from the door (door.py), which finds it in the state of each request's scope (ASGI, lifespan state).
"""

import asyncio
from collections.abc import Callable
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, cast

from .application import Refusal
from .draining import lift_hop_limit
from .guard import Guard
from .head import HEAD_BYTES, LONG

# Where the door finds a request's connection.
STATE = "connection"
# After a client has said that it will send no more: what it sent before is with the door by then.
GRACE_SECONDS = 0.1


class Part(Enum):
    """What a connection is waiting for: a request's head, its body, or our answer."""

    HEAD = auto()
    BODY = auto()
    ANSWER = auto()


class Connection(asyncio.Protocol):
    """Lets a client go that sends or reads too slowly, or sends too long a head.

    Time is kept by one timer, which looks when it fires how far things are: none is set and unset
    with each request.
    """

    def __init__(
        self,
        guard: Guard,
        stock: Callable[..., asyncio.Protocol],
        *,
        app_state: dict[str, Any],
        **more: Any,
    ) -> None:
        """Wrap a connection of uvicorn's, as its server makes them by the class in stock."""
        self._guard = guard
        self._inner = stock(app_state={**app_state, STATE: self}, **more)
        self._loop = asyncio.get_running_loop()
        self._part = Part.HEAD
        self._since = self._loop.time()
        self._seconds = guard.limits.request_seconds
        self._head_bytes = 0
        self._said_all = False
        self._timer: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, or refuse it where there are too many."""
        self._transport = cast(asyncio.Transport, transport)
        self._inner.connection_made(transport)
        self._guard.connections.add(self)
        if len(self._guard.connections) > self._guard.limits.connections:
            self._refuse(self._guard.busy(), "connections")
            return
        if self._guard.stopping:
            self.lift_hop_limit()
        self._timer = self._loop.call_later(self._seconds, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self._timer, self._stalled):
            if timer is not None:
                timer.cancel()
        self._guard.connections.discard(self)
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass on what came."""
        if self._part is Part.HEAD:
            if not self._head_bytes:
                self._since = self._loop.time()
            self._head_bytes += len(data)
        self._inner.data_received(data)
        if self._head_bytes > HEAD_BYTES:
            # Later: this may hold the head's end and much of a body, of which the door, called
            # before then, tells.
            self._loop.call_soon(self._check_head)

    def eof_received(self) -> bool:
        """Finish what a client asked that has said all it will say, and may read on."""
        self._said_all = True
        self._inner.eof_received()
        self._loop.call_later(GRACE_SECONDS, self._end_soon)
        return True

    def pause_writing(self) -> None:
        """Give a client that does not read some time."""
        self._inner.pause_writing()
        if self._stalled is None:
            seconds = self._guard.limits.request_seconds
            self._stalled = self._loop.call_later(seconds, self._transport.abort)

    def resume_writing(self) -> None:
        """Go on with a client that reads again."""
        self._inner.resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    # ---- what the door tells --------------------------------------------------------------------

    def asked(self) -> None:
        """Note that a head is whole, and wait for its body."""
        self._part, self._head_bytes = Part.BODY, 0
        self._since, self._seconds = self._loop.time(), self._guard.limits.request_seconds

    def allow(self, seconds: float) -> None:
        """Let the body take so many seconds from its head on."""
        self._seconds = seconds

    def answering(self) -> None:
        """Note that nothing of the request is waited for any more."""
        self._part = Part.ANSWER

    def done(self) -> None:
        """Note that the answer is given, and wait for the next head."""
        self._part, self._head_bytes = Part.HEAD, 0
        self._since, self._seconds = self._loop.time(), self._guard.limits.request_seconds
        if self._said_all:
            self._end_soon()

    @property
    def is_closing(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._transport.is_closing()

    def abort(self) -> None:
        """Break off, which the client sees."""
        self._transport.abort()

    def lift_hop_limit(self) -> None:
        """Let the client reach us while the server does not take new connections."""
        lift_hop_limit(self._transport.get_extra_info("socket"))

    # ---- what becomes of it ---------------------------------------------------------------------

    def _look(self) -> None:
        """Let the client go if its time is over, else look again when it may be."""
        left = self._since + self._seconds - self._loop.time()
        if self._part is Part.ANSWER:
            left = self._guard.limits.request_seconds
        if left > 0:
            self._timer = self._loop.call_later(left, self._look)
        elif self._part is Part.HEAD and not self._head_bytes:
            self._close()
        else:
            self._refuse(Refusal(408, f"the request was not sent within {self._seconds:g} seconds"))

    def _check_head(self) -> None:
        if self._part is Part.HEAD and self._head_bytes > HEAD_BYTES:
            self._refuse(LONG)

    def _end_soon(self) -> None:
        # Not at once: between two answers, a request that was sent behind the first is on its way
        # to the door, and is with it before then.
        self._loop.call_soon(self._end_unless_answering)

    def _end_unless_answering(self) -> None:
        if self._part is not Part.ANSWER:
            self._close()

    def _close(self) -> None:
        """Close once all is sent, at once where the client takes nothing any more."""
        if self._transport.get_write_buffer_size():
            self._transport.abort()
        else:
            self._transport.close()

    def _refuse(self, refusal: Refusal, cause: str = "") -> None:
        """Answer and close, before the door has begun to answer."""
        if self._transport.is_closing():
            return
        headers, body = self._guard.told(refusal, {}, cause)
        phrase = HTTPStatus(refusal.status).phrase
        lines = "".join(
            f"{name.lower()}: {value}\r\n" for name, value in [*headers, ("Connection", "close")]
        )
        head = f"HTTP/1.1 {refusal.status} {phrase}\r\n{lines}\r\n"
        self._transport.write(head.encode("latin-1") + body)
        self._transport.close()
