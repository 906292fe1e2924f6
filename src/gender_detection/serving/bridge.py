"""From the event loop to the WSGI application and back (PEP 3333, ASGI 3)."""

import asyncio
import io
import logging
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from .access_log import Access, AccessLog, now
from .bodies import Disconnected, NoRoom, Receive, drop_body, read_body
from .boundary import Boundary
from .lanes import Lane
from .memory import WhenCalm, give_back
from .protocol import BUSY, SMALL_BODY, Guard

log = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]
Scope = dict[str, Any]

# Tables under way at once: each holds a temporary file and a few blocks of rows.
TABLES = 32
# An answer is handed over in parts: a client must take each within the time allowed.
PART_BYTES = 64 * 1024
FAILED = "the request could not be answered; the log says where it failed"
# When the request was there as a whole (time.perf_counter): the application's clock starts then,
# so that the wait for its turn counts.
RECEIVED = "gender_detection.received"
# What the application may tell the access log, in the request's environ.
ROUTE = "gender_detection.route"
KEY = "gender_detection.key"
_ENVIRON = {
    "SCRIPT_NAME": "",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


@dataclass
class Answer:
    """What the application answered: all of it in body, or the rest of it to come from parts."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    parts: Iterator[bytes] | None = None
    close: Callable[[], None] | None = None


class Bridge:
    """An ASGI application that runs a WSGI application, one request at a time.

    Short requests run in the event loop itself: they are done before a thread would have begun.
    Long ones run in a thread beside it, so that short ones, health checks and refusals pass them.
    """

    def __init__(self, guard: Guard, access_log: AccessLog) -> None:
        self._guard = guard
        self._application = guard.application
        self._log = access_log
        self._thread = ThreadPoolExecutor(1, "large")
        # In that thread, which has nothing else to do then.
        self._calm = WhenCalm(lambda: self._thread.submit(give_back))
        self._tables = 0
        self._names: dict[bytes, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        self._application.in_flight(1)
        try:
            await self._serve(scope, receive, send)
        finally:
            self._application.in_flight(-1)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        environ = self._environ(scope)
        is_kept = True
        try:
            body, length, whole = await self._body(scope, receive)
        except Disconnected:
            return
        except NoRoom as full:
            log.error("%s %s for a table", full, tempfile.gettempdir())
            body, length, whole, is_kept = io.BytesIO(), 0, full.whole, False
        environ["wsgi.input"], environ[RECEIVED] = body, time.perf_counter()
        if length:
            environ["CONTENT_LENGTH"] = str(length)
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        with body, self._table_under_way(scope["table"]) as room:
            answer = (
                await self._answer(scope, environ, length)
                if room and is_kept
                else self._refused(environ, cause="tables")
            )
            if not whole:
                answer.headers.append(("Connection", "close"))
            sent = await self._send(scope, send, answer)
        if self._log.on:
            self._log.add(_access(scope, environ, answer, length, sent, started))

    async def _body(self, scope: Scope, receive: Receive) -> tuple[IO[bytes], int, bool]:
        length = scope["length"]
        if length == 0:
            return io.BytesIO(), 0, True
        limits = self._guard.limits
        most = limits.table_bytes if scope["table"] else limits.body_bytes
        if length is None or length <= most:
            return await read_body(receive, most)
        # Who waits for leave to send (Expect: 100-continue) is refused before it sends.
        waits = any(name == b"expect" for name, _ in scope["headers"])
        return io.BytesIO(), length, not waits and await drop_body(receive, most)

    async def _answer(self, scope: Scope, environ: dict[str, Any], length: int) -> Answer:
        if scope["path"] in self._application.always:
            return self._run(environ)
        if scope["table"]:
            return await self._in_thread(self._run, environ)
        lane = self._guard.small if length <= SMALL_BODY else self._guard.large
        if not lane.admits():
            cause = "long" if lane is self._guard.large else "short"
            return self._refused(environ, cause=cause)
        lane.in_hand += 1
        try:
            if lane is self._guard.large:
                return await self._in_thread(self._run_in, lane, environ)
            # Who has come at the same moment is let in or sent away before anybody is answered.
            await asyncio.sleep(0)
            return self._run_in(lane, environ)
        finally:
            lane.in_hand -= 1

    @contextmanager
    def _table_under_way(self, is_table: bool) -> Iterator[bool]:
        """Yield whether there is room for one more, which is counted until the block ends."""
        if is_table and self._tables >= TABLES:
            yield False
            return
        self._tables += is_table
        try:
            yield True
        finally:
            self._tables -= is_table

    async def _in_thread(self, run: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, run, *arguments)
        finally:
            self._calm.put_off()

    def _refused(
        self, environ: dict[str, Any], status: int = 503, detail: str = BUSY, cause: str = ""
    ) -> Answer:
        asked_id, method = environ.get("HTTP_X_REQUEST_ID", ""), environ["REQUEST_METHOD"]
        headers, body = self._guard.refusal(status, detail, asked_id, method, cause)
        return Answer(status, headers, body)

    def _run_in(self, lane: Lane, environ: dict[str, Any]) -> Answer:
        started = time.perf_counter()
        answer = self._run(environ)
        lane.took(time.perf_counter() - started)
        return answer

    def _run(self, environ: dict[str, Any]) -> Answer:
        """Return the application's answer, or one that says that it failed."""
        with Boundary() as boundary:
            answer = self._call(environ)
        return self._refused(environ, 500, FAILED) if boundary.broken else answer

    def _call(self, environ: dict[str, Any]) -> Answer:
        """Call the application; its answer is whole, or starts with the first part of a stream."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            started[:] = [(status, headers)]
            return _no_write

        parts = self._application.wsgi(environ, start_response)
        iterator = iter(parts)
        first = next(iterator, b"")
        status, headers = started[0]
        close = getattr(parts, "close", None)
        if any(name.lower() == "content-length" for name, _ in headers):
            body = b"".join((first, *iterator))
            if close:
                close()
            return Answer(int(status[:3]), list(headers), body)
        return Answer(int(status[:3]), list(headers), first, iterator, close)

    async def _send(self, scope: Scope, send: Send, answer: Answer) -> int:
        """Hand the answer over; return the bytes of its body that were sent."""
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in answer.headers
        ]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if answer.parts is None and len(answer.body) <= PART_BYTES:
            await send({"type": "http.response.body", "body": answer.body})
            return len(answer.body)
        try:
            return await self._stream(scope, send, answer)
        finally:
            if answer.close:
                await self._in_thread(answer.close)

    async def _stream(self, scope: Scope, send: Send, answer: Answer) -> int:
        sent = 0
        part: bytes | None = answer.body
        while part is not None:
            for piece in _pieces(part):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            sent += len(part)
            if answer.parts is None:
                break
            if scope["transport"].is_closing():
                return sent
            with Boundary() as boundary:
                part = await self._in_thread(next, answer.parts, None)
            if boundary.broken:
                # A transfer cut off, which the client sees, and no short table that looks whole.
                scope["transport"].abort()
                return sent
        await send({"type": "http.response.body", "body": b""})
        return sent

    def _environ(self, scope: Scope) -> dict[str, Any]:
        server, client = scope["server"] or ("", None), scope["client"] or ("", None)
        environ: dict[str, Any] = {
            **_ENVIRON,
            "REQUEST_METHOD": scope["method"],
            # PEP 3333: bytes beyond ASCII stand for themselves.
            "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
            "QUERY_STRING": scope["query_string"].decode("latin-1"),
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1] or ""),
            "REMOTE_ADDR": client[0],
            "wsgi.url_scheme": scope["scheme"],
        }
        for name, value in scope["headers"]:
            variable = self._names.get(name) or self._named(name)
            text = value.decode("latin-1")
            environ[variable] = f"{environ[variable]},{text}" if variable in environ else text
        return environ

    def _named(self, name: bytes) -> str:
        variable = name.decode("latin-1").upper().replace("-", "_")
        if variable not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            variable = "HTTP_" + variable
        if len(self._names) < 256:
            self._names[name] = variable
        return variable


def _no_write(_: bytes) -> None:
    raise NotImplementedError("write() of PEP 3333: return the body instead")


def _pieces(part: bytes) -> Iterable[bytes]:
    return (part[at : at + PART_BYTES] for at in range(0, len(part), PART_BYTES))


def _access(
    scope: Scope, environ: dict[str, Any], answer: Answer, length: int, sent: int, started: float
) -> Access:
    request_id = next((v for name, v in answer.headers if name.lower() == "x-request-id"), "")
    return Access(
        time=now(),
        request_id=request_id,
        client=environ["REMOTE_ADDR"],
        method=scope["method"],
        route=environ.get(ROUTE) or "other",
        status=answer.status,
        seconds=round(time.perf_counter() - started, 6),
        bytes_in=length,
        bytes_out=sent,
        key=environ.get(KEY) or "",
    )
