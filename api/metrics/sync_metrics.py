"""Metrics of the process that fetches models from the registry (gender_detection.model_sync)."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from gender_detection.model_sync import read_status


class SyncMetrics(Collector):
    """Reads the status file that model_sync keeps in model_dir, at each scrape."""

    def __init__(self, model_dir: Path) -> None:
        self._model_dir = model_dir

    def collect(self) -> Iterator[Metric]:
        """Yield the counts of model_sync, nothing before its first poll."""
        status = read_status(self._model_dir)
        if status is None:
            return
        polls = CounterMetricFamily(
            "gender_detection_registry_fetches",
            "Versions of the registry that were published here or refused, and polls that failed.",
            labels=("outcome",),
        )
        for outcome in ("published", "refused", "failed"):
            polls.add_metric([outcome], getattr(status, outcome))
        yield polls
        yield GaugeMetricFamily(
            "gender_detection_registry_contact_timestamp_seconds",
            "When the registry last answered, in Unix time; 0 if never.",
            value=status.contacted,
        )
