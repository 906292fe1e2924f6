"""How evidence, spelling and prior become one probability."""

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


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
