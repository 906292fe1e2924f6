"""Run the API behind its production server (docs/decisions/0003-wsgi-server.md)."""

import functools
import gc
import importlib
import logging.config
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..config import Settings
from .address import listen
from .greeting import ask_ready, greeting
from .supervisor import Supervisor

__all__ = ["serve"]

API = "api.served"
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Of requests the access log tells; uvicorn's warnings would name what clients sent.
    "loggers": {"uvicorn": {"level": "ERROR"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
}


def serve(settings: Settings) -> int:
    """Serve the API until SIGINT or SIGTERM; return the exit code, 0 when asked to stop.

    Requests in flight are finished, a worker that dies is replaced. Raise ConfigError where
    the address cannot be listened on.
    """
    listener = listen(settings.host, settings.port)
    logging.config.dictConfig(LOGGING)
    with _metrics_folder():
        # Imported once, shared by all workers: a new one is there in no time. By name, as the
        # library does not depend on the API that it starts.
        importlib.import_module(API)
        importlib.import_module(f"{__name__}.worker")
        gc.freeze()
        supervisor = Supervisor(
            functools.partial(_work, settings, listener), settings.workers, settings.stop_seconds
        )
        supervisor.run(
            started=functools.partial(_greet, settings),
            buried=_forget,
            closing=listener.close,
        )
    return 0


def _work(settings: Settings, listener: Any) -> None:
    """Answer requests; runs in each worker."""
    from .worker import run_worker

    application = importlib.import_module(API).application(settings)
    run_worker(application, settings, listener)


def _greet(settings: Settings) -> bool:
    """Say where the API answers; return False as long as it does not."""
    answer = ask_ready(settings.host, settings.port)
    if answer is not None:
        sys.stdout.write(greeting(settings.host, settings.port, *answer))
        sys.stdout.flush()
    return answer is not None


def _forget(pid: int) -> None:
    """Take what a dead worker said of itself alone out of the metrics."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)


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
