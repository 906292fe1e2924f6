"""The same metrics for parts of the people: by gender, country, script, length, basis, evidence."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .inference import EVIDENCE, LENGTHS, Judged
from .measures import (
    Bools,
    Floats,
    coded_errors,
    expected_calibration_error,
    wilson_interval,
    wrong,
)

Places = npt.NDArray[np.intp]

# How labels are ordered; those of other dimensions by how many people have them.
ORDERS: dict[str, Sequence[str]] = {
    "length": [*LENGTHS.values()],
    "evidence": [*EVIDENCE.values()],
    "basis": ["title", "country", "name", "pattern", "none"],
}


def slices_of(judged: Judged) -> dict[str, dict[str, dict[str, Any]]]:
    """Return by dimension, by label, the metrics of those people; labels of nobody are not there.

    gender, country   whoever got an answer, forced or not: initials would drown all else
    script, length, evidence   of these, whoever was judged by their given name, not by a title
    basis             everybody; "none" are those without an answer
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


def groups(judged: Judged, dimension: str, among: Bools) -> Iterator[tuple[str, Places]]:
    """Yield each label of a dimension with the places of its people among the chosen, in order."""
    coded = judged.labels[dimension]
    chosen = np.flatnonzero(among)
    # Sorted once: a pass over all people for each of 200 countries would take its time.
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


def _slice(judged: Judged, places: Places) -> dict[str, Any]:
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
