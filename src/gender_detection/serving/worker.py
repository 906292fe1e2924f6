"""A worker: a process that answers requests on a socket that it shares with the others."""

import asyncio
import functools
import gc
import signal
import socket
import sys
from importlib.metadata import version
from typing import Any

import uvicorn
import uvloop

from ..config import PREFIX, Settings
from ..errors import ConfigError
from .access_log import AccessLog
from .application import Application, Limits
from .connection import Connection
from .draining import drain_backlog
from .guard import Guard
from .trusted_proxies import TrustedProxies, parse_networks
from .wsgi_adapter import WsgiAdapter

# sys.setswitchinterval: small requests wait this long for a thread to release the interpreter, and
# the default of 5 ms is many times what they take.
SWITCH_SECONDS = 0.0005
POLL_SECONDS = 0.02
# While the server stops: time for requests on connections that are already open.
LAST_REQUEST_SECONDS = 1.0
# Connection relies on undocumented arguments of uvicorn's protocol class: tested from the first of
# these versions up to, but not including, the second.
TESTED_UVICORN = ((0, 54), (0, 55))


def check_server(settings: Settings) -> None:
    """Raise ConfigError if trusted_proxies is invalid or this version of uvicorn is untested."""
    parse_networks(settings.trusted_proxies, f"{PREFIX}TRUSTED_PROXIES")
    installed = version("uvicorn")
    first, end = TESTED_UVICORN
    if not first <= tuple(map(int, installed.split(".")[:2])) < end:
        lower, upper = (".".join(map(str, bound)) for bound in TESTED_UVICORN)
        raise ConfigError(
            f"uvicorn {installed} is installed, but the server needs uvicorn>={lower},<{upper}: "
            "install that, for example with requirements/runtime.txt"
        )


def run_worker(application: Application, settings: Settings, listener: socket.socket) -> None:
    """Answer requests until SIGTERM, and then those on open connections."""
    sys.setswitchinterval(SWITCH_SECONDS)
    guard = Guard(application, limits_of(settings))
    access_log = AccessLog(settings.access_log)
    proxies = parse_networks(settings.trusted_proxies, f"{PREFIX}TRUSTED_PROXIES")
    adapter = WsgiAdapter(guard, access_log, TrustedProxies(proxies))
    server = uvicorn.Server(_config(adapter, guard, settings))
    # All objects so far stay alive: the garbage collector need not traverse them again.
    gc.collect()
    gc.freeze()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(server, guard, listener))
    finally:
        access_log.flush()


def _config(adapter: WsgiAdapter, guard: Guard, settings: Settings) -> uvicorn.Config:
    options: dict[str, Any] = {
        "ws": "none",
        "lifespan": "off",
        "interface": "asgi3",
        "log_config": None,
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
        "timeout_keep_alive": max(1, round(settings.request_seconds)),
        "timeout_graceful_shutdown": settings.stop_seconds,
    }
    default = uvicorn.Config(adapter, http="httptools", **options)
    default.load()
    connection: Any = functools.partial(Connection, guard, default.http_protocol_class)
    return uvicorn.Config(adapter, http=connection, **options)


async def _serve(server: uvicorn.Server, guard: Guard, listener: socket.socket) -> None:
    """Run uvicorn's server until SIGTERM, and answer every connection that the kernel accepted."""
    stop = asyncio.Event()
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not (server.started or serving.done()):
        await asyncio.sleep(0)
    # Instead of uvicorn's own handlers, which close the listener at once and raise the signal again
    # at the end.
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await asyncio.wait(
        [serving, waiting := asyncio.create_task(stop.wait())], return_when="FIRST_COMPLETED"
    )
    waiting.cancel()
    if not serving.done():
        await _finish_connections(guard, listener)
        server.should_exit = True
    await serving


async def _finish_connections(guard: Guard, listener: socket.socket) -> None:
    """Accept the connections in the backlog, and close each connection after its next answer."""
    guard.stopping = True
    for connection in guard.connections:
        connection.lift_hop_limit()
    await drain_backlog(listener)
    for _ in range(round(LAST_REQUEST_SECONDS / POLL_SECONDS)):
        if not guard.connections:
            return
        await asyncio.sleep(POLL_SECONDS)


def limits_of(settings: Settings) -> Limits:
    """Return the limits of one worker from the settings."""
    return Limits(
        body_bytes=settings.max_body_bytes,
        table_bytes=settings.max_table_bytes,
        spool_bytes=settings.max_spool_bytes
        or 2 * max(settings.max_table_bytes, settings.max_body_bytes),
        table_rate=settings.table_rate,
        concurrency=settings.max_concurrency,
        connections=settings.max_connections,
        request_seconds=settings.request_seconds,
    )
