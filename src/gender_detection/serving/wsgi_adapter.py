"""The ASGI application that runs a WSGI application, with admission control in front of it.

A request is admitted or refused by its head; only the body of an admitted request is read.
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
from .application import Admitted, Refusal
from .connection import STATE, Connection
from .environ import CALLER, KEY, RECEIVED, ROUTE
from .guard import SMALL_BODY, Guard
from .head import HeadParser, RequestHead, Scope
from .memory import IdleTimer, release_free_memory
from .spool import Disconnected, Receive, Spool, SpoolFull, TooLong
from .trusted_proxies import TrustedProxies
from .wsgi import CHUNK_BYTES, Response, call, chunks_of

log = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]

# Tables in progress at once: each holds a temporary file and a few blocks of rows.
MAX_TABLES = 32
# A client that is refused while it sends gets the answer at once; then the server goes on reading
# within these bounds. If a connection is closed with unread data, many clients report a broken
# connection instead of the answer (RFC 9112, section 9.6).
LINGER_SECONDS = 2.0
LINGER_BYTES = 8 * 1024 * 1024
FAILED = Refusal(500, "the request could not be answered: see the server's log for the error")
NO_BODY = Refusal(
    413, f"this route takes no body over {SMALL_BODY} bytes, and no chunked one: leave it out"
)
# The client of paths that are always answered.
ANYBODY = Admitted(may_send=False)
CLOSE = ("Connection", "close")


class WsgiAdapter:
    """An ASGI application that runs a WSGI application, one request at a time.

    Requests with small bodies run in the event loop: they take less time than starting a thread
    would. Large ones run in a thread beside it, so that small ones, health checks and refusals do
    not wait for them.
    """

    def __init__(self, guard: Guard, access_log: AccessLog, proxies: TrustedProxies) -> None:
        self._guard = guard
        self._application = guard.application
        self._parser = HeadParser(proxies, guard.application.tables)
        self._log = access_log
        self._thread = ThreadPoolExecutor(1, "large")
        # In that thread, which is idle then.
        self._idle = IdleTimer(lambda: self._thread.submit(release_free_memory))
        self._tables = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        connection: Connection = scope["state"][STATE]
        connection.head_received()
        self._application.in_flight(1)
        try:
            with ErrorBoundary() as boundary:
                head = self._parser.parse(scope)
                response, sent = await self._serve(head, connection, receive, send)
                if self._log.on and response is not None:
                    self._log.add(_access(head, response, sent, started))
            if boundary.caught:
                connection.abort()
        finally:
            self._application.in_flight(-1)
            connection.response_sent()

    async def _serve(
        self, head: RequestHead, connection: Connection, receive: Receive, send: Send
    ) -> tuple[Response | None, int]:
        """Return the response, None if the client has disconnected, and the bytes of its body that
        were sent."""
        client = self._admit(head)
        if isinstance(client, Response):
            return client, await self._send_refusal(head, client, connection, receive, send)
        environ = head.environ
        if client.caller is not None:
            environ[CALLER] = client.caller
        limits = self._guard.limits
        limit = limits.table_bytes if head.is_table else limits.body_bytes
        owner = client.key or head.client
        with contextlib.closing(Spool(self._guard.quota, owner, limit)) as spool:
            try:
                body = await self._read_body(spool, head, connection, receive)
            except Disconnected:
                return None, 0
            except (TooLong, SpoolFull) as err:
                refused = self._refuse_body(head, err)
                return refused, await self._send_refusal(head, refused, connection, receive, send)
            connection.body_received()
            environ["wsgi.input"], environ[RECEIVED] = body, time.perf_counter()
            if head.length is None:
                environ["CONTENT_LENGTH"] = str(spool.length)
                environ.pop("HTTP_TRANSFER_ENCODING", None)
            head.length = spool.length
            if head.is_table:
                return await self._respond_to_table(head, connection, send)
            response = await self._respond(head)
            return response, await self._send(head, connection, send, response)

    # ---- admission ------------------------------------------------------------------------------

    def _admit(self, head: RequestHead) -> Admitted | Response:
        """Return the client, or the refusal of its request."""
        if head.fault is not None:
            return self._refuse(head, head.fault)
        is_short = head.length is not None and head.length <= SMALL_BODY
        client: Admitted | Refusal = ANYBODY
        if head.path not in self._application.always:
            if is_short and not head.is_table and not self._guard.small.admits():
                return self._refuse(head, self._guard.busy(), "short")
            client = self._application.admit(
                head.method, head.path, head.environ.get("HTTP_AUTHORIZATION", ""), head.client
            )
        head.environ[KEY] = client.key
        if isinstance(client, Refusal):
            return self._refuse(head, client)
        if not (is_short or client.may_send):
            return self._refuse(head, NO_BODY)
        limits, length = self._guard.limits, head.length or 0
        if length > (limits.table_bytes if head.is_table else limits.body_bytes):
            return self._refuse(head, self._application.too_long(head.is_table))
        if length > self._guard.quota.available(client.key or head.client):
            return self._refuse(head, self._guard.busy(), _cause(head))
        return client

    async def _send_refusal(
        self,
        head: RequestHead,
        refused: Response,
        connection: Connection,
        receive: Receive,
        send: Send,
    ) -> int:
        """Refuse a request, and drop what its client sends, within the bounds of _linger."""
        connection.body_received()
        # uvicorn drops a short body, and the connection stays open.
        stays_open = head.length == 0 or (
            head.length is not None and head.length <= SMALL_BODY and not head.expects_continue
        )
        if self._guard.stopping or head.is_last or not stays_open:
            refused.headers.append(CLOSE)
        await send(refused.start())
        await send(
            {"type": "http.response.body", "body": refused.body, "more_body": not stays_open}
        )
        if not stays_open:
            if not head.expects_continue:
                await _linger(receive)
            await send({"type": "http.response.body", "body": b""})
        # For the access log: no byte of the body was kept.
        head.length = 0
        return len(refused.body)

    # ---- the body -------------------------------------------------------------------------------

    async def _read_body(
        self, spool: Spool, head: RequestHead, connection: Connection, receive: Receive
    ) -> Any:
        """Return the body as a file."""
        if head.length == 0:
            return io.BytesIO()
        limits = self._guard.limits

        def extend_time(length: int) -> None:
            # A table may take longer, if it arrives at table_rate.
            if head.is_table:
                connection.allow(limits.request_seconds + length / limits.table_rate)

        return await spool.read(receive, extend_time)

    def _refuse_body(self, head: RequestHead, err: TooLong | SpoolFull) -> Response:
        if isinstance(err, TooLong):
            return self._refuse(head, self._application.too_long(head.is_table))
        if err.disk_full:
            log.error("%s %s: free some space, or set TMPDIR", err, tempfile.gettempdir())
        return self._refuse(head, self._guard.busy(), _cause(head))

    # ---- the response ---------------------------------------------------------------------------

    async def _respond(self, head: RequestHead) -> Response:
        if head.path in self._application.always:
            return self._run(head)
        is_small = (head.length or 0) <= SMALL_BODY
        queue = self._guard.small if is_small else self._guard.large
        if not queue.admits():
            return self._refuse(head, self._guard.busy(), _cause(head))
        queue.in_progress += 1
        try:
            if not is_small:
                response: Response = await self._in_thread(self._run_timed, queue, head)
                return response
            # Requests that arrived at the same time are admitted or refused before one is answered.
            await asyncio.sleep(0)
            return self._run_timed(queue, head)
        finally:
            queue.in_progress -= 1

    async def _respond_to_table(
        self, head: RequestHead, connection: Connection, send: Send
    ) -> tuple[Response, int]:
        """Answer a table, which counts as in progress until all of its response is sent."""
        if self._tables >= MAX_TABLES:
            response = self._refuse(head, self._guard.busy(), "tables")
            return response, await self._send(head, connection, send, response)
        self._tables += 1
        try:
            response = await self._in_thread(self._run, head)
            return response, await self._send(head, connection, send, response)
        finally:
            self._tables -= 1

    async def _in_thread(self, run: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, run, *arguments)
        finally:
            self._idle.restart()

    def _refuse(self, head: RequestHead, refusal: Refusal, cause: str = "") -> Response:
        headers, body = self._guard.refuse(refusal, head.environ, cause)
        return Response(refusal.status, headers, body)

    def _run_timed(self, queue: AdmissionQueue, head: RequestHead) -> Response:
        started = time.perf_counter()
        response = self._run(head)
        queue.record_duration(time.perf_counter() - started)
        return response

    def _run(self, head: RequestHead) -> Response:
        """Return the application's response, or a 500 if it raised."""
        with ErrorBoundary() as boundary:
            response = call(self._application.wsgi, head.environ)
        return self._refuse(head, FAILED) if boundary.caught else response

    async def _send(
        self, head: RequestHead, connection: Connection, send: Send, response: Response
    ) -> int:
        """Send the response; return the bytes of its body that were sent."""
        if self._guard.stopping or head.is_last:
            response.headers.append(CLOSE)
        await send(response.start())
        if response.parts is None and len(response.body) <= CHUNK_BYTES:
            await send({"type": "http.response.body", "body": response.body})
            return len(response.body)
        try:
            return await self._stream(connection, send, response)
        finally:
            if response.close:
                await self._in_thread(response.close)

    async def _stream(self, connection: Connection, send: Send, response: Response) -> int:
        sent = 0
        part: bytes | None = response.body
        while part is not None:
            for chunk in chunks_of(part):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            sent += len(part)
            if response.parts is None:
                break
            if connection.is_closing:
                return sent
            with ErrorBoundary() as boundary:
                part = await self._in_thread(next, response.parts, None)
            if boundary.caught:
                # The client must see a broken transfer, not a short table that looks whole.
                connection.abort()
                return sent
        await send({"type": "http.response.body", "body": b""})
        return sent


def _cause(head: RequestHead) -> str:
    """Return the cause of a 503 (Application.refused)."""
    if head.is_table:
        return "tables"
    return "short" if head.length is not None and head.length <= SMALL_BODY else "long"


async def _linger(receive: Receive) -> None:
    """Read and drop what a client sends, up to LINGER_SECONDS and LINGER_BYTES."""
    remaining = LINGER_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while remaining > 0:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
                remaining -= len(message["body"])


def _access(head: RequestHead, response: Response, sent: int, started: float) -> Access:
    request_id = next((v for name, v in response.headers if name.lower() == "x-request-id"), "")
    return Access(
        time=now(),
        request_id=request_id,
        client=head.client,
        method=head.method,
        route=head.environ.get(ROUTE) or "other",
        status=response.status,
        seconds=round(time.perf_counter() - started, 6),
        bytes_in=head.length or 0,
        bytes_out=sent,
        key=head.environ.get(KEY) or "",
    )
