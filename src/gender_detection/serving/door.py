"""The ASGI application in front of a WSGI application: who gets in, how far, and what is answered.

Of a request the head is looked at first; only who is let in by it is asked for a body.
"""

import asyncio
import contextlib
import io
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..error_boundary import ErrorBoundary
from .access_log import Access, AccessLog, now
from .admission import AdmissionQueue
from .application import Guest, Refusal
from .clients import Clients
from .connection import STATE, Connection
from .environ import CALLER, KEY, RECEIVED, ROUTE
from .guard import SMALL_BODY, Guard
from .head import Head, Heads, Scope
from .memory import WhenCalm, give_back
from .spool import Disconnected, NoRoom, Receive, Spool, TooLong
from .wsgi import PART_BYTES, Answer, call, pieces

log = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]

# Tables under way at once: each holds a temporary file and a few blocks of rows.
TABLES = 32
# Who is turned away while still sending gets the answer at once, and then so long, and so many
# bytes, to read it: where a connection closes on what is unread, many clients report a broken one
# in place of the answer (RFC 9112, section 9.6).
LINGER_SECONDS = 2.0
LINGER_BYTES = 8 * 1024 * 1024
FAILED = Refusal(500, "the request could not be answered; the log says where it failed")
NO_BODY = Refusal(413, "what is asked for takes no such body: leave it out")
# Who asks for what is always answered.
ANYBODY = Guest(may_send=False)
CLOSE = ("Connection", "close")


