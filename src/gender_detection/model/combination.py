"""How evidence, spelling and prior become one probability."""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from .parameters import Parameters

Floats = npt.NDArray[np.float64]
MOST_WHOLE = 3.0


def shrink(female: Floats, male: Floats, prior: Floats, strength: float) -> Floats:
    """Return the share of women among bearers counted, drawn towards a prior, shape (n,).

    (female + k * prior) / (female + male + k): the mean of a Beta posterior whose prior counts as
    much as k = strength bearers (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.4).
    """
    return (female + strength * prior) / (female + male + strength)


def shift_prior(p_female: float, share: float, base: float) -> float:
    """Return p_female for a population with another share of women than base.

    Prior-probability shift: the log-odds move by logit(share) - logit(base) (Saerens, Latinne,
    Decaestecker 2002, equation 2.4). Certainties stay certain.
    """
    if p_female <= 0.0 or p_female >= 1.0:
        return p_female
    odds = p_female / (1 - p_female) * (share / (1 - share)) / (base / (1 - base))
    return 1.0 if math.isinf(odds) else odds / (1 + odds)


def add_names(
    p_female: float, whole: float, others: Iterable[tuple[float, float]], parameters: Parameters
) -> float:
    """Return P(female) of somebody with several given names, p_female being that of one of them.

    whole is what the spelling of all together says, others p_female and bearers of the other ones.
    Log-odds add up as if names were chosen independently (naive Bayes; Duda, Hart, Stork 2001,
    2.12), but for the weights of parameters, since they are not; a name of few bearers counts less.
    """
    # Long spellings are many n-grams, and their log-odds larger than anybody should believe.
    spelled = min(max(log_odds(whole), -MOST_WHOLE), MOST_WHOLE)
    odds = log_odds(p_female) + parameters.weight_whole * spelled
    for other, count in others:
        trust = count / (count + parameters.strength_others)
        odds += parameters.weight_others * trust * log_odds(other)
    return share(odds)


def moved(p_female: float, odds: float) -> float:
    """Return P(female) with its log-odds moved by odds."""
    return share(log_odds(p_female) + odds)


def trusted(p_female: float, trust: float) -> float:
    """Return P(female) with its log-odds multiplied by trust, from 0 (even) to 1 (unchanged)."""
    return share(trust * log_odds(p_female))


def share(odds: float) -> float:
    """Return 1 / (1 + exp(-odds))."""
    return 1 / (1 + math.exp(-odds))


def log_odds(p: float) -> float:
    """Return log(p / (1 - p)), with p held inside [1e-6, 1 - 1e-6]."""
    held = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(held / (1 - held))
