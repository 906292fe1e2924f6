"""Timeouts and limits of one connection.

An asyncio.Protocol between the event loop and uvicorn's protocol for HTTP/1.1. The adapter
(wsgi_adapter.py) reports the end of each head, body and response to it; it finds the connection in
the state of the request's scope (ASGI, lifespan state).
"""

import asyncio
from collections.abc import Callable
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, cast

from .application import Refusal
from .draining import lift_hop_limit
from .guard import Guard
from .head import HEAD_BYTES, HEAD_TOO_LONG

# Key of the connection in the state of a scope.
STATE = "connection"
# From a client's EOF on: what it sent before has reached the adapter by then.
GRACE_SECONDS = 0.1


class Phase(Enum):
    """What a connection waits for: the head of a request, its body, or the response."""

    HEAD = auto()
    BODY = auto()
    RESPONSE = auto()


class Connection(asyncio.Protocol):
    """Closes connections whose clients send or read too slowly, or send too long a head.

    One timer per connection checks the current phase when it fires; setting and cancelling one per
    request would cost more.
    """

    def __init__(
        self,
        guard: Guard,
        protocol_class: Callable[..., asyncio.Protocol],
        *,
        app_state: dict[str, Any],
        **more: Any,
    ) -> None:
        """Wrap uvicorn's protocol_class; app_state and more are what uvicorn passes to it."""
        self._guard = guard
        self._inner = protocol_class(app_state={**app_state, STATE: self}, **more)
        self._loop = asyncio.get_running_loop()
        self._phase = Phase.HEAD
        self._since = self._loop.time()
        self._seconds = guard.limits.request_seconds
        self._head_bytes = 0
        self._at_eof = False
        self._timer: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept a connection, or refuse it if there are too many."""
        self._transport = cast(asyncio.Transport, transport)
        self._inner.connection_made(transport)
        self._guard.connections.add(self)
        if len(self._guard.connections) > self._guard.limits.connections:
            self._refuse(self._guard.busy(), "connections")
            return
        if self._guard.stopping:
            self.lift_hop_limit()
        self._timer = self._loop.call_later(self._seconds, self._check_time)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self._timer, self._stalled):
            if timer is not None:
                timer.cancel()
        self._guard.connections.discard(self)
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass data on to uvicorn, and check the length of the head."""
        if self._phase is Phase.HEAD:
            if not self._head_bytes:
                self._since = self._loop.time()
            self._head_bytes += len(data)
        self._inner.data_received(data)
        if self._head_bytes > HEAD_BYTES:
            # Later: the data may hold the end of the head and much of a body. The adapter, called
            # before then, reports that.
            self._loop.call_soon(self._check_head)

    def eof_received(self) -> bool:
        """Keep the connection until the requests sent before the EOF are answered."""
        self._at_eof = True
        self._inner.eof_received()
        self._loop.call_later(GRACE_SECONDS, self._close_soon)
        return True

    def pause_writing(self) -> None:
        """Abort in request_seconds, unless the client reads again."""
        self._inner.pause_writing()
        if self._stalled is None:
            seconds = self._guard.limits.request_seconds
            self._stalled = self._loop.call_later(seconds, self._transport.abort)

    def resume_writing(self) -> None:
        """Cancel the abort: the client reads again."""
        self._inner.resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    # ---- called by the adapter ------------------------------------------------------------------

    def head_received(self) -> None:
        """Wait for the body."""
        self._phase, self._head_bytes = Phase.BODY, 0
        self._since, self._seconds = self._loop.time(), self._guard.limits.request_seconds

    def allow(self, seconds: float) -> None:
        """Set the time that the body may take, from the end of the head on."""
        self._seconds = seconds

    def body_received(self) -> None:
        """Wait for the response."""
        self._phase = Phase.RESPONSE

    def response_sent(self) -> None:
        """Wait for the next head."""
        self._phase, self._head_bytes = Phase.HEAD, 0
        self._since, self._seconds = self._loop.time(), self._guard.limits.request_seconds
        if self._at_eof:
            self._close_soon()

    @property
    def is_closing(self) -> bool:
        """Whether nothing can be sent any longer."""
        return self._transport.is_closing()

    def abort(self) -> None:
        """Close at once; the client sees an incomplete response."""
        self._transport.abort()

    def lift_hop_limit(self) -> None:
        """Keep the connection open while the server drops new ones."""
        lift_hop_limit(self._transport.get_extra_info("socket"))

    # ---- closing --------------------------------------------------------------------------------

    def _check_time(self) -> None:
        """Close or refuse if the time of the phase is over, else check again when it will be."""
        left = self._since + self._seconds - self._loop.time()
        if self._phase is Phase.RESPONSE:
            left = self._guard.limits.request_seconds
        if left > 0:
            self._timer = self._loop.call_later(left, self._check_time)
        elif self._phase is Phase.HEAD and not self._head_bytes:
            self._close()
        else:
            self._refuse(Refusal(408, f"the request was not sent within {self._seconds:g} seconds"))

    def _check_head(self) -> None:
        if self._phase is Phase.HEAD and self._head_bytes > HEAD_BYTES:
            self._refuse(HEAD_TOO_LONG)

    def _close_soon(self) -> None:
        # Not at once: a request that was sent behind the one just answered reaches the adapter
        # before the callback runs.
        self._loop.call_soon(self._close_unless_responding)

    def _close_unless_responding(self) -> None:
        if self._phase is not Phase.RESPONSE:
            self._close()

    def _close(self) -> None:
        """Close, or abort if the client does not read what is left to send."""
        if self._transport.get_write_buffer_size():
            self._transport.abort()
        else:
            self._transport.close()

    def _refuse(self, refusal: Refusal, cause: str = "") -> None:
        """Answer and close; the adapter has not begun to answer."""
        if self._transport.is_closing():
            return
        headers, body = self._guard.refuse(refusal, {}, cause)
        phrase = HTTPStatus(refusal.status).phrase
        lines = "".join(
            f"{name.lower()}: {value}\r\n" for name, value in [*headers, ("Connection", "close")]
        )
        head = f"HTTP/1.1 {refusal.status} {phrase}\r\n{lines}\r\n"
        self._transport.write(head.encode("latin-1") + body)
        self._transport.close()
