"""Metrics of the model: its evaluation, and how far the names received differ from its data."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from prometheus_client import Metric
from prometheus_client.registry import Collector

from gender_detection.drift import BASES, Counts, compared_with, distances
from gender_detection.model import Model
from gender_detection.telemetry.shared_metrics import Cells

from .definitions import (
    DRIFT,
    DRIFT_NAMES,
    FIGURE,
    FIGURES,
    GENDERS,
    LAYOUT,
    LETTERS,
    MIN_NAMES,
    NAME_COUNTRIES,
    NAME_SCRIPTS,
    NONE,
    PREDICTIONS,
    PROBABILITY,
    REASONS,
)
from .shared_state import SharedState


class ModelMetrics(Collector):
    """Compares the window of live names with the model's baseline at each scrape."""

    def __init__(self, shared: SharedState, model: Callable[[], Model | None]) -> None:
        self._shared = shared
        self._model = model

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of the model in service, and the drift of the window."""
        model = self._model()
        metrics = None if model is None else model.metrics
        figures = ((name, _at(metrics, path)) for name, path in FIGURES.items())
        yield FIGURE.metric(((name,), value) for name, value in figures if value is not None)
        yield from self._drift(model)

    def _drift(self, model: Model | None) -> Iterator[Metric]:
        counts = feature_counts(self._shared.window.counts())
        names = counts["unknown"].sum()
        yield DRIFT_NAMES.value(names)
        found: dict[str, float] = {}
        if model is not None and names >= MIN_NAMES:
            baseline = compared_with(model.baselines)
            found = distances(baseline, counts) if baseline else {}
        yield DRIFT.metric(((feature,), distance) for feature, distance in found.items())


def feature_counts(cells: Cells) -> Counts:
    """Return the counts by bin of each of drift.FEATURES, from the cells of LAYOUT."""
    shape = (len(GENDERS), len(BASES), len(REASONS))
    kinds = cells[LAYOUT.cells_of(PREDICTIONS)].reshape(shape)
    basis = kinds.sum(axis=(0, 2))
    unknown = kinds[GENDERS.index("unknown")].sum()
    # Without the sum, and the bin above the last edge, which no probability reaches.
    probability = cells[LAYOUT.cells_of(PROBABILITY)][:-2]
    letters = cells[LAYOUT.cells_of(LETTERS)][:-1]
    scripts = cells[LAYOUT.cells_of(NAME_SCRIPTS)]
    return {
        "script": scripts,
        "length": np.append(letters, max(scripts.sum() - letters.sum(), 0.0)),
        "country": cells[LAYOUT.cells_of(NAME_COUNTRIES)],
        "basis": basis,
        "probability": np.append(probability, basis[BASES.index(NONE)]),
        "unknown": np.array([kinds.sum() - unknown, unknown]),
    }


def _at(metrics: Mapping[str, Any] | None, path: tuple[str, ...]) -> float | None:
    """Return the number at a path in a model's metrics, None if there is none."""
    value: Any = metrics
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return float(value) if isinstance(value, int | float) else None
