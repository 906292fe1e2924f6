"""What a worker knows of its model: how good it was found to be, and how far the names that it is
asked about are from those that it was made for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gender_detection.drift import BASES, Counts, compared_with, distances
from gender_detection.model import Model
from gender_detection.telemetry.shared_metrics import Cells

from .definitions import (
    COUNTRIES_ASKED,
    GENDERS,
    LAYOUT,
    LETTERS,
    NONE,
    PREDICTIONS,
    PROBABILITY,
    REASONS,
    SCRIPTS_ASKED,
)
from .shared_state import SharedState

# Below so many names in the window, chance alone would look like drift.
LEAST_NAMES = 200
# Where in a model's metrics its figures are.
FIGURES = {
    "unseen_error": ("unseen", "forced", "errorCoded"),
    "unseen_ece": ("unseen", "ece"),
    "unseen_unknown_share": ("unseen", "at_threshold", "naCoded"),
    "known_error": ("known", "world", "error"),
    "people_error": ("people", "forced", "errorCoded"),
    "people_ece": ("people", "ece"),
}


class ModelMetrics(Collector):
    """Compares the window of live names with the model's baseline, whenever Prometheus asks."""

    def __init__(self, shared: SharedState, model: Callable[[], Model | None]) -> None:
        self._shared = shared
        self._model = model

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of the model in service, and the drift of the window."""
        model = self._model()
        figures = GaugeMetricFamily(
            "gender_detection_model_figure",
            "What the model's own evaluation found: shares of 1.",
            labels=("figure",),
        )
        metrics = None if model is None else model.metrics
        for figure, path in FIGURES.items():
            if (value := _at(metrics, path)) is not None:
                figures.add_metric([figure], value)
        yield figures
        yield from self._drift(model)

    def _drift(self, model: Model | None) -> Iterator[Metric]:
        counts = feature_counts(self._shared.window.counts())
        names = counts["unknown"].sum()
        yield GaugeMetricFamily(
            "gender_detection_drift_window_names",
            f"Names in the window of {self._shared.window.seconds:g} seconds.",
            value=names,
        )
        drift = GaugeMetricFamily(
            "gender_detection_drift_divergence",
            "Jensen-Shannon divergence (base 2) of the window's names from the model's baseline.",
            labels=("feature",),
        )
        if model is not None and names >= LEAST_NAMES:
            baseline = compared_with(model.baselines)
            for feature, distance in distances(baseline, counts).items() if baseline else ():
                drift.add_metric([feature], distance)
        yield drift


def feature_counts(cells: Cells) -> Counts:
    """Return counts by bin for each of drift.FEATURES, from the cells of LAYOUT."""
    shape = (len(GENDERS), len(BASES), len(REASONS))
    kinds = cells[LAYOUT.cells_of(PREDICTIONS)].reshape(shape)
    basis = kinds.sum(axis=(0, 2))
    unknown = kinds[GENDERS.index("unknown")].sum()
    # Without the sums, and what is counted beyond the last edge, which no probability is.
    probability = cells[LAYOUT.cells_of(PROBABILITY)][:-2]
    letters = cells[LAYOUT.cells_of(LETTERS)][:-1]
    scripts = cells[LAYOUT.cells_of(SCRIPTS_ASKED)]
    return {
        "script": scripts,
        "length": np.append(letters, max(scripts.sum() - letters.sum(), 0.0)),
        "country": cells[LAYOUT.cells_of(COUNTRIES_ASKED)],
        "basis": basis,
        "probability": np.append(probability, basis[BASES.index(NONE)]),
        "unknown": np.array([kinds.sum() - unknown, unknown]),
    }


def _at(metrics: Mapping[str, Any] | None, path: tuple[str, ...]) -> float | None:
    """Return the number at a path into a model's metrics, None where there is none."""
    found: Any = metrics
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return float(found) if isinstance(found, int | float) else None
