"""A WSGI application that does what its path says, and the ASGI server's side of one request."""

import asyncio
import json
import threading
from typing import Any

from gender_detection.serving.access_log import AccessLog
from gender_detection.serving.application import Admitted, Application, Limits, Refusal
from gender_detection.serving.connection import STATE
from gender_detection.serving.environ import CALLER, KEY, RECEIVED
from gender_detection.serving.guard import Guard
from gender_detection.serving.trusted_proxies import TrustedProxies, parse_networks
from gender_detection.serving.wsgi_adapter import WsgiAdapter

LIMITS = Limits(
    body_bytes=1000,
    table_bytes=1_000_000,
    spool_bytes=2_000_000,
    table_rate=1000,
    concurrency=8,
    connections=4,
    request_seconds=30.0,
)
PROXIES = parse_networks("127.0.0.0/30", "PROXIES")


class Refusals(list[tuple[str, int, str]]):
    """Records method, status and cause of each refusal."""

    def __call__(self, method: str, status: int, cause: str) -> None:
        self.append((method, status, cause))


class InFlight(list[int]):
    """Records the number of requests in progress after each change."""

    def __call__(self, change: int) -> None:
        self.append((self[-1] if self else 0) + change)


def problem(refusal: Refusal, environ):
    body = json.dumps({"status": refusal.status, "detail": refusal.detail}).encode()
    request_id = environ.get("HTTP_X_REQUEST_ID") or "new"
    return [("Content-Type", "application/problem+json"), ("X-Request-ID", request_id)], body


def admit(method: str, path: str, authorization: str, address: str) -> Admitted | Refusal:
    if authorization == "wrong":
        return Refusal(401, "no key", [("WWW-Authenticate", "Bearer")])
    return Admitted(authorization, "the caller", may_send=path != "/open")


def too_long(is_table: bool) -> Refusal:
    return Refusal(413, "too long a table" if is_table else "too long")


def wsgi(environ: dict[str, Any], start_response):
    match environ["PATH_INFO"]:
        case "/environ":
            received = str(environ[RECEIVED])
            start_response("200 OK", [("Content-Length", "0"), ("X-Received", received)])
            return [b""]
        case "/echo":
            body = environ["wsgi.input"].read()
            about = {name: environ.get(name, "") for name in ("CONTENT_LENGTH", "QUERY_STRING")}
            about |= {k: v for k, v in environ.items() if k.startswith("HTTP_")}
            about["thread"] = threading.current_thread().name
            about["caller"], about["key"] = environ.get(CALLER, ""), environ.get(KEY, "")
            start_response(
                "200 OK", [("Content-Length", str(len(body))), ("X-About", json.dumps(about))]
            )
            return [body]
        case "/stream":
            start_response("200 OK", [])
            return (b"%d\n" % number for number in range(3))
        case "/odd-header":
            start_response("200 OK", [("X-Odd", "mod\u0119le \u2019one\ttwo\r\n")])
            return [b""]
        case "/breaks":
            raise ValueError("Maria Rossi")
        case "/breaks-off":
            start_response("200 OK", [])
            return breaking_off()
    start_response("404 Not Found", [("Content-Length", "0")])
    return []


def breaking_off():
    yield b"first"
    raise ValueError("Maria Rossi")


class Connection:
    """Records the calls of the adapter; is_closing as in the real one."""

    is_closing = False
    aborted = False
    allowed = 0.0

    def __init__(self) -> None:
        self.calls: list[str] = []

    def head_received(self) -> None:
        self.calls.append("head_received")

    def body_received(self) -> None:
        self.calls.append("body_received")

    def response_sent(self) -> None:
        self.calls.append("response_sent")

    def allow(self, seconds: float) -> None:
        self.allowed = seconds

    def abort(self) -> None:
        self.aborted = True


class Request:
    """One request to an adapter; status, headers and body are those of the response."""

    def __init__(self, guard: Guard, path: str, parts=(b"",), headers=(), table=False) -> None:
        self.guard, self.connection = guard, Connection()
        self.parts = list(parts)
        names = {name for name, _ in headers}
        headers = list(headers)
        if b"host" not in names:
            headers.append((b"host", b"here"))
        if any(self.parts) and not {b"content-length", b"transfer-encoding"} & names:
            headers.append((b"transfer-encoding", b"chunked"))
        if table:
            headers.append((b"content-type", b"text/csv; charset=utf-8"))
        self.scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "path": path,
            "query_string": b"", "scheme": "http", "server": ("127.0.0.1", 1),
            "client": ("127.0.0.2", 2), "headers": headers, "state": {STATE: self.connection},
        }  # fmt: skip
        self.log: list[bytes] = []
        self.received = 0
        self.answered_at = -1
        self.status, self.body, self.ended = 0, b"", False
        self.headers: dict[str, str] = {}

    async def receive(self) -> dict[str, Any]:
        if self.received == len(self.parts):
            return {"type": "http.disconnect"}
        self.received += 1
        part = self.parts[self.received - 1]
        return {"type": "http.request", "body": part, "more_body": self.received < len(self.parts)}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status, self.answered_at = message["status"], self.received
            self.headers = {n.decode(): v.decode() for n, v in message["headers"]}
        else:
            self.body += message["body"]
            self.ended = not message.get("more_body")

    async def run(self) -> "Request":
        log = AccessLog(True, self.log.append)
        await adapter_of(self.guard, log)(self.scope, self.receive, self.send)
        log.flush()
        return self


def adapter_of(guard: Guard, log: AccessLog) -> WsgiAdapter:
    return WsgiAdapter(guard, log, TrustedProxies(PROXIES))


def guard_of(limits: Limits = LIMITS) -> Guard:
    application = Application(
        wsgi, admit, too_long, problem, Refusals(), InFlight(), frozenset({"/always"}),
        frozenset({"text/csv"}),
    )  # fmt: skip
    return Guard(application, limits)


def refusals_of(guard: Guard) -> Refusals:
    refused = guard.application.refused
    assert isinstance(refused, Refusals)
    return refused


def in_flight_of(guard: Guard) -> InFlight:
    in_flight = guard.application.in_flight
    assert isinstance(in_flight, InFlight)
    return in_flight


def answered(path: str, *parts: bytes, guard: Guard | None = None, **more: Any) -> Request:
    request = Request(guard or guard_of(), path, parts or (b"",), **more)
    return asyncio.run(request.run())
