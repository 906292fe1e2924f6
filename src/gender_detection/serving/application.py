"""What the server asks of the application that it runs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from ..config import Settings

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Refusal:
    """An answer to a request that is not let in; key is the name of its API key, if it showed a
    good one."""

    status: int
    detail: str
    headers: Headers = field(default_factory=list)
    key: str = ""


class Guest(NamedTuple):
    """Who was let in: a key, its name if there is one, and what the application knows it by.

    may_send tells whether a long body is taken: not of whoever asks for what is open to all.
    """

    key: str = ""
    caller: object = None
    may_send: bool = True


@dataclass(frozen=True)
class Application:
    """A WSGI application, and how the server speaks in its name where it never gets to see a
    request.

    wsgi     the application (PEP 3333)
    admit    from method, path, Authorization header and client's address: who asks, or why not;
             asked when a request's head is there, before its body is
    too_long from whether it is a table: what is said of a body over its limit
    problem  from a refusal and what is known of the request (its environ, as PEP 3333 has it), the
             headers and the body of an answer
    refused  is told of the method and the status of each such answer, and of the cause where there
             was no room: short, long, tables or connections, else ""
    in_flight  is told 1 of each request that has come, -1 when it is done with
    always   paths that are answered beyond capacity too
    tables   media types of bodies that may be as long as a table
    """

    wsgi: Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
    admit: Callable[[str, str, str, str], Guest | Refusal]
    too_long: Callable[[bool], Refusal]
    problem: Callable[[Refusal, Mapping[str, Any]], tuple[Headers, bytes]]
    refused: Callable[[str, int, str], None]
    in_flight: Callable[[int], None]
    always: frozenset[str]
    tables: frozenset[str]


@dataclass(frozen=True)
class Limits:
    """What one worker takes on; bytes, seconds, bytes a second. The settings of the same names say
    more."""

    body_bytes: int
    table_bytes: int
    spool_bytes: int
    table_rate: int
    concurrency: int
    connections: int
    request_seconds: float


class SharedState(Protocol):
    """Memory that the server makes before its workers, for all of them."""

    def tick(self) -> None:
        """Called every second or so by the server's first process."""

    def record_exit(self, slot: int, by_signal: bool, cpu_seconds: float) -> None:
        """Called when the worker in a slot has ended unasked, before another takes the slot."""


class Service(Protocol):
    """An application as the server asks for it; the API is one (gender_detection.api.wsgi)."""

    def check(self, settings: Settings) -> None:
        """Raise ConfigError, before any worker starts, where a setting cannot be used."""

    def shared_state(self, settings: Settings) -> SharedState:
        """Return the memory that the workers share."""
        ...

    def application(self, settings: Settings, shared: Any, slot: int) -> Application:
        """Return the application of the worker in a slot, counted from 0."""
        ...
