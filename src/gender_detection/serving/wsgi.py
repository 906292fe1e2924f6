"""Calling a WSGI application (PEP 3333) and converting its response to ASGI messages."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .application import Headers

# Bodies are sent in chunks of this size; a client has request_seconds to read each.
CHUNK_BYTES = 64 * 1024
# Not allowed in the value of a header (RFC 9110, section 5.5).
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass
class Response:
    """A response of the application; parts yields the rest of a streamed body."""

    status: int
    headers: Headers
    body: bytes
    parts: Iterator[bytes] | None = None
    close: Callable[[], None] | None = None

    def start(self) -> dict[str, Any]:
        """Return the http.response.start message."""
        headers = [(_name(name), _value(value)) for name, value in self.headers]
        return {"type": "http.response.start", "status": self.status, "headers": headers}


def call(wsgi: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> Response:
    """Return an application's response: whole, or with the first part of a stream."""
    started: list[tuple[str, Headers]] = []

    def start_response(
        status: str, headers: Headers, exc_info: Any = None
    ) -> Callable[[bytes], object]:
        started[:] = [(status, headers)]
        return _no_write

    parts = wsgi(environ, start_response)
    iterator = iter(parts)
    first = next(iterator, b"")
    status, headers = started[0]
    close = getattr(parts, "close", None)
    if any(name.lower() == "content-length" for name, _ in headers):
        body = b"".join((first, *iterator))
        if close:
            close()
        return Response(int(status[:3]), list(headers), body)
    return Response(int(status[:3]), list(headers), first, iterator, close)


def chunks_of(part: bytes) -> Iterable[bytes]:
    """Return the chunks to send."""
    return (part[at : at + CHUNK_BYTES] for at in range(0, len(part), CHUNK_BYTES))


@functools.lru_cache(maxsize=256)
def _name(text: str) -> bytes:
    return text.lower().encode()


def _value(text: str) -> bytes:
    """Return the value of a header; "?" replaces characters beyond Latin-1, controls go."""
    if text.isascii() and text.isprintable():
        return text.encode()
    try:
        value = text.encode("latin-1")
    except UnicodeEncodeError:
        value = text.encode("latin-1", "replace")
    return _CONTROLS.sub(b"", value)


def _no_write(_: bytes) -> None:
    raise NotImplementedError("write() of PEP 3333 is not supported: return the body instead")
