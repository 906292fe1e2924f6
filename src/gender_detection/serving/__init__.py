"""Run the API behind its production server (docs/decisions/0003-wsgi-server.md)."""

import functools
import gc
import importlib
import logging.config
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..config import Settings
from ..interrupts import ending_at_once
from .address import listen
from .companion import Companion
from .greeting import ask_ready, greeting, slowness, warning
from .memory import keep_little
from .supervisor import Death, Supervisor

__all__ = ["serve"]

API = "api.served"
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


def serve(settings: Settings) -> int:
    """Serve the API until SIGINT or SIGTERM; return the exit code, 0 when asked to stop.

    Requests in flight are finished, a worker that dies is replaced. Raise ConfigError where
    the address cannot be listened on, or a setting cannot be used.
    """
    listener = listen(settings.host, settings.port)
    logging.config.dictConfig(LOGGING)
    keep_little()
    # Imported once, shared by all workers: a new one is there in no time. By name, as the library
    # does not depend on the API that it starts.
    with ending_at_once():
        api = importlib.import_module(API)
        worker = importlib.import_module(f"{__name__}.worker")
        worker.check_server(settings)
    with _shared_folder():
        api.check(settings)
        numbers = api.numbers(settings)
        gc.freeze()
        follower = Companion(functools.partial(_start_follower, settings))
        greet = _Greeter(settings)

        def tick() -> bool:
            follower.tick()
            numbers.tick()
            return greet()

        def bury(death: Death) -> None:
            numbers.bury(death.place, death.by_signal, death.cpu_seconds)

        def close() -> None:
            listener.close()
            follower.stop()

        work = functools.partial(_work, settings, listener, numbers)
        supervisor = Supervisor(work, settings.workers, settings.stop_seconds)
        supervisor.run(tick, buried=bury, closing=close)
    return 0


def _work(settings: Settings, listener: Any, numbers: Any, place: int) -> None:
    """Answer requests; runs in each worker."""
    from .worker import run_worker

    application = importlib.import_module(API).application(settings, numbers, place)
    run_worker(application, settings, listener)


def _start_follower(settings: Settings) -> "subprocess.Popen[bytes] | None":
    """Start the process that follows a registered model, where one is to be served."""
    from ..following import start_follower

    return start_follower(settings)


class _Greeter:
    """Says where the API answers, as soon as it does, and once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._done = False

    def __call__(self) -> bool:
        """Return whether it is said."""
        host, port = self._settings.host, self._settings.port
        if not self._done and (answer := ask_ready(host, port)):
            said = greeting(host, port, *answer) + warning(self._settings) + slowness()
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
