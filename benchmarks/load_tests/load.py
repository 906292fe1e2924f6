"""A cheap HTTP client that loads a server: requests are prepared bytes, answers are barely parsed.

open_loop() sends each request when it is due, even if those before it are not answered, and
latencies count from then: a server that stalls delays every request that is due meanwhile.
closed_loop() sends the next request of a connection when the last one is answered.
"""

import asyncio
import gc
import math
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import uvloop

LAST_ANSWERS_SECONDS = 10.0
RECONNECT_SECONDS = 0.02
T = TypeVar("T")


@dataclass(slots=True)
class Outcome:
    """The outcome of request number index; times are those of time.perf_counter().

    status is 0 if the connection was lost or no answer came. port is the client's port. verdict is
    what judge returned for the answer.
    """

    index: int
    due: float
    sent: float
    port: int
    done: float = math.nan
    status: int = 0
    verdict: Any = None

    @property
    def latency(self) -> float:
        """Seconds from the time due to the last byte of the answer."""
        return self.done - self.due


# Called with index, head in lower case and body of an answer; returns the verdict of its Outcome.
Judge = Callable[[int, bytes, bytes], Any]


def post(path: str, body: bytes, content_type: str = "application/json") -> bytes:
    """Return the bytes of a POST request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: load-test\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str) -> bytes:
    """Return the bytes of a GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: load-test\r\n\r\n".encode()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in uvloop, without pauses for garbage collection."""
    gc.collect()
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    finally:
        gc.enable()


class Load:
    """Keep-alive connections that send the requests in rotation.

    A lost connection is opened again, but no request is sent twice. If renew_after is given, a
    connection is closed and opened again after this many answers.
    """

    def __init__(
        self,
        port: int,
        requests: Sequence[bytes],
        connections: int,
        judge: Judge | None = None,
        renew_after: int | None = None,
    ) -> None:
        self.port = port
        self.judge = judge
        self.renew_after = renew_after
        self.outcomes: list[Outcome] = []
        self.lost: list[float] = []
        self._requests = requests
        self._wanted = connections
        self._free: deque[Connection] = deque()
        self._waiting: deque[float] = deque()
        self._open: set[Connection] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self._ended = False
        self._endless = False

    async def __aenter__(self) -> "Load":
        await asyncio.gather(*(self._connect() for _ in range(self._wanted)))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ended = True
        for connection in tuple(self._open):
            connection.close()
        await asyncio.gather(*self._opening)

    async def open_loop(self, rate: float, seconds: float) -> list[Outcome]:
        """Send rate requests a second at even intervals; return their outcomes."""
        first, start = len(self.outcomes), time.perf_counter()
        due = [start + n / rate for n in range(round(rate * seconds))]
        at = 0
        while at < len(due):
            now = time.perf_counter()
            while at < len(due) and due[at] <= now:
                self._waiting.append(due[at])
                at += 1
            self._send_waiting()
            if at < len(due):
                await asyncio.sleep(max(0.0, due[at] - time.perf_counter()))
        await self._last_answers()
        return self.outcomes[first:]

    async def closed_loop(self, seconds: float) -> list[Outcome]:
        """Keep all connections busy; return the outcomes of their requests."""
        first = len(self.outcomes)
        self._endless = True
        while self._free:
            self._send(self._free.popleft(), time.perf_counter())
        await asyncio.sleep(seconds)
        self._endless = False
        await self._last_answers()
        return self.outcomes[first:]

    def answered(self, connection: "Connection") -> None:
        """Send the next request on a connection whose request is answered, or mark it free."""
        if self.renew_after and connection.answers >= self.renew_after:
            connection.close()
        elif self._waiting:
            self._send(connection, self._waiting.popleft())
        elif self._endless:
            self._send(connection, time.perf_counter())
        else:
            self._free.append(connection)

    def forget(self, connection: "Connection") -> None:
        """Replace a connection that either side has closed."""
        if connection.outcome is not None:
            self.lost.append(time.perf_counter())
        self._open.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
        if not self._ended:
            task = asyncio.get_running_loop().create_task(self._connect())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._ended:
            try:
                _, connection = await loop.create_connection(
                    lambda: Connection(self), "127.0.0.1", self.port
                )
            except OSError:
                await asyncio.sleep(RECONNECT_SECONDS)
                continue
            self._open.add(connection)
            self.answered(connection)
            return

    def _send_waiting(self) -> None:
        while self._waiting and self._free:
            self._send(self._free.popleft(), self._waiting.popleft())

    def _send(self, connection: "Connection", due: float) -> None:
        index = len(self.outcomes)
        outcome = Outcome(index, due, time.perf_counter(), connection.port)
        self.outcomes.append(outcome)
        connection.ask(outcome, self._requests[index % len(self._requests)])

    async def _last_answers(self) -> None:
        """Wait for the answers still due, at most LAST_ANSWERS_SECONDS."""
        deadline = time.perf_counter() + LAST_ANSWERS_SECONDS
        while self._waiting or any(c.outcome for c in self._open):
            if time.perf_counter() > deadline:
                while self._waiting:
                    due = self._waiting.popleft()
                    self.outcomes.append(Outcome(len(self.outcomes), due, math.nan, 0))
                return
            await asyncio.sleep(0.001)


class Connection(asyncio.Protocol):
    """A connection with at most one unanswered request."""

    def __init__(self, load: Load) -> None:
        self.outcome: Outcome | None = None
        self.answers = 0
        self.port = 0
        self._load = load
        self._received = bytearray()
        self._whole = 0  # bytes of head and body; 0 until the head has arrived
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport and the client's port."""
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def ask(self, outcome: Outcome, request: bytes) -> None:
        """Send a request."""
        self.outcome = outcome
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect the bytes of an answer until it is complete."""
        self._received += data
        if not self._whole:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._received[:end].lower()
            length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
            self._whole = end + 4 + int(length)
        if len(self._received) >= self._whole:
            self._finish()

    def _finish(self) -> None:
        received, self._received, self._whole = bytes(self._received), bytearray(), 0
        outcome, self.outcome = self.outcome, None
        self.answers += 1
        if outcome is not None:  # None: the server reports a time-out on an idle connection
            outcome.done = time.perf_counter()
            outcome.status = int(received[9:12])
            if self._load.judge is not None:
                head, _, body = received.partition(b"\r\n\r\n")
                outcome.verdict = self._load.judge(outcome.index, head.lower(), body)
            self._load.answered(self)

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        """Have the connection replaced."""
        self._load.forget(self)