class Door:
    """An ASGI application that runs a WSGI application, one request at a time.

    Short requests run in the event loop itself: they are done before a thread would have begun.
    Long ones run in a thread beside it, so that short ones, health checks and refusals pass them.
    """

    def __init__(self, guard: Guard, access_log: AccessLog, clients: Clients) -> None:
        self._guard = guard
        self._application = guard.application
        self._heads = Heads(clients, guard.application.tables)
        self._log = access_log
        self._thread = ThreadPoolExecutor(1, "large")
        # In that thread, which has nothing else to do then.
        self._calm = WhenCalm(lambda: self._thread.submit(give_back))
        self._tables = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        connection: Connection = scope["state"][STATE]
        connection.asked()
        self._application.in_flight(1)
        try:
            with ErrorBoundary() as boundary:
                head = self._heads.read(scope)
                answer, sent = await self._serve(head, connection, receive, send)
                if self._log.on and answer is not None:
                    self._log.add(_access(head, answer, sent, started))
            if boundary.broken:
                connection.abort()
        finally:
            self._application.in_flight(-1)
            connection.done()

    async def _serve(
        self, head: Head, connection: Connection, receive: Receive, send: Send
    ) -> tuple[Answer | None, int]:
        """Return the answer, None where its client has gone, and how many bytes of its body were
        sent."""
        met = self._meet(head)
        if isinstance(met, Answer):
            return met, await self._turn_away(head, met, connection, receive, send)
        environ = head.environ
        if met.caller is not None:
            environ[CALLER] = met.caller
        limits = self._guard.limits
        most = limits.table_bytes if head.is_table else limits.body_bytes
        with contextlib.closing(Spool(self._guard.room, met.key or head.client, most)) as spool:
            try:
                body = await self._body(spool, head, connection, receive)
            except Disconnected:
                return None, 0
            except (TooLong, NoRoom) as err:
                refused = self._unread(head, err)
                return refused, await self._turn_away(head, refused, connection, receive, send)
            connection.answering()
            environ["wsgi.input"], environ[RECEIVED] = body, time.perf_counter()
            if head.length is None:
                environ["CONTENT_LENGTH"] = str(spool.length)
                environ.pop("HTTP_TRANSFER_ENCODING", None)
            head.length = spool.length
            if head.is_table:
                return await self._answer_table(head, connection, send)
            answer = await self._answer(head)
            return answer, await self._send(head, connection, send, answer)

    # ---- by the head alone ----------------------------------------------------------------------

    def _meet(self, head: Head) -> Guest | Answer:
        """Return who asks, or the answer to whoever is not let in; nothing of a body is read."""
        if head.fault is not None:
            return self._refused(head, head.fault)
        is_short = head.length is not None and head.length <= SMALL_BODY
        met: Guest | Refusal = ANYBODY
        if head.path not in self._application.always:
            if is_short and not head.is_table and not self._guard.small.admits():
                return self._refused(head, self._guard.busy(), "short")
            met = self._application.admit(
                head.method, head.path, head.environ.get("HTTP_AUTHORIZATION", ""), head.client
            )
        head.environ[KEY] = met.key
        if isinstance(met, Refusal):
            return self._refused(head, met)
        if not (is_short or met.may_send):
            return self._refused(head, NO_BODY)
        limits, length = self._guard.limits, head.length or 0
        if length > (limits.table_bytes if head.is_table else limits.body_bytes):
            return self._refused(head, self._application.too_long(head.is_table))
        if length > self._guard.room.left(met.key or head.client):
            return self._refused(head, self._guard.busy(), _cause(head))
        return met

    async def _turn_away(
        self, head: Head, answer: Answer, connection: Connection, receive: Receive, send: Send
    ) -> int:
        """Answer whose body is not wanted, and drop what comes of it for a moment."""
        connection.answering()
        # What comes of a short body is dropped by the server, and the connection goes on.
        lasts = head.length == 0 or (
            head.length is not None and head.length <= SMALL_BODY and not head.waits
        )
        if self._guard.stopping or head.is_last or not lasts:
            answer.headers.append(CLOSE)
        await send(answer.start())
        await send({"type": "http.response.body", "body": answer.body, "more_body": not lasts})
        if not lasts:
            if not head.waits:
                await _linger(receive)
            await send({"type": "http.response.body", "body": b""})
        # Nothing of it was taken, whatever was announced.
        head.length = 0
        return len(answer.body)

    # ---- the body -------------------------------------------------------------------------------

    async def _body(
        self, spool: Spool, head: Head, connection: Connection, receive: Receive
    ) -> Any:
        """Return the body as a file."""
        if head.length == 0:
            return io.BytesIO()
        limits = self._guard.limits

        def more(length: int) -> None:
            # Whoever sends a table may take longer, at a rate that is worth waiting for.
            if head.is_table:
                connection.allow(limits.request_seconds + length / limits.table_rate)

        return await spool.read(receive, more)

    def _unread(self, head: Head, err: TooLong | NoRoom) -> Answer:
        if isinstance(err, TooLong):
            return self._refused(head, self._application.too_long(head.is_table))
        if err.full:
            log.error("%s %s for a body", err, tempfile.gettempdir())
        return self._refused(head, self._guard.busy(), _cause(head))

    # ---- the answer -----------------------------------------------------------------------------

    async def _answer(self, head: Head) -> Answer:
        if head.path in self._application.always:
            return self._run(head)
        is_small = (head.length or 0) <= SMALL_BODY
        lane = self._guard.small if is_small else self._guard.large
        if not lane.admits():
            return self._refused(head, self._guard.busy(), _cause(head))
        lane.in_hand += 1
        try:
            if not is_small:
                return await self._in_thread(self._run_in, lane, head)
            # Who has come at the same moment is let in or sent away before anybody is answered.
            await asyncio.sleep(0)
            return self._run_in(lane, head)
        finally:
            lane.in_hand -= 1

    async def _answer_table(
        self, head: Head, connection: Connection, send: Send
    ) -> tuple[Answer, int]:
        """Answer a table, which is under way until all of its answer is sent."""
        if self._tables >= TABLES:
            answer = self._refused(head, self._guard.busy(), "tables")
            return answer, await self._send(head, connection, send, answer)
        self._tables += 1
        try:
            answer = await self._in_thread(self._run, head)
            return answer, await self._send(head, connection, send, answer)
        finally:
            self._tables -= 1

    async def _in_thread(self, run: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, run, *arguments)
        finally:
            self._calm.put_off()

    def _refused(self, head: Head, refusal: Refusal, cause: str = "") -> Answer:
        headers, body = self._guard.told(refusal, head.environ, cause)
        return Answer(refusal.status, headers, body)

    def _run_in(self, lane: AdmissionQueue, head: Head) -> Answer:
        started = time.perf_counter()
        answer = self._run(head)
        lane.took(time.perf_counter() - started)
        return answer

    def _run(self, head: Head) -> Answer:
        """Return the application's answer, or one that says that it failed."""
        with ErrorBoundary() as boundary:
            answer = call(self._application.wsgi, head.environ)
        return self._refused(head, FAILED) if boundary.broken else answer

    async def _send(self, head: Head, connection: Connection, send: Send, answer: Answer) -> int:
        """Hand the answer over; return the bytes of its body that were sent."""
        if self._guard.stopping or head.is_last:
            answer.headers.append(CLOSE)
        await send(answer.start())
        if answer.parts is None and len(answer.body) <= PART_BYTES:
            await send({"type": "http.response.body", "body": answer.body})
            return len(answer.body)
        try:
            return await self._stream(connection, send, answer)
        finally:
            if answer.close:
                await self._in_thread(answer.close)

    async def _stream(self, connection: Connection, send: Send, answer: Answer) -> int:
        sent = 0
        part: bytes | None = answer.body
        while part is not None:
            for piece in pieces(part):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            sent += len(part)
            if answer.parts is None:
                break
            if connection.is_closing:
                return sent
            with ErrorBoundary() as boundary:
                part = await self._in_thread(next, answer.parts, None)
            if boundary.broken:
                # A transfer cut off, which the client sees, and no short table that looks whole.
                connection.abort()
                return sent
        await send({"type": "http.response.body", "body": b""})
        return sent


def _cause(head: Head) -> str:
    """Return what there is no room for, as Application.refused is told."""
    if head.is_table:
        return "tables"
    return "short" if head.length is not None and head.length <= SMALL_BODY else "long"


async def _linger(receive: Receive) -> None:
    """Drop what a client sends on, for a moment and within bounds."""
    left = LINGER_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while left > 0:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
                left -= len(message["body"])


def _access(head: Head, answer: Answer, sent: int, started: float) -> Access:
    request_id = next((v for name, v in answer.headers if name.lower() == "x-request-id"), "")
    return Access(
        time=now(),
        request_id=request_id,
        client=head.client,
        method=head.method,
        route=head.environ.get(ROUTE) or "other",
        status=answer.status,
        seconds=round(time.perf_counter() - started, 6),
        bytes_in=head.length or 0,
        bytes_out=sent,
        key=head.environ.get(KEY) or "",
    )
