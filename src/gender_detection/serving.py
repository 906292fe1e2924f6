"""Run the API behind its production WSGI server (docs/decisions/0003-wsgi-server.md)."""

import errno
import functools
import http.client
import importlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server
from granian.server.common import AbstractServer

from .config import Settings
from .errors import ConfigError

API = "api.app"
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# More threads contend for the interpreter, fewer let slow uploads hold up everybody else.
BLOCKING_THREADS = 4
# Connections that a worker holds open at once, idle ones included; more wait in the backlog.
CONNECTIONS = 512
STOP_SECONDS = 10
STOPS = {signal.SIGINT, signal.SIGTERM}
POLL_SECONDS = 0.05
READY_SECONDS = 60.0
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"_granian": {}},  # the server sets its level itself
    "root": {"level": "INFO", "handlers": ["stderr"]},
}


def serve(settings: Settings) -> int:
    """Serve the API until SIGINT or SIGTERM; return the exit code, 0 when asked to stop.

    Requests in flight are finished, a worker that dies is replaced. Raise ConfigError where
    the address cannot be listened on.
    """
    check_address(settings.host, settings.port)
    stopping = threading.Event()
    with _metrics_folder():
        server = _server(settings)
        greeter = threading.Thread(target=_greet, args=(settings, stopping), daemon=True)
        server.on_startup(greeter.start)
        guard_forks()
        try:
            # Imported once, shared by all workers: a new one is there in no time. By name, as
            # the library does not depend on the API that it starts.
            importlib.import_module(API)
            server.serve(target_loader=functools.partial(_load_app, settings), wrap_loader=False)
        except KeyboardInterrupt:
            return 0
        except SystemExit as end:
            # A Ctrl-C reaches the workers as well, and the server may then take their end for a
            # failure: being asked to stop is none.
            return 0 if server.interrupt_signal else int(end.code or 0)
        finally:
            stopping.set()
    return 0


def _server(settings: Settings) -> AbstractServer[Any]:
    return Server(
        f"{API}:serving_app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=settings.workers,
        blocking_threads=BLOCKING_THREADS,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
    )


def check_address(host: str, port: int) -> None:
    """Raise ConfigError where a server could not listen on host and port.

    The server's workers share the port (SO_REUSEPORT), so it would not notice a second server.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # Connections of a server just stopped do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except PermissionError as err:
        raise ConfigError(
            f"port {port} is reserved: set GENDER_DETECTION_PORT to one above 1023"
        ) from err
    except socket.gaierror as err:
        raise ConfigError(f"host {host} is unknown: set GENDER_DETECTION_HOST") from err
    except OSError as err:
        if err.errno == errno.EADDRINUSE:
            raise ConfigError(
                f"port {port} is taken: stop the program that uses it or set GENDER_DETECTION_PORT"
            ) from err
        raise ConfigError(
            f"cannot listen on {host}: {err.strerror}; set GENDER_DETECTION_HOST"
        ) from err


def _load_app(settings: Settings) -> Callable[..., Any]:
    """Return the app; runs in each worker, before the worker can handle a signal itself."""
    _stop_at_once()
    return importlib.import_module(API).serving_app(settings)


def guard_forks() -> None:
    """Let a stop reach a worker at any moment from its fork on.

    A worker inherits the parent's handler, which would swallow the SIGTERM of a parent that
    stops while the worker starts.
    """
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, STOPS),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS),
        after_in_child=_stop_at_once,
    )


def _stop_at_once() -> None:
    # Ctrl-C reaches every process of the terminal, and the parent passes it on as SIGTERM. A
    # worker of granian 2.8 that gets both hangs until it is killed: it shall get the one.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


@contextmanager
def _metrics_folder() -> Iterator[None]:
    """Give the workers an empty folder to keep their metrics in, so that any can report them all.

    prometheus_client reads the variable when it is imported: not before, then.
    """
    folder = tempfile.mkdtemp(prefix="gender-detection-metrics-")
    os.environ[METRICS_FOLDER] = folder
    try:
        yield
    finally:
        os.environ.pop(METRICS_FOLDER, None)
        shutil.rmtree(folder, ignore_errors=True)


def _greet(settings: Settings, stopping: threading.Event) -> None:
    """Say where the API answers, as soon as it does."""
    for _ in range(int(READY_SECONDS / POLL_SECONDS)):
        if answer := _ask_ready(settings):
            sys.stdout.write(_greeting(settings, *answer))
            sys.stdout.flush()
            return
        if stopping.wait(POLL_SECONDS):
            return


def _ask_ready(settings: Settings) -> tuple[int, dict[str, Any]] | None:
    connection = http.client.HTTPConnection(_reachable(settings.host), settings.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def _greeting(settings: Settings, status: int, answer: dict[str, Any]) -> str:
    host = _reachable(settings.host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    if status != http.client.OK:
        return f"The API listens at {url}, without a model: {answer.get('detail')}\n"
    example = (
        f"curl {url}/predict -H 'Content-Type: application/json' "
        """-d '{"name": "Andrea Rossi", "country": "IT"}'"""
    )
    return f"The API answers at {url} (Ctrl-C stops it). Try: {example}\n"


def _reachable(host: str) -> str:
    return "localhost" if host in ANY_ADDRESS else host
