"""A WSGI application's answer (PEP 3333), and how it is put into ASGI's messages."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .application import Headers

# An answer is handed over in parts: a client must take each within the time allowed.
PART_BYTES = 64 * 1024
# What may not stand in a header's value (RFC 9110, section 5.5).
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass
class Answer:
    """What the application answered: all of it in body, or the rest of it to come from parts."""

    status: int
    headers: Headers
    body: bytes
    parts: Iterator[bytes] | None = None
    close: Callable[[], None] | None = None

    def start(self) -> dict[str, Any]:
        """Return the message that an answer starts with."""
        headers = [(_name(name), _value(value)) for name, value in self.headers]
        return {"type": "http.response.start", "status": self.status, "headers": headers}


def call(wsgi: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> Answer:
    """Return an application's answer, which is whole, or starts with the first part of a stream."""
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
        return Answer(int(status[:3]), list(headers), body)
    return Answer(int(status[:3]), list(headers), first, iterator, close)


def pieces(part: bytes) -> Iterable[bytes]:
    """Return bytes in pieces that a client can take."""
    return (part[at : at + PART_BYTES] for at in range(0, len(part), PART_BYTES))


@functools.lru_cache(maxsize=256)
def _name(text: str) -> bytes:
    return text.lower().encode()


def _value(text: str) -> bytes:
    """Return a header's value; what it cannot hold stands as a question mark, or is left out."""
    if text.isascii() and text.isprintable():
        return text.encode()
    try:
        value = text.encode("latin-1")
    except UnicodeEncodeError:
        value = text.encode("latin-1", "replace")
    return _CONTROLS.sub(b"", value)


def _no_write(_: bytes) -> None:
    raise NotImplementedError("write() of PEP 3333: return the body instead")
