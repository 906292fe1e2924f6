"""What the server asks of the application that it runs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Application:
    """A WSGI application, and how the server speaks in its name where it never gets to see a
    request.

    wsgi     the application (PEP 3333)
    problem  from status, detail and the X-Request-ID header asked for, the headers and the body of
             an answer
    refused  is told of the method and the status of each such answer, and of the cause where there
             was no room: short, long, tables or connections, else ""
    in_flight  is told 1 of each request that has come, -1 when it is done with
    always   paths that are answered beyond capacity too
    tables   media types of bodies that may be as long as a table
    """

    wsgi: Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
    problem: Callable[[int, str, str], tuple[Headers, bytes]]
    refused: Callable[[str, int, str], None]
    in_flight: Callable[[int], None]
    always: frozenset[str]
    tables: frozenset[str]


@dataclass(frozen=True)
class Limits:
    """What one worker takes on; bytes and seconds. The settings of the same names say more."""

    body_bytes: int
    table_bytes: int
    concurrency: int
    connections: int
    request_seconds: float
