"""State that all connections of a worker share: limits, admission queues and refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .admission import RETRY_SECONDS, AdmissionQueue
from .application import Application, Headers, Limits, Refusal
from .spool import SpoolQuota

# Bytes; shorter bodies are answered in the event loop, longer ones in a thread beside it.
SMALL_BODY = 16 * 1024
BUSY = "the server is at its capacity: try again in a moment"


@dataclass
class Guard:
    """Admission control of a worker.

    Small and large bodies have a queue each; all bodies share one quota of spooled bytes. If
    stopping is True, each connection ends with its next answer.
    """

    application: Application
    limits: Limits
    stopping: bool = False
    connections: set[Any] = field(default_factory=set)
    small: AdmissionQueue = field(init=False)
    large: AdmissionQueue = field(init=False)
    quota: SpoolQuota = field(init=False)

    def __post_init__(self) -> None:
        """Make the queues and the quota."""
        # While the event loop answers a small request, others wait in their sockets, so there is
        # always a next one. The thread needs one waiting.
        self.small = AdmissionQueue(self.limits.concurrency, overload_limit=1, burst_seconds=0.5)
        self.large = AdmissionQueue(self.limits.concurrency, overload_limit=2, burst_seconds=2.0)
        self.quota = SpoolQuota(self.limits.spool_bytes)

    def busy(self) -> Refusal:
        """Return the refusal of a request beyond capacity."""
        return Refusal(503, BUSY, [("Retry-After", str(RETRY_SECONDS))])

    def refuse(
        self, refusal: Refusal, environ: Mapping[str, Any], cause: str = ""
    ) -> tuple[Headers, bytes]:
        """Count a refusal and return the headers and the body of its answer; for cause see
        Application.refused."""
        headers, body = self.application.problem(refusal, environ)
        self.application.refused(environ.get("REQUEST_METHOD", ""), refusal.status, cause)
        return [*headers, *refusal.headers, ("Content-Length", str(len(body)))], body
