"""Metrics of the process that fetches models from the registry (gender_detection.model_sync)."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.registry import Collector

from gender_detection.model_sync import read_status
from gender_detection.rollback import CAUSES

from .definitions import (
    FETCHES,
    POLLS,
    REGISTRY_CONTACT,
    ROLLBACKS,
    ROLLBACKS_FAILED,
    SHADOW_FETCHES,
)


class SyncMetrics(Collector):
    """Reads the status file that model_sync keeps in model_dir, at each scrape.

    Rollbacks are shown only where they can happen.
    """

    def __init__(self, model_dir: Path, rolls_back: bool = False) -> None:
        self._model_dir = model_dir
        self._rolls_back = rolls_back

    def collect(self) -> Iterator[Metric]:
        """Yield the counts of model_sync, nothing before its first poll."""
        status = read_status(self._model_dir)
        if status is None:
            return
        yield FETCHES.metric(((outcome,), getattr(status, outcome)) for outcome in POLLS)
        yield REGISTRY_CONTACT.value(status.contacted)
        if self._rolls_back:
            rolled_back = status.rolled_back
            yield ROLLBACKS.metric(((cause,), rolled_back.get(cause, 0)) for cause in CAUSES)
            yield ROLLBACKS_FAILED.value(status.rollbacks_failed)


class ChallengerMetrics(Collector):
    """Reads the status file that model_sync keeps in the folder of the challenger."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        """Yield the counts of the challengers that were fetched, nothing before the first poll."""
        if (status := read_status(self._folder)) is not None:
            counts = (((outcome,), getattr(status, outcome)) for outcome in POLLS)
            yield SHADOW_FETCHES.metric(counts)
