"""Drift: how far the names of the last minutes differ from those that the model was made for.

A name and its prediction are in one bin of each feature (FEATURES). The model's artifact has
baselines, the shares of the bins in training or evaluation; distances() compares live counts with
one of them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from .countries import ISO_ALPHA_2
from .errors import InvalidInput
from .model import Baseline, Model, Person, Prediction, answers
from .model.baselines import Source
from .names import script

LETTER_EDGES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20)
"""Upper edges of the bins of length, inclusive; one more bin is for longer names."""

PROBABILITY_EDGES = (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 1.0)
"""Upper edges of the bins of probability, inclusive."""

BATCH = 4096
NONE, OTHER = "none", "other"
SCRIPTS = (
    "latin", "cyrillic", "greek", "arabic", "hebrew", "devanagari", "thai", "han", "kana", "hangul",
    OTHER, NONE,
)  # fmt: skip
COUNTRIES = (*sorted(ISO_ALPHA_2), NONE, OTHER)
BASES = (*answers.BASES, NONE)

FEATURES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "script": SCRIPTS,
        "length": (*map(str, LETTER_EDGES), "more", NONE),
        "country": COUNTRIES,
        "basis": BASES,
        "probability": (*map(str, PROBABILITY_EDGES), NONE),
        "unknown": ("answered", "unknown"),
    }
)
"""feature -> names of its bins, in the order of counts and shares:

script       of the name as given
length       letters of the given names (letters()); none without a given name
country      ISO alpha-2; none if none was given or recognised; other only in baselines of older
             models, for values such as UK, which are recognised now
basis        what the probability is based on
probability  of the likelier gender; none without a given name
unknown      whether gender is unknown
"""

Counts = Mapping[str, npt.NDArray[np.float64]]

_SCRIPT_BINS = {name: at for at, name in enumerate(SCRIPTS)}
_COUNTRY_BINS = {name: at for at, name in enumerate(COUNTRIES)}
_BASIS_BINS = {name: at for at, name in enumerate(BASES)}
_LATIN, _OTHER_SCRIPT, _NO_SCRIPT = (_SCRIPT_BINS[name] for name in ("latin", OTHER, NONE))
_OTHER_COUNTRY = _COUNTRY_BINS[OTHER]
_NO_LENGTH = len(LETTER_EDGES) + 1
_NO_PROBABILITY = len(PROBABILITY_EDGES)


def letters(given_name: str) -> int:
    """Return the length of given names for the bins: their characters without spaces."""
    return len(given_name) - given_name.count(" ")


def name_bins(prediction: Prediction) -> tuple[int, int, int]:
    """Return the bins of script, length and country."""
    name, given = prediction.name, prediction.given_name
    return (
        # A given name has a letter, so an ASCII name with one is Latin.
        _LATIN
        if given and name and name.isascii()
        else _SCRIPT_BINS.get(script(name), _OTHER_SCRIPT)
        if name
        else _NO_SCRIPT,
        bisect_left(LETTER_EDGES, letters(given)) if given else _NO_LENGTH,
        _COUNTRY_BINS.get(prediction.country or NONE, _OTHER_COUNTRY),
    )


def bins_of(prediction: Prediction) -> tuple[int, int, int, int, int, int]:
    """Return the index of a prediction's bin for each of FEATURES, in their order."""
    probability = prediction.probability
    return (
        *name_bins(prediction),
        _BASIS_BINS[prediction.basis or NONE],
        _NO_PROBABILITY
        if probability is None
        else bisect_left(PROBABILITY_EDGES, probability, hi=_NO_PROBABILITY - 1),
        prediction.gender == "unknown",
    )


def count(predictions: Sequence[Prediction]) -> dict[str, npt.NDArray[np.float64]]:
    """Return the number of predictions in each bin, by feature: float64 (bins,)."""
    columns = zip(*map(bins_of, predictions), strict=True) if predictions else [()] * len(FEATURES)
    return {
        feature: np.bincount(np.array(column, np.intp), minlength=len(bins)).astype(np.float64)
        for (feature, bins), column in zip(FEATURES.items(), columns, strict=True)
    }


def baseline(model: Model, people: Iterable[Person], source: Source) -> Baseline:
    """Return the baseline of these people, answered at the model's own threshold.

    One batch is in memory at a time. Raise InvalidInput if there are no people.
    """
    total = count([])
    iterator = iter(people)
    while batch := list(islice(iterator, BATCH)):
        for feature, counts in count(model.predict(batch)).items():
            total[feature] += counts
    names = int(total["unknown"].sum())
    if not names:
        raise InvalidInput("a baseline needs names: there are none")
    return Baseline(
        source, names, {name: _shares(counts).tolist() for name, counts in total.items()}
    )


def compared_with(baselines: Mapping[str, Baseline]) -> Baseline | None:
    """Return the baseline to compare live names with; None if the model has none.

    That of evaluation if there is one: its people were chosen to be like those of the service.
    """
    return baselines.get("evaluation") or baselines.get("training")


def divergence(p: npt.ArrayLike, q: npt.ArrayLike) -> float:
    """Return the Jensen-Shannon divergence, base 2, of two distributions over the same bins.

    With m = (p + q) / 2, it is the mean divergence of p and q from m:

        JS(p, q) = 1/2 sum p_i log2(p_i / m_i) + 1/2 sum q_i log2(q_i / m_i)

    where 0 log 0 = 0. p and q are counts or shares, (bins,), with a positive sum. It is 0 for
    equal shares, 1 if no bin has both, and symmetric.

    Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on
    Information Theory 37(1), 145-151, with equal weights.

    The population stability index, sum (p_i - q_i) ln(p_i / q_i), does not fit: it is infinite if
    a bin is empty on one side, as some country or script of a small window always is, and then
    depends on the small number used instead of 0.
    """
    one, other = _shares(p), _shares(q)
    middle = (one + other) / 2
    mean = (_relative(one, middle) + _relative(other, middle)) / 2
    # Rounding may lead out of the bounds.
    return min(max(mean, 0.0), 1.0)


def distances(baseline: Baseline, counts: Counts) -> dict[str, float]:
    """Return the divergence of counts from the baseline, by feature.

    Features without counts, and those that are not in the baseline or have other bins there, are
    left out.
    """
    return {
        feature: divergence(shares, counts[feature])
        for feature, shares in baseline.shares.items()
        if feature in counts
        and len(shares) == len(counts[feature])
        and sum(shares) > 0
        and counts[feature].sum() > 0
    }


def _shares(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    array = np.asarray(values, np.float64)
    shares: npt.NDArray[np.float64] = array / array.sum()
    return shares


def _relative(p: npt.NDArray[np.float64], middle: npt.NDArray[np.float64]) -> float:
    """Return the Kullback-Leibler divergence of p from middle, which is 0 only where p is 0."""
    positive: Any = p > 0
    return float(np.sum(p[positive] * np.log2(p[positive] / middle[positive])))
