"""Run an application in worker processes until the server is told to stop."""

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
from .memory import keep_little
from .sidecar import Sidecar
from .startup_message import ask_ready, slowness, startup_message, warning
from .supervisor import Supervisor, WorkerExit

SHARED_FOLDER = "GENDER_DETECTION_SHARED_FOLDER"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Of requests the access log tells; what uvicorn logs would name what clients sent.
    "loggers": {"uvicorn": {"level": "CRITICAL"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
}


def serve(settings: Settings, service: Service) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code, 0 when asked to stop.

    Requests in progress are finished, and a worker that dies is replaced. The workers are forked:
    they share what service has imported. Raise ConfigError where the server cannot listen on the
    address, or a setting cannot be used.
    """
    listener = listen(settings.host, settings.port)
    logging.config.dictConfig(LOGGING)
    keep_little()
    worker.check_server(settings)
    with _shared_folder():
        service.check(settings)
        shared = service.shared_state(settings)
        gc.freeze()
        sidecar = Sidecar(functools.partial(start_follower, settings))
        greet = _Greeter(settings)

        def tick() -> bool:
            sidecar.tick()
            shared.tick()
            return greet()

        def record_exit(exit: WorkerExit) -> None:
            shared.record_exit(exit.slot, exit.by_signal, exit.cpu_seconds)

        def close() -> None:
            listener.close()
            sidecar.stop()

        work = functools.partial(_work, settings, service, listener, shared)
        supervisor = Supervisor(work, settings.workers, settings.stop_seconds)
        supervisor.run(tick, on_exit=record_exit, closing=close)
    return 0


def _work(
    settings: Settings, service: Service, listener: socket.socket, shared: SharedState, slot: int
) -> None:
    """Answer requests; runs in each worker."""
    worker.run_worker(service.application(settings, shared, slot), settings, listener)


class _Greeter:
    """Says where the API answers, as soon as it does, and once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._done = False

    def __call__(self) -> bool:
        """Return whether it is said."""
        host, port = self._settings.host, self._settings.port
        if not self._done and (answer := ask_ready(host, port)):
            said = startup_message(host, port, *answer) + warning(self._settings) + slowness()
            sys.stdout.write(said)
            sys.stdout.flush()
            self._done = True
        return self._done


@contextmanager
def _shared_folder() -> Iterator[None]:
    """Give the workers an empty folder for what they must find under a name."""
    folder = tempfile.mkdtemp(prefix="gender-detection-")
    os.environ[SHARED_FOLDER] = folder
    try:
        yield
    finally:
        os.environ.pop(SHARED_FOLDER, None)
        shutil.rmtree(folder, ignore_errors=True)
