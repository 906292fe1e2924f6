"""Drift: how far the names that are asked for are from those that the model was made for.

A name and its prediction fall into one bin of each feature (FEATURES). A baseline, which the
model's artifact carries, has the shares of the bins in training or in evaluation; distances()
compares counts of live names with it.
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
from .model import Baseline, Model, Person, Prediction
from .model.baselines import Source
from .names import script

LETTER_EDGES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20)
"""Upper edges of the bins of length, edge included; one more bin lies beyond."""

PROBABILITY_EDGES = (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 1.0)
"""Upper edges of the bins of probability, edge included."""

BATCH = 4096
NONE, OTHER = "none", "other"
SCRIPTS = (
    "latin", "cyrillic", "greek", "arabic", "hebrew", "devanagari", "thai", "han", "kana", "hangul",
    OTHER, NONE,
)  # fmt: skip
COUNTRIES = (*sorted(ISO_ALPHA_2), NONE, OTHER)
BASES = ("title", "country", "name", "pattern", NONE)

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

script       of the name as it came
length       letters of the given names (letters()); none where no given name was found
country      ISO alpha-2, or none where none was given or understood; other is in the baselines of
             models made before all countries were understood, which counted UK and the like so
basis        what the probability rests on
probability  of the likelier gender; none where the name says nothing
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
    """Return the length of given names as it is binned: their characters but for spaces."""
    return len(given_name) - given_name.count(" ")


def name_bins(prediction: Prediction) -> tuple[int, int, int]:
    """Return the bins of the person asked about: of script, length and country."""
    name, given = prediction.name, prediction.given_name
    return (
        # A given name has a letter: where all is ASCII, there is no need to look for one.
        _LATIN
        if given and name and name.isascii()
        else _SCRIPT_BINS.get(script(name), _OTHER_SCRIPT)
        if name
        else _NO_SCRIPT,
        bisect_left(LETTER_EDGES, letters(given)) if given else _NO_LENGTH,
        _COUNTRY_BINS.get(prediction.country or NONE, _OTHER_COUNTRY),
    )


def bins_of(prediction: Prediction) -> tuple[int, int, int, int, int, int]:
    """Return the number of the bin that a prediction falls into, for each of FEATURES in turn."""
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
    """Return how many predictions fall into each bin, by feature: float64 (bins,)."""
    columns = zip(*map(bins_of, predictions), strict=True) if predictions else [()] * len(FEATURES)
    return {
        feature: np.bincount(np.array(column, np.intp), minlength=len(bins)).astype(np.float64)
        for (feature, bins), column in zip(FEATURES.items(), columns, strict=True)
    }


def baseline(model: Model, people: Iterable[Person], source: Source) -> Baseline:
    """Return the baseline that people make, answered at the model's own threshold.

    A batch of them is in memory at a time. Raise InvalidInput where there are none.
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
    """Return which of a model's baselines live names are compared with; None where it has none.

    It is that of evaluation, where there is one: its people were chosen to be like those asked for.
    """
    return baselines.get("evaluation") or baselines.get("training")


def divergence(p: npt.ArrayLike, q: npt.ArrayLike) -> float:
    """Return the Jensen-Shannon divergence, base 2, of two distributions over the same bins.

    With m = (p + q) / 2, it is the mean of what each tells apart from m:

        JS(p, q) = 1/2 sum p_i log2(p_i / m_i) + 1/2 sum q_i log2(q_i / m_i)

    where 0 log 0 = 0. p and q are counts or shares, (bins,), with a positive sum. It is 0 where
    the shares are equal, 1 where no bin has both, and the same with p and q exchanged.

    Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on
    Information Theory 37(1), 145-151, with equal weights.

    Not the population stability index, sum (p_i - q_i) ln(p_i / q_i): it is infinite as soon as a
    bin is empty on one side, which a country or a script of a small window always is, and then
    says only how small a number was put in the place of 0.
    """
    one, other = _shares(p), _shares(q)
    middle = (one + other) / 2
    told = (_relative(one, middle) + _relative(other, middle)) / 2
    # Rounding must not lead out of the bounds.
    return min(max(told, 0.0), 1.0)


def distances(baseline: Baseline, counts: Counts) -> dict[str, float]:
    """Return the divergence of counts from the baseline, by feature.

    Left out are features without counts, and those that the baseline lacks or has in other bins.
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
    return array / array.sum()


def _relative(p: npt.NDArray[np.float64], middle: npt.NDArray[np.float64]) -> float:
    """Return the Kullback-Leibler divergence of p from middle, which is 0 only where p is."""
    there: Any = p > 0
    return float(np.sum(p[there] * np.log2(p[there] / middle[there])))
