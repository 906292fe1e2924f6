"""Estimate the share of women in a group from the probabilities of its people.

The probabilities are calibrated for a population in which the share of women is base. In a group
with another share s they are biased towards base (prior-probability shift), and so is their mean.
The distribution of names among women, and among men, stays the same: the likelihood of s is

    L(s) = prod_i [s * p_i / base + (1 - s) * (1 - p_i) / (1 - base)]

and its maximum the fixed point of Saerens, Latinne & Decaestecker, Adjusting the outputs of a
classifier to new a priori probabilities, Neural Computation 14 (2002) 21-41. L is multiplied by
Jeffreys' prior of a binomial share, Beta(1/2, 1/2), which is flat in the angle asin(sqrt(s)). The
result is the quantiles of this posterior. If all names were certain, these would be the interval of
Brown, Cai & DasGupta, Interval estimation for a binomial proportion, Statistical Science 16 (2001)
101-133, with a bound of 0 or 1 if the likelihood is highest there (section 4.1.1).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer]

QUANTILES = (0.025, 0.5, 0.975)
# Probabilities are counted by level, so that memory does not depend on the size of a group. Levels
# are evenly spaced in angle: 0.003 apart in the middle, and closer than 0.0001 at the ends.
LEVELS = 513
POINTS = 129  # in a grid of angles
ZOOMS = 3  # grids, each over the relevant part of the one before: enough for 10^9 people
# Points whose likelihood is below exp(-20) of the maximum are ignored.
DROP = 20.0
CELLS_AT_ONCE = 8192

_LEAST = 1e-4
_P_FEMALE = np.clip(np.sin(np.linspace(0, np.pi / 2, LEVELS)) ** 2, _LEAST, 1 - _LEAST)


def levels_of(p_female: Floats) -> npt.NDArray[np.intp]:
    """Return the level of each probability, from 0 to LEVELS - 1; none may be NaN."""
    angles = np.arcsin(np.sqrt(p_female))
    return np.rint(angles * ((LEVELS - 1) * 2 / np.pi)).astype(np.intp)


def most_alike(counts: Ints) -> int:
    """Return how many people have the most frequent probability from 0.1 to 0.9, given the people
    of a group by level, of shape (LEVELS,)."""
    return int(counts[(_P_FEMALE >= 0.1) & (_P_FEMALE <= 0.9)].max())


def shares_of_women(counts: Ints, base: float) -> Floats:
    """Return low, middle and high of the share of women in each group, of shape (groups, 3).

    counts, of shape (groups, LEVELS), are the people of each group by level; base is the share that
    their probabilities are calibrated for. Low and high bound the central 95 % of the posterior;
    the middle is its median. NaN for a group without people.
    """
    shares = np.full((len(counts), len(QUANTILES)), np.nan)
    sizes = np.count_nonzero(counts, axis=1)
    present = np.flatnonzero(sizes)
    # The groups of one piece are computed together.
    pieces = np.cumsum(sizes[present]) // CELLS_AT_ONCE
    for groups in np.split(present, np.flatnonzero(np.diff(pieces)) + 1):
        rows, levels = np.nonzero(counts[groups])
        weights = counts[groups[rows], levels].astype(np.float64)
        shares[groups] = _quantiles(_Names(weights, _P_FEMALE[levels], rows), base)
    return shares


class _Names:
    """The people of some groups: weights are how many have a probability; groups are ascending
    numbers from 0 on, without gaps. All are of shape (cells,)."""

    def __init__(self, weights: Floats, p_female: Floats, groups: Ints) -> None:
        self.weights, self.p_female, self.groups = weights, p_female, groups
        self.starts = np.flatnonzero(np.diff(groups, prepend=-1))

    def log_likelihood(self, shares: Floats, base: float) -> Floats:
        """Return the log-likelihood of each group's shares; both of shape (groups, points)."""
        women = (self.p_female / base)[:, None]
        men = ((1 - self.p_female) / (1 - base))[:, None]
        likelihood = men + (women - men) * shares[self.groups]
        return np.add.reduceat(self.weights[:, None] * np.log(likelihood), self.starts, axis=0)


def _quantiles(names: _Names, base: float) -> Floats:
    left, right = np.zeros(len(names.starts)), np.full(len(names.starts), np.pi / 2)
    rows = np.arange(len(names.starts))
    for zoom in range(ZOOMS):
        angles = np.linspace(left, right, POINTS, axis=1)
        height = names.log_likelihood(np.sin(angles) ** 2, base)
        height -= height.max(axis=1, keepdims=True)
        if zoom < ZOOMS - 1:
            is_relevant = height > -DROP
            first = is_relevant.argmax(axis=1)
            last = POINTS - 1 - is_relevant[:, ::-1].argmax(axis=1)
            left = angles[rows, np.maximum(first - 1, 0)]
            right = angles[rows, np.minimum(last + 1, POINTS - 1)]
    shares = np.sin(_crossings(angles, np.exp(height))) ** 2
    shares[(left == 0) & _falling(height), 0] = 0.0
    shares[(right == np.pi / 2) & _falling(height[:, ::-1]), -1] = 1.0
    return shares


def _falling(height: Floats) -> npt.NDArray[np.bool_]:
    """Return in which rows the first point is the highest, by more than a rounding error."""
    falling: npt.NDArray[np.bool_] = (height[:, 0] == 0) & (height[:, 1] < -1e-9)
    return falling


def _crossings(angles: Floats, density: Floats) -> Floats:
    """Return where the integral of each row's density passes each quantile: (groups, quantiles)."""
    mass = np.zeros_like(density)
    np.cumsum(density[:, 1:] + density[:, :-1], axis=1, out=mass[:, 1:])
    mass /= mass[:, -1:]
    rows = np.arange(len(mass))
    crossings = []
    for quantile in QUANTILES:
        after = np.clip((mass < quantile).sum(axis=1), 1, POINTS - 1)
        below, above = mass[rows, after - 1], mass[rows, after]
        part = (quantile - below) / (above - below)
        start = angles[rows, after - 1]
        crossings.append(start + part * (angles[rows, after] - start))
    return np.stack(crossings, axis=1)
