"""A worker: one process that answers requests on a socket that it shares with the others."""

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
from .clients import Clients, networks_of
from .connection import Connection
from .door import Door
from .draining import drain_backlog
from .guard import Guard

# How long a thread may keep the interpreter to itself while another waits for it: the answer to a
# short request waits for this, and Python's own 5 ms would be many times its work.
SWITCH_SECONDS = 0.0005
POLL_SECONDS = 0.02
# While the server stops: for the request of whoever has just connected, or asks again.
LAST_SECONDS = 1.0
# uvicorn makes a connection by a class that its configuration names, with arguments that its
# documentation does not promise: tried with these.
TRIED = ((0, 54), (0, 55))


def check_server(settings: Settings) -> None:
    """Raise ConfigError where the server cannot run as it is installed, or configured."""
    networks_of(settings.trusted_proxies, f"{PREFIX}TRUSTED_PROXIES")
    found = version("uvicorn")
    if not TRIED[0] <= tuple(map(int, found.split(".")[:2])) < TRIED[1]:
        least, beyond = (".".join(map(str, one)) for one in TRIED)
        raise ConfigError(
            f"uvicorn {found} is installed, and the server is tried with {least} up to, but not "
            f"including, {beyond}: install that, such as by requirements/runtime.txt"
        )


def run_worker(application: Application, settings: Settings, listener: socket.socket) -> None:
    """Answer requests until SIGTERM, then those of all who are connected by then."""
    sys.setswitchinterval(SWITCH_SECONDS)
    guard = Guard(application, limits_of(settings))
    access_log = AccessLog(settings.access_log)
    proxies = networks_of(settings.trusted_proxies, f"{PREFIX}TRUSTED_PROXIES")
    door = Door(guard, access_log, Clients(proxies))
    server = uvicorn.Server(_config(door, guard, settings))
    # What is there by now stays: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(server, guard, listener))
    finally:
        access_log.flush()


def _config(door: Door, guard: Guard, settings: Settings) -> uvicorn.Config:
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
    stock = uvicorn.Config(door, http="httptools", **options)
    stock.load()
    make: Any = functools.partial(Connection, guard, stock.http_protocol_class)
    return uvicorn.Config(door, http=make, **options)


async def _serve(server: uvicorn.Server, guard: Guard, listener: socket.socket) -> None:
    """Run uvicorn's server until SIGTERM, and drop no connection that the system has taken."""
    stop = asyncio.Event()
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not (server.started or serving.done()):
        await asyncio.sleep(0)
    # In place of uvicorn's own handlers, which would close the listener at once, and send the
    # signal again in the end.
    for asked in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(asked, stop.set)
    await asyncio.wait(
        [serving, waiting := asyncio.create_task(stop.wait())], return_when="FIRST_COMPLETED"
    )
    waiting.cancel()
    if not serving.done():
        await _say_goodbye(guard, listener)
        server.should_exit = True
    await serving


async def _say_goodbye(guard: Guard, listener: socket.socket) -> None:
    """Take the last connections, and end each with its next answer."""
    guard.stopping = True
    for connection in guard.connections:
        connection.lift_hop_limit()
    await drain_backlog(listener)
    for _ in range(round(LAST_SECONDS / POLL_SECONDS)):
        if not guard.connections:
            return
        await asyncio.sleep(POLL_SECONDS)


def limits_of(settings: Settings) -> Limits:
    """Return what the settings let one worker take on."""
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
