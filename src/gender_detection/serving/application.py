"""The interface between the server and the application that it runs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from ..config import Settings

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Refusal:
    """The answer to a request that is not admitted.

    key is the name of the request's API key if it has a valid one.
    """

    status: int
    detail: str
    headers: Headers = field(default_factory=list)
    key: str = ""


class Admitted(NamedTuple):
    """The client of an admitted request.

    key is the name of its API key, "" without one; caller is passed on to the application as
    environ.CALLER. may_send is False where long bodies are refused: on routes open to all.
    """

    key: str = ""
    caller: object = None
    may_send: bool = True


@dataclass(frozen=True)
class Application:
    """A WSGI application, and what the server needs to answer requests without calling it.

    wsgi       the application (PEP 3333)
    admit      maps method, path, Authorization header and client address to the client, or to a
               refusal; called when the head of a request is read, before its body
    too_long   returns the refusal of a body over its limit; the argument is True for a table
    problem    maps a refusal and the request's environ (PEP 3333; may be empty) to the headers and
               the body of the answer
    refused    called with method, status and cause of each refusal; the cause of a 503 is "short",
               "long", "tables" or "connections", and "" otherwise
    in_flight  called with 1 when a request arrives, and with -1 when it ends
    always     paths that are answered beyond capacity as well
    tables     media types of bodies that may be as long as a table
    """

    wsgi: Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
    admit: Callable[[str, str, str, str], Admitted | Refusal]
    too_long: Callable[[bool], Refusal]
    problem: Callable[[Refusal, Mapping[str, Any]], tuple[Headers, bytes]]
    refused: Callable[[str, int, str], None]
    in_flight: Callable[[int], None]
    always: frozenset[str]
    tables: frozenset[str]


@dataclass(frozen=True)
class Limits:
    """Limits of one worker, in bytes, seconds and bytes per second; documented in Settings."""

    body_bytes: int
    table_bytes: int
    spool_bytes: int
    table_rate: int
    concurrency: int
    connections: int
    request_seconds: float


class SharedState(Protocol):
    """Memory that the parent process makes before its workers and shares with them."""

    def tick(self) -> None:
        """Called about once a second by the parent process."""

    def record_exit(self, slot: int, by_signal: bool, cpu_seconds: float) -> None:
        """Called when the worker in a slot has ended unexpectedly, before it is replaced."""


class Service(Protocol):
    """What serve() runs; the API implements it in gender_detection.api.wsgi."""

    def check(self, settings: Settings) -> None:
        """Raise ConfigError if a setting cannot be used; called before any worker starts."""

    def shared_state(self, settings: Settings) -> SharedState:
        """Return the memory that the workers share."""
        ...

    def application(self, settings: Settings, shared: Any, slot: int) -> Application:
        """Return the application of the worker in a slot, counted from 0."""
        ...
