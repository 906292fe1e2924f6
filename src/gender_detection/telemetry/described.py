"""Metrics whose values are known when Prometheus asks: what each is, apart from how it is found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from .layout import Labels

_FAMILIES: Mapping[str, type[CounterMetricFamily] | type[GaugeMetricFamily]] = {
    "counter": CounterMetricFamily,
    "gauge": GaugeMetricFamily,
}


@dataclass(frozen=True)
class Described:
    """A metric: its name (a counter's without _total), help, the values of each label, and type.

    A label without values is open: they come from the system or its data, never from a request.
    """

    name: str
    help: str
    labels: Mapping[str, Labels] = field(default_factory=dict)
    type: Literal["counter", "gauge"] = "gauge"

    def metric(self, series: Iterable[tuple[Labels, float]]) -> Metric:
        """Return the metric with these series, each the values of the labels and a number.

        Raise ValueError for another number of labels, or an unknown value of a label.
        """
        family = _FAMILIES[self.type](self.name, self.help, labels=tuple(self.labels))
        for values, number in series:
            for known, value in zip(self.labels.values(), values, strict=True):
                if known and value not in known:
                    raise ValueError(f"{self.name}: unknown label value {value}")
            family.add_metric(values, number)
        return family

    def value(self, number: float) -> Metric:
        """Return the metric with one number; raise ValueError if it has labels."""
        return self.metric([((), number)])
