"""The model in service. It may be replaced at any time; each request uses one model throughout."""

import datetime
import logging
import math
import os
import threading
import time
from dataclasses import dataclass

from gender_detection.config import Settings
from gender_detection.error_boundary import ErrorBoundary
from gender_detection.errors import ArtifactError, InvalidInput, ModelNotFound
from gender_detection.model import Model

from .http.problems import Problem
from .metrics.definitions import LOADED, REFUSED
from .metrics.recorder import Metrics
from .utils import load_model, load_other_model, model_fingerprint

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
# The cause may have been temporary: too little memory, or a file that was not there yet.
RETRY_SECONDS = 60.0


@dataclass(frozen=True)
class LoadedModel:
    """A model, when it was loaded, and how many seconds that took."""

    model: Model
    loaded_at: datetime.datetime
    load_seconds: float = 0.0


class ServedModel:
    """The model that the API answers with, None until one is loaded.

    reload_if_changed() loads the model that model_uri and model_dir name if that or the file of
    corrections has changed, and replaces the old one once the new one is loaded and checked. If it
    is damaged, the old one stays in service.
    """

    def __init__(self, settings: Settings, model: Model | None = None) -> None:
        self._settings = settings
        self._loaded = None if model is None else LoadedModel(model, _now())
        self._error = f"no model is loaded from {settings.model_dir}: run 'make run' first"
        self._metrics: Metrics | None = None
        self._fingerprint: object = self  # equal to no fingerprint: the first call loads
        self._retry_at = math.inf
        self._watching = False

    def report_to(self, metrics: Metrics) -> None:
        """Report the model in service, and the outcome of every load, to these metrics."""
        self._metrics = metrics
        self._show()

    def loaded(self) -> LoadedModel:
        """Return the model in service; raise Problem 503 if there is none.

        Call it once per request: the next call may return another model.
        """
        if (loaded := self._loaded) is None:
            raise Problem(503, self._error, kind="no-model", title="No model is loaded")
        return loaded

    def model(self) -> Model:
        """Return the model in service; raise Problem 503 if there is none."""
        return self.loaded().model

    def model_or_none(self) -> Model | None:
        """Return the model in service, None if there is none."""
        return None if self._loaded is None else self._loaded.model

    def watch(self) -> None:
        """Load the model now, then check every second in a thread, also in forked processes."""
        self._reload_safely()
        self._watching = True
        os.register_at_fork(after_in_child=self._start_thread)
        self._start_thread()

    def stop(self) -> None:
        """Stop checking."""
        self._watching = False

    def reload_if_changed(self) -> None:
        """Load the model to serve if it has changed since the last call."""
        fingerprint, now = model_fingerprint(self._settings), time.monotonic()
        if fingerprint == self._fingerprint and now < self._retry_at:
            return
        self._fingerprint, self._retry_at = fingerprint, now + RETRY_SECONDS
        started = time.perf_counter()
        try:
            model = load_model(self._settings)
        except (ArtifactError, ModelNotFound, InvalidInput, OSError) as err:
            if fingerprint is None:
                self._report_error(err)
            elif fingerprint == model_fingerprint(self._settings):
                self._refuse(err)
            # Otherwise it was replaced while we read it: the next call sees the new one.
        else:
            self._retry_at, self._error = math.inf, ""
            self._replace(model, started)

    def _replace(self, model: Model, started: float) -> None:
        self._loaded = LoadedModel(model, _now(), time.perf_counter() - started)
        log.info("serving version %s of %s", model.version, model.name)
        self._show()
        if self._metrics is not None:
            self._metrics.count_load(LOADED)

    def _show(self) -> None:
        if self._metrics is not None and (loaded := self._loaded) is not None:
            loaded_at = loaded.loaded_at.timestamp()
            self._metrics.show_model(loaded.model, loaded_at, loaded.load_seconds)

    def _refuse(self, err: Exception) -> None:
        if self._metrics is not None:
            self._metrics.count_load(REFUSED)
        started = time.perf_counter()
        if self._loaded is None and (other := self._other_model()) is not None:
            self._replace(other, started)
        self._report_error(err)

    def _other_model(self) -> Model | None:
        """Return another model to serve, None if there is none, or it cannot be corrected."""
        try:
            return load_other_model(self._settings)
        except InvalidInput:
            return None

    def _report_error(self, err: Exception) -> None:
        """Log, once, what is wrong with the model to serve."""
        error = str(err)
        if error != self._error:
            if self._loaded is None:
                log.error("no model is loaded: %s", error)
            else:
                version = self._loaded.model.version
                log.error("new model not loaded, version %s stays in service: %s", version, error)
        self._error = error

    def _start_thread(self) -> None:
        if self._watching:
            threading.Thread(target=self._watch, name="model", daemon=True).start()

    def _watch(self) -> None:
        while self._watching:
            time.sleep(POLL_SECONDS)
            self._reload_safely()
            if self._metrics is not None:
                self._metrics.flush()

    def _reload_safely(self) -> None:
        # An unexpected error must end neither the thread nor, at the start, the server.
        with ErrorBoundary():
            self.reload_if_changed()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
