"""The model in service: replaced while requests run, each of which takes one and stays with it."""

import datetime
import logging
import math
import os
import threading
import time
from dataclasses import dataclass

from gender_detection.config import Settings
from gender_detection.error_boundary import ErrorBoundary
from gender_detection.errors import ArtifactError, ModelNotFound
from gender_detection.model import Model

from .http.problems import Problem
from .metrics.definitions import LOADED, REFUSED
from .metrics.recorder import Metrics
from .utils import load_model, load_other_model, model_fingerprint

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
# What was refused may have been so for want of memory, or of a file that came late.
RETRY_SECONDS = 60.0


@dataclass(frozen=True)
class Loaded:
    """A model, when it was loaded, and how many seconds that took."""

    model: Model
    at: datetime.datetime
    seconds: float = 0.0


class ServedModel:
    """The model that the API answers with, None as long as there is none.

    reload_if_changed() takes what model_uri and model_dir name when that has changed, once it has
    been loaded and checked. If anything is wrong with it, the model before goes on serving.
    """

    def __init__(self, settings: Settings, model: Model | None = None) -> None:
        self._settings = settings
        self._loaded = None if model is None else Loaded(model, _now())
        self._missing = f"no model is loaded from {settings.model_dir}: run 'make run' first"
        self._metrics: Metrics | None = None
        self._fingerprint: object = self  # no fingerprint yet: what is there first is looked at
        self._retry_at = math.inf
        self._watching = False

    def report_to(self, metrics: Metrics) -> None:
        """Tell the metrics what is in service, and how every load ends."""
        self._metrics = metrics
        self._show()

    def present(self) -> Loaded:
        """Return what is in service; raise Problem 503 where there is nothing yet.

        Take it once for an answer: the next call may return another.
        """
        if (loaded := self._loaded) is None:
            raise Problem(503, self._missing, kind="no-model", title="No model is loaded")
        return loaded

    def model(self) -> Model:
        """Return the model in service; raise Problem 503 where there is none yet."""
        return self.present().model

    def now(self) -> Model | None:
        """Return the model in service, None where there is none yet."""
        return None if self._loaded is None else self._loaded.model

    def watch(self) -> None:
        """Look now, and every second in a thread; in processes forked from this one as well."""
        self._look_safely()
        self._watching = True
        os.register_at_fork(after_in_child=self._start_thread)
        self._start_thread()

    def stop(self) -> None:
        """Stop looking."""
        self._watching = False

    def reload_if_changed(self) -> None:
        """Load what is to be served, if it has changed since the last look."""
        fingerprint, now = model_fingerprint(self._settings), time.monotonic()
        if fingerprint == self._fingerprint and now < self._retry_at:
            return
        self._fingerprint, self._retry_at = fingerprint, now + RETRY_SECONDS
        started = time.perf_counter()
        try:
            model = load_model(self._settings)
        except (ArtifactError, ModelNotFound, OSError) as err:
            if fingerprint is None:
                self._miss(err)
            elif fingerprint == model_fingerprint(self._settings):
                self._refuse(err)
            # Otherwise it was replaced while we read it: the next look sees the new one.
        else:
            self._retry_at, self._missing = math.inf, ""
            self._take(model, started)

    def _take(self, model: Model, started: float) -> None:
        self._loaded = Loaded(model, _now(), time.perf_counter() - started)
        log.info("serving version %s of %s", model.version, model.name)
        self._show()
        if self._metrics is not None:
            self._metrics.count_load(LOADED)

    def _show(self) -> None:
        if self._metrics is not None and (loaded := self._loaded) is not None:
            self._metrics.show_model(loaded.model, loaded.at.timestamp(), loaded.seconds)

    def _refuse(self, err: Exception) -> None:
        if self._metrics is not None:
            self._metrics.count_load(REFUSED)
        started = time.perf_counter()
        if self._loaded is None and (other := load_other_model(self._settings)) is not None:
            self._take(other, started)
        self._miss(err)

    def _miss(self, err: Exception) -> None:
        """Say, once, what is wrong with the model to be served."""
        missing = str(err)
        if missing != self._missing:
            if self._loaded is None:
                log.error("no model is loaded: %s", missing)
            else:
                log.error("version %s goes on serving: %s", self._loaded.model.version, missing)
        self._missing = missing

    def _start_thread(self) -> None:
        if self._watching:
            threading.Thread(target=self._watch, name="model", daemon=True).start()

    def _watch(self) -> None:
        while self._watching:
            time.sleep(LOOK_SECONDS)
            self._look_safely()
            if self._metrics is not None:
                self._metrics.flush()

    def _look_safely(self) -> None:
        # What nobody foresaw must end neither the thread nor, at the start, the server.
        with ErrorBoundary():
            self.reload_if_changed()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
