"""Counts the answers of each version, as the server's parent process sees them in shared memory."""

from collections.abc import Mapping

import numpy as np

from gender_detection.drift import BASES
from gender_detection.rollback import INPUTS, Stretch
from gender_detection.telemetry.shared_metrics import Cells

from .definitions import GENDERS, LAYOUT, NONE, PREDICTIONS, REASONS
from .model_metrics import feature_counts
from .shared_state import TURNS, SharedState


class VersionCounts:
    """Collects what the workers have counted, by the version that answered.

    A worker counts the answers of its models in rows of their own, and says whose they are before
    it counts: so no answer counts for another version, however long its request took.
    """

    def __init__(self, shared: SharedState) -> None:
        self._shared = shared
        self._seen = np.zeros((shared.workers, TURNS, LAYOUT.size))

    def collect(self) -> dict[str, Cells]:
        """Return what was counted since the last call, float64 (LAYOUT.size,) by version."""
        counts: dict[str, Cells] = {}
        for slot in range(self._shared.workers):
            for version, cells in self._of_worker(slot).items():
                counts[version] = counts[version] + cells if version in counts else cells
        return counts

    def _of_worker(self, slot: int) -> dict[str, Cells]:
        # Before the info: a count that is seen is one of a version that the info names.
        rows = self._shared.answers(slot)
        info = self._shared.worker_info(slot)
        if info is None:
            # Without an info there is no model; or it is being written, and the next call counts.
            return {}
        new, self._seen[slot] = rows - self._seen[slot], rows
        counts: dict[str, Cells] = {}
        for version, cells in zip(info.counted, new, strict=True):
            if version and cells.any():
                counts[version] = counts[version] + cells if version in counts else cells
        return counts


def stretch_of(cells: Cells) -> Stretch:
    """Return the shares of these counts, float64 (LAYOUT.size,), for comparison."""
    shape = (len(GENDERS), len(BASES), len(REASONS))
    kinds = cells[LAYOUT.cells_of(PREDICTIONS)].reshape(shape)
    with_probability = np.delete(kinds, BASES.index(NONE), axis=1).sum(axis=(1, 2))
    features = feature_counts(cells)
    counts: Mapping[str, Cells] = {
        **{feature: features[feature] for feature in INPUTS},
        "gender": with_probability[: GENDERS.index("unknown")],
        # Without the bin of the names that have none.
        "probability": features["probability"][:-1],
    }
    names = float(with_probability.sum())
    unknown = float(with_probability[GENDERS.index("unknown")])
    return Stretch(
        names,
        unknown / names if names else 0.0,
        {feature: _shares(bins) for feature, bins in counts.items()},
    )


def _shares(counts: Cells) -> Cells:
    total = counts.sum()
    shares: Cells = counts / total if total > 0 else np.zeros(len(counts))
    return shares
