"""Running an application in worker processes until the server is stopped."""

import functools
import gc
import logging.config
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..config import Settings
from ..model_sync import start_follower
from . import worker
from .address import listen
from .application import Service, SharedState
from .memory import limit_retained_memory
from .sidecar import Sidecar
from .startup_message import (
    compilation_warning,
    open_access_warning,
    request_readiness,
    startup_message,
)
from .supervisor import Supervisor, WorkerExit

SHARED_FOLDER = "GENDER_DETECTION_SHARED_FOLDER"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Requests are in the access log; uvicorn would log what clients sent.
    "loggers": {"uvicorn": {"level": "CRITICAL"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
}


def serve(settings: Settings, service: Service) -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP, finish the requests in progress and return 0.

    Workers are forked, so they share the modules that service has imported; one that dies is
    replaced. Raise ConfigError if the server cannot listen on the address or a setting is invalid.
    """
    listener = listen(settings.host, settings.port)
    logging.config.dictConfig(LOGGING)
    limit_retained_memory()
    worker.check_server(settings)
    with _shared_folder():
        service.check(settings)
        shared = service.shared_state(settings)
        gc.freeze()
        sidecar = Sidecar(functools.partial(start_follower, settings))
        show_startup_message = _StartupMessage(settings)

        def tick() -> bool:
            sidecar.tick()
            shared.tick()
            return show_startup_message()

        def record_exit(exit: WorkerExit) -> None:
            shared.record_exit(exit.slot, exit.by_signal, exit.cpu_seconds)

        def close() -> None:
            listener.close()
            sidecar.stop()

        work = functools.partial(_work, settings, service, listener, shared)
        supervisor = Supervisor(work, settings.workers, settings.stop_seconds)
        supervisor.run(tick, on_exit=record_exit, on_stop=close)
    return 0


def _work(
    settings: Settings, service: Service, listener: socket.socket, shared: SharedState, slot: int
) -> None:
    """Answer requests; runs in each worker."""
    worker.run_worker(service.application(settings, shared, slot), settings, listener)


class _StartupMessage:
    """Prints the startup message once, as soon as the API answers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._done = False

    def __call__(self) -> bool:
        """Print the message if it is time; return whether it is printed."""
        host, port = self._settings.host, self._settings.port
        if not self._done and (answer := request_readiness(host, port)):
            sys.stdout.write(startup_message(host, port, *answer))
            sys.stdout.write(open_access_warning(self._settings) + compilation_warning())
            sys.stdout.flush()
            self._done = True
        return self._done


@contextmanager
def _shared_folder() -> Iterator[None]:
    """Make an empty folder for files that the workers share, and delete it at the end."""
    folder = tempfile.mkdtemp(prefix="gender-detection-")
    os.environ[SHARED_FOLDER] = folder
    try:
        yield
    finally:
        os.environ.pop(SHARED_FOLDER, None)
        shutil.rmtree(folder, ignore_errors=True)
