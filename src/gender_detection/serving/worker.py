"""A worker: one process that answers requests on a socket that it shares with the others."""

import gc
import signal
import socket
import sys

import uvicorn

from ..config import Settings
from .access_log import AccessLog
from .application import Application, Limits
from .bridge import Bridge
from .draining import drain, hear
from .protocol import Guard, GuardedConfig, GuardedProtocol

# How long a thread may keep the interpreter to itself while another waits for it: the answer to a
# short request waits for this, and Python's own 5 ms would be many times its work.
SWITCH_SECONDS = 0.0005


def run_worker(application: Application, settings: Settings, listener: socket.socket) -> None:
    """Answer requests until SIGTERM, then those of all who are connected by then."""
    sys.setswitchinterval(SWITCH_SECONDS)
    guard = Guard(application, limits_of(settings))
    access_log = AccessLog(settings.access_log)
    config = GuardedConfig(
        Bridge(guard, access_log),
        loop="uvloop",
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=max(1, round(settings.request_seconds)),
        timeout_graceful_shutdown=settings.stop_seconds,  # type: ignore[arg-type]
    )
    config.guard = guard
    # What is there by now stays: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    # uvicorn handles SIGTERM itself, and when it has stopped sends it again to whoever did before.
    signal.signal(signal.SIGTERM, _leave)
    try:
        _Server(config).run([listener])
    finally:
        access_log.flush()


class _Server(uvicorn.Server):
    """uvicorn's server, which drops no connection that the system has taken for it."""

    config: GuardedConfig

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take the last connections, then finish what they ask."""
        self.config.guard.stopping = True
        for connection in self.server_state.connections:
            hear(connection.transport.get_extra_info("socket"))
        for listener in sockets or []:
            await drain(listener)
        await super().shutdown(sockets)


def _leave(*_: object) -> None:
    raise SystemExit(0)


def limits_of(settings: Settings) -> Limits:
    """Return what the settings let one worker take on."""
    return Limits(
        body_bytes=settings.max_body_bytes,
        table_bytes=settings.max_table_bytes,
        concurrency=settings.max_concurrency,
        connections=settings.max_connections,
        request_seconds=settings.request_seconds,
    )
