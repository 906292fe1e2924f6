"""What the API counts and times, for Prometheus; no label ever holds what a caller sent."""

import os
from collections import Counter as Tally
from collections.abc import Iterator, Sequence

import prometheus_client
import pyarrow as pa
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from gender_detection.model import Model, Prediction

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNCOUNTED = (
    "gender_detection_requests_not_rate_limited_total",
    "Requests let in though they could not be counted for the rate limit.",
)
OTHER = "other"
NONE = "none"
# Gender, basis and reason of an answer.
Kind = tuple[str | None, ...]
BUCKETS_SECONDS = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
)  # fmt: skip


class ModelInfo(Collector):
    """Tells of the model that the worker asked has in service; there is no sum over workers."""

    model: Model | None = None

    def collect(self) -> Iterator[Metric]:
        """Yield the one metric, without a sample where there is no model."""
        labels = ("name", "version", "data_version")
        family = GaugeMetricFamily(
            "gender_detection_model_info", "1 for the model in service.", labels=labels
        )
        if (model := self.model) is not None:
            family.add_metric([model.name, model.version, model.data_version], 1)
        yield family


class Metrics:
    """The collectors of one app, in the registry given to it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._requests = prometheus_client.Counter(
            "gender_detection_http_requests_total",
            "Requests answered.",
            ("route", "method", "status"),
            registry=registry,
        )
        self._duration = prometheus_client.Histogram(
            "gender_detection_http_request_duration_seconds",
            "Time from a request's first byte in the app to its answer.",
            ("route",),
            buckets=BUCKETS_SECONDS,
            registry=registry,
        )
        self._uncounted = prometheus_client.Counter(*UNCOUNTED, registry=registry)
        self._predictions = prometheus_client.Counter(
            "gender_detection_predictions_total",
            "Names answered.",
            ("gender", "basis", "reason"),
            registry=registry,
        )
        self._loads = prometheus_client.Counter(
            "gender_detection_model_reloads_total",
            "Models that workers loaded, or refused because they were damaged.",
            ("outcome",),
            registry=registry,
        )
        for outcome in ("loaded", "refused"):
            self._loads.labels(outcome)
        # The way of labels() to what counts is longer than the counting.
        self._of_requests: dict[
            tuple[str | None, str, int],
            tuple[prometheus_client.Counter, prometheus_client.Histogram],
        ] = {}
        self._of_kinds: dict[Kind, prometheus_client.Counter] = {}
        self._info = ModelInfo()
        self._exposed: list[Collector] = []
        self.expose(self._info)

    def expose(self, collector: Collector) -> None:
        """Show what this collector yields too: facts that any worker knows, not sums over them."""
        self._exposed.append(collector)
        self._registry.register(collector)

    def count_request(self, route: str | None, method: str, status: int, seconds: float) -> None:
        """Count one answer; route is the rule that matched, None where no rule did."""
        method = method if method in METHODS else OTHER
        if (found := self._of_requests.get((route, method, status))) is None:
            found = (
                self._requests.labels(route or OTHER, method, status),
                self._duration.labels(route or OTHER),
            )
            self._of_requests[route, method, status] = found
        requests, duration = found
        requests.inc()
        duration.observe(seconds)

    def count_refusal(self, method: str, status: int) -> None:
        """Count an answer that the server gave without asking the app."""
        method = method if method in METHODS else OTHER
        self._requests.labels(OTHER, method, status).inc()

    def count_uncounted(self) -> None:
        """Count a request that was let in because the rate limit's storage was out of reach."""
        self._uncounted.inc()

    def count_predictions(self, predictions: Sequence[Prediction]) -> None:
        """Count the answers by what was said and why."""
        if len(predictions) == 1:
            [one] = predictions
            self._count_kind((one.gender, one.basis, one.reason), 1)
            return
        for kind, count in Tally((p.gender, p.basis, p.reason) for p in predictions).items():
            self._count_kind(kind, count)

    def count_answers(self, answers: pa.Table) -> None:
        """Count answers given as columns; gender, basis and reason are among them."""
        kinds = answers.group_by(["gender", "basis", "reason"]).aggregate([([], "count_all")])
        for kind in kinds.to_pylist():
            labels = (kind["gender"], kind["basis"], kind["reason"])
            self._count_kind(labels, kind["count_all"])

    def _count_kind(self, kind: Kind, count: int) -> None:
        if (counter := self._of_kinds.get(kind)) is None:
            counter = self._predictions.labels(*(label or NONE for label in kind))
            self._of_kinds[kind] = counter
        counter.inc(count)

    def show_model(self, model: Model) -> None:
        """Tell which model is in service, in place of the one before."""
        self._info.model = model

    def count_load(self, outcome: str) -> None:
        """Count a model that was "loaded" or "refused"."""
        self._loads.labels(outcome).inc()

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return the metrics of all workers, and their content type, in a format accepted."""
        encode, content_type = choose_encoder(accept)
        registry = self._registry
        # prometheus_client reads the same variable on import: set, each worker keeps its numbers
        # in that folder, and only there are they whole.
        if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=folder)
            for collector in self._exposed:
                registry.register(collector)
        return encode(registry), content_type
