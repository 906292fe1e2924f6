"""HTTP/1.1 by uvicorn and httptools, with bounds on time, size and number."""

import asyncio
import urllib.parse
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from .application import Application, Headers, Limits
from .draining import hear
from .lanes import RETRY_SECONDS, Lane

HEAD_BYTES = 32 * 1024
# Tables may take longer than a request's time, while as many bytes a second come.
LEAST_RATE = 1000
# While the server stops: for the request of whoever has just connected, or asks again.
LAST_SECONDS = 1.0
# Bodies up to here are answered in the event loop, longer ones in a thread beside it.
SMALL_BODY = 16 * 1024
BUSY = "the server is at its capacity: try again in a moment"
# An answer that is complete already, to a request whose body is of no interest any more.
_ANSWERED = SimpleNamespace(response_complete=True, message_event=asyncio.Event())


@dataclass
class Guard:
    """What all connections of a worker share: small bodies and large ones wait in lanes apart.

    While it is stopping, each connection ends with its next answer.
    """

    application: Application
    limits: Limits
    stopping: bool = False
    small: Lane = field(init=False)
    large: Lane = field(init=False)

    def __post_init__(self) -> None:
        """Make the lanes."""
        # While the event loop answers a short request, others wait in their sockets: there is
        # always one to go on with. The thread needs one at hand.
        self.small = Lane(self.limits.concurrency, few=1, burst_seconds=0.5)
        self.large = Lane(self.limits.concurrency, few=2, burst_seconds=2.0)

    def refusal(
        self, status: int, detail: str, asked_id: str = "", method: str = "", cause: str = ""
    ) -> tuple[Headers, bytes]:
        """Return the headers and the body of an answer in the application's name, and count it;
        cause says what there was no room for."""
        headers, body = self.application.problem(status, detail, asked_id)
        self.application.refused(method, status, cause)
        if status == 503:
            headers.append(("Retry-After", str(RETRY_SECONDS)))
        return [*headers, ("Content-Length", str(len(body)))], body


class GuardedConfig(Config):
    """uvicorn's configuration, and the guard."""

    guard: Guard


class GuardedProtocol(HttpToolsProtocol):
    """One connection. Whoever sends or reads too slowly, or sends too long a head, is let go."""

    def __init__(self, config: GuardedConfig, *arguments: Any, **more: Any) -> None:
        super().__init__(config, *arguments, **more)
        self.guard = config.guard
        self._receiving = False
        self._said_all = False
        self._in_head = True
        self._head_bytes = 0
        self._heard_bytes = 0
        self._slow: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or refuse it where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.guard.limits.connections:
            self._refuse(503, BUSY, "connections")
            return
        self._slow = self._later(self._let_go)
        if self.guard.stopping:
            hear(transport.get_extra_info("socket"))
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self._slow, self._stalled):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, within bounds of time for a request and of bytes for its head."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431, f"the request's head is longer than {HEAD_BYTES} bytes: shorten it")
        self._heard_bytes += len(data)
        if not self._receiving:
            self._end_slow()
        elif self._slow is None:
            self._heard_bytes = 0
            self._slow = self._later(self._let_go)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Finish what a client asked that has said all it will say, and may read on."""
        answering = self.cycle is not None and not self.cycle.response_complete
        self._said_all = not self._receiving and answering
        return self._said_all

    def on_response_complete(self) -> None:
        """Go on with the next request, or end with a client that sends no more."""
        was_last = self._said_all and not self.pipeline
        super().on_response_complete()
        if was_last:
            self.transport.close()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._receiving = True
        self.scope["transport"] = self.transport  # type: ignore[typeddict-unknown-key]

    def on_headers_complete(self) -> None:
        """Start to answer, or refuse where no more can be taken on."""
        self._in_head = False
        length, is_table = self._announced()
        self.scope["length"] = length  # type: ignore[typeddict-unknown-key]
        self.scope["table"] = self.scope["patient"] = is_table  # type: ignore[typeddict-unknown-key]
        free = self.cycle is None or self.cycle.response_complete
        if free and length is not None and length <= SMALL_BODY and self._is_refused():
            return
        super().on_headers_complete()
        if self.guard.stopping:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """Note that the request is whole, and that what follows is the next one's head."""
        self._receiving = False
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Give a client that does not read some time."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self._later(self.transport.abort)

    def resume_writing(self) -> None:
        """Go on with a client that reads again."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, also of a client that never read its last answer."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        super().timeout_keep_alive_handler()

    def shutdown(self) -> None:
        """End with the answer in hand; leave whoever asks nothing yet a moment to do so."""
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(LAST_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        self._refuse(400, "this is not HTTP/1.1 as RFC 9112 has it")

    def _later(self, what: Any) -> asyncio.TimerHandle:
        return self.loop.call_later(self.guard.limits.request_seconds, what)

    def _announced(self) -> tuple[int | None, bool]:
        """Return the length of the body, None where it is not said, and whether it is a table."""
        length: int | None = 0
        media_type = b""
        for name, value in self.headers:
            if name == b"content-length":
                length = int(value)
            elif name == b"transfer-encoding":
                length = None
            elif name == b"content-type":
                media_type = value
        plain = media_type.partition(b";")[0].strip().lower().decode("latin-1")
        return length, plain in self.guard.application.tables

    def _is_refused(self) -> bool:
        """Refuse a short request at the least cost, if its lane is full; the connection stays."""
        if self.guard.small.admits():
            return False
        path = self.url.partition(b"?")[0].decode("latin-1")
        if urllib.parse.unquote(path) in self.guard.application.always:
            return False
        asked = next((v for n, v in self.headers if n == b"x-request-id"), b"").decode("latin-1")
        method = self.parser.get_method().decode("latin-1")
        headers, body = self.guard.refusal(503, BUSY, asked, method, "short")
        if self.guard.stopping:
            headers.append(("Connection", "close"))
        self._write(503, headers, body)
        self.cycle = _ANSWERED  # type: ignore[assignment]
        self.on_response_complete()
        lasts = self.parser.should_keep_alive() and not self.guard.stopping
        if self.parser.get_http_version() == "1.0" or not lasts:
            self.transport.close()
        return True

    def _refuse(self, status: int, detail: str, cause: str = "") -> None:
        """Answer and close; not into the middle of another answer."""
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            headers, body = self.guard.refusal(status, detail, cause=cause)
            self._write(status, [*headers, ("Connection", "close")], body)
        self.transport.close()

    def _write(self, status: int, headers: Headers, body: bytes) -> None:
        lines = "".join(f"{name.lower()}: {value}\r\n" for name, value in headers)
        self.transport.write(STATUS_LINE[status] + lines.encode("latin-1") + b"\r\n" + body)

    def _end_slow(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _let_go(self) -> None:
        """End a connection that has not sent a whole request in its time, or enough of a table."""
        self._slow = None
        if self.transport.is_closing():
            return
        seconds = self.guard.limits.request_seconds
        steady = self._heard_bytes >= LEAST_RATE * seconds
        if self._receiving and steady and self.scope.get("patient"):
            self._heard_bytes = 0
            self._slow = self._later(self._let_go)
        elif self._receiving:
            self._refuse(408, f"the request was not sent within {seconds:g} seconds")
        else:
            self.transport.close()
