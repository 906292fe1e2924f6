"""What the process that follows the registry did, for Prometheus (gender_detection.model_sync)."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from gender_detection.model_sync import read_status


class FollowerMetrics(Collector):
    """Reads the note that the follower keeps in model_dir, whenever Prometheus asks."""

    def __init__(self, model_dir: Path) -> None:
        self._model_dir = model_dir

    def collect(self) -> Iterator[Metric]:
        """Yield what the follower counted, nothing before its first poll."""
        status = read_status(self._model_dir)
        if status is None:
            return
        polls = CounterMetricFamily(
            "gender_detection_registry_fetches",
            "Versions of the registry that were published here, or refused; polls that failed.",
            labels=("outcome",),
        )
        for outcome in ("published", "refused", "failed"):
            polls.add_metric([outcome], getattr(status, outcome))
        yield polls
        yield GaugeMetricFamily(
            "gender_detection_registry_contact_timestamp_seconds",
            "When the registry answered last, in Unix time; 0: never yet.",
            value=status.contacted,
        )
