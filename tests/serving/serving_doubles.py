"""A WSGI application that does what its path says, and an event loop's side of one request."""

import asyncio
import json
import threading
from typing import Any

from gender_detection.serving.access_log import AccessLog
from gender_detection.serving.application import Application, Limits
from gender_detection.serving.bridge import RECEIVED, Bridge
from gender_detection.serving.protocol import Guard

LIMITS = Limits(
    body_bytes=1000, table_bytes=1_000_000, concurrency=8, connections=4, request_seconds=30.0
)


class Refusals(list):
    """What the server refused: method, status and cause."""

    def __call__(self, method: str, status: int, cause: str) -> None:
        self.append((method, status, cause))


class InFlight(list):
    """How many requests there were after each change."""

    def __call__(self, change: int) -> None:
        self.append((self[-1] if self else 0) + change)


def problem(status: int, detail: str, asked_id: str):
    body = json.dumps({"status": status, "detail": detail}).encode()
    return [("Content-Type", "application/problem+json"), ("X-Request-ID", asked_id or "new")], body


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
            start_response(
                "200 OK", [("Content-Length", str(len(body))), ("X-About", json.dumps(about))]
            )
            return [body]
        case "/stream":
            start_response("200 OK", [])
            return (b"%d\n" % number for number in range(3))
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


class Transport:
    aborted = False

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        self.aborted = True


class Request:
    """One request through a bridge; status, headers and body tell the answer."""

    def __init__(self, guard: Guard, path: str, parts=(b"",), headers=(), table=False) -> None:
        self.guard, self.transport = guard, Transport()
        self.parts = list(parts)
        announced = dict(headers).get(b"content-length")
        chunked = announced is None and any(self.parts)
        self.scope = {
            "type": "http", "method": "POST", "path": path, "query_string": b"", "scheme": "http",
            "server": ("127.0.0.1", 1), "client": ("127.0.0.2", 2), "headers": list(headers),
            "length": None if chunked else int(announced or 0), "table": table,
            "transport": self.transport,
        }  # fmt: skip
        self.log: list[bytes] = []
        self.received = 0
        self.status, self.headers, self.body, self.ended = 0, {}, b"", False

    async def receive(self) -> dict[str, Any]:
        if self.received == len(self.parts):
            return {"type": "http.disconnect"}
        self.received += 1
        part = self.parts[self.received - 1]
        return {"type": "http.request", "body": part, "more_body": self.received < len(self.parts)}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {n.decode(): v.decode() for n, v in message["headers"]}
        else:
            self.body += message["body"]
            self.ended = not message.get("more_body")

    async def run(self) -> "Request":
        log = AccessLog(True, self.log.append)
        await Bridge(self.guard, log)(self.scope, self.receive, self.send)
        log.flush()
        return self


def guard_of(limits: Limits = LIMITS) -> Guard:
    application = Application(
        wsgi, problem, Refusals(), InFlight(), frozenset({"/always"}), frozenset()
    )
    return Guard(application, limits)


def answered(path: str, *parts: bytes, guard: Guard | None = None, **more: Any) -> Request:
    request = Request(guard or guard_of(), path, parts or (b"",), **more)
    return asyncio.run(request.run())
