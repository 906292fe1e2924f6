"""Collecting shared metrics for Prometheus."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from .layout import Counter, Family, Histogram, Labels
from .shared_metrics import Cells, SharedMetrics


class SharedMetricsCollector(Collector):
    """Yields metric families of shared metrics, summed over the processes."""

    def __init__(self, shared: SharedMetrics, families: Sequence[Family]) -> None:
        self._shared = shared
        self._families = families

    def collect(self) -> Iterator[Metric]:
        """Yield each family with the series that are not zero or always shown."""
        totals = self._shared.totals()
        for family in self._families:
            cells = totals[self._shared.layout.cells_of(family)]
            yield _metric(family, cells)


def _metric(family: Family, cells: Cells) -> Metric:
    labels = tuple(family.labels)
    series = _shown(family, cells)
    if isinstance(family, Histogram):
        histogram = HistogramMetricFamily(family.name, family.help, labels=labels)
        edges = [*map(floatToGoString, family.edges), "+Inf"]
        for values, numbers in series:
            buckets = list(zip(edges, accumulate(numbers[:-1]), strict=True))
            histogram.add_metric(values, buckets, sum_value=numbers[-1])
        return histogram
    kind = CounterMetricFamily if isinstance(family, Counter) else GaugeMetricFamily
    metric = kind(family.name, family.help, labels=labels)
    for values, (number,) in series:
        metric.add_metric(values, number)
    return metric


def _shown(family: Family, cells: Cells) -> Iterator[tuple[Labels, list[float]]]:
    """Yield labels and values of the series to show."""
    table = cells.reshape(-1, family.cells)
    nonzero = np.any(table, axis=1).tolist()
    always = set(family.shown_at_once) or ({()} if not family.labels else set())
    for values, is_nonzero, numbers in zip(family.series(), nonzero, table.tolist(), strict=True):
        if is_nonzero or values in always:
            yield values, numbers
