"""What all connections of a worker share: its limits, its lanes, and what it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .admission import RETRY_SECONDS, AdmissionQueue
from .application import Application, Headers, Limits, Refusal
from .spool import Room

# Bodies up to here are answered in the event loop, longer ones in a thread beside it.
SMALL_BODY = 16 * 1024
BUSY = "the server is at its capacity: try again in a moment"


@dataclass
class Guard:
    """Small bodies and large ones wait in lanes apart; all that is kept of bodies shares a room.

    While it is stopping, each connection ends with its next answer.
    """

    application: Application
    limits: Limits
    stopping: bool = False
    connections: set[Any] = field(default_factory=set)
    small: AdmissionQueue = field(init=False)
    large: AdmissionQueue = field(init=False)
    room: Room = field(init=False)

    def __post_init__(self) -> None:
        """Make the lanes and the room."""
        # While the event loop answers a short request, others wait in their sockets: there is
        # always one to go on with. The thread needs one at hand.
        self.small = AdmissionQueue(self.limits.concurrency, few=1, burst_seconds=0.5)
        self.large = AdmissionQueue(self.limits.concurrency, few=2, burst_seconds=2.0)
        self.room = Room(self.limits.spool_bytes)

    def busy(self) -> Refusal:
        """Return what is said where there is no room."""
        return Refusal(503, BUSY, [("Retry-After", str(RETRY_SECONDS))])

    def told(
        self, refusal: Refusal, environ: Mapping[str, Any], cause: str = ""
    ) -> tuple[Headers, bytes]:
        """Return the headers and the body of a refusal in the application's name, and count it;
        cause says what there was no room for."""
        headers, body = self.application.problem(refusal, environ)
        self.application.refused(environ.get("REQUEST_METHOD", ""), refusal.status, cause)
        return [*headers, *refusal.headers, ("Content-Length", str(len(body)))], body
