"""The same metrics for parts of the people: by gender, country, script, length, basis, evidence."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..model.answers import BASES
from .inference import EVIDENCE, LENGTHS, Judged
from .measures import (
    Bools,
    Floats,
    coded_errors,
    expected_calibration_error,
    wilson_interval,
    wrong,
)

Indices = npt.NDArray[np.intp]

# The order of labels; those of other dimensions are ordered by their number of people.
ORDERS: dict[str, Sequence[str]] = {
    "length": [*LENGTHS.values()],
    "evidence": [*EVIDENCE.values()],
    "basis": [*BASES, "none"],
}


def slices_of(judged: Judged) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the metrics by dimension and label; labels that nobody has are missing.

    gender, country   people with a probability: initials would outweigh all else
    script, length, evidence   of these, people whose basis is not a title
    basis             everybody; "none" are people without a probability
    """
    answered = judged.answered
    by_name = answered & ~judged.having("basis", "title")
    everybody = np.ones(len(answered), bool)
    genders = {"female": answered & judged.is_female, "male": answered & ~judged.is_female}
    among = {"country": answered, "script": by_name, "length": by_name, "basis": everybody,
             "evidence": by_name}  # fmt: skip
    slices = {
        "gender": {
            gender: _slice(judged, np.flatnonzero(of)) for gender, of in genders.items() if of.any()
        }
    }
    for dimension, mask in among.items():
        slices[dimension] = {
            label: _slice(judged, places) for label, places in groups(judged, dimension, mask)
        }
    return slices


def groups(judged: Judged, dimension: str, among: Bools) -> Iterator[tuple[str, Indices]]:
    """Yield each label of a dimension with the indices of its people among the chosen, in order."""
    coded = judged.labels[dimension]
    chosen = np.flatnonzero(among)
    # Sorted once: a pass over all people for each of 200 countries would be slow.
    chosen = chosen[np.argsort(coded.codes[chosen], kind="stable")]
    bounds = np.searchsorted(coded.codes[chosen], np.arange(len(coded.labels) + 1))
    found = {
        label: chosen[bounds[at] : bounds[at + 1]]
        for at, label in enumerate(coded.labels)
        if bounds[at] < bounds[at + 1]
    }
    order = ORDERS.get(dimension, [])
    rank = {label: at for at, label in enumerate(order)}
    yield from sorted(
        found.items(), key=lambda item: (rank.get(item[0], len(rank)), -len(item[1]), item[0])
    )


def _slice(judged: Judged, places: Indices) -> dict[str, Any]:
    p_female, is_female = judged.p_female[places], judged.is_female[places]
    return {
        "n": len(places),
        "women": int(is_female.sum()),
        "at_threshold": coded_errors(p_female, is_female, judged.threshold),
        "forced": coded_errors(p_female, is_female, 0.5),
        "ece": expected_calibration_error(p_female, is_female),
        "error_forced_interval": _error(p_female, is_female)["interval"],
        "female": _error(p_female[is_female], is_female[is_female]),
        "male": _error(p_female[~is_female], is_female[~is_female]),
    }


def _error(p_female: Floats, is_female: Bools) -> dict[str, Any]:
    """Return n, the share of errors when every answer is forced, and its 95 % interval."""
    n, errors = len(p_female), int(wrong(p_female, is_female).sum())
    interval = wilson_interval(errors, n)
    return {
        "n": n,
        "error": errors / n if n else None,
        "interval": list(interval) if interval else None,
    }
