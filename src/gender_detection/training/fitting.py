"""Fit the pattern model, and calibrate it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from ..features import NGrams
from ..features.odds import sigmoids
from ..pattern import PatternModel
from .vectors import Floats, Vectors

# p(1 - p), the second derivative of the logistic loss, of a typical spelling.
TYPICAL_VARIANCE = 0.15


class _Objective:
    """The loss and its gradient, for weights scaled by the square root of the loss's curvature."""

    def __init__(self, rows: Vectors, columns: int, l2: float) -> None:
        ones = np.ones(len(rows.indices), np.float32)
        shape = (len(rows.keys), columns)
        self.rows, self.l2, self.total = rows, l2, rows.weight.sum()
        self.matrix = sparse.csr_matrix((ones, rows.indices, rows.offsets), shape)
        self.transposed = self.matrix.T.tocsr()
        curvature = TYPICAL_VARIANCE * (self.transposed @ rows.weight.astype(np.float32)) + l2
        self.scale = np.sqrt(np.append(curvature, TYPICAL_VARIANCE * self.total))

    def __call__(self, scaled: Floats) -> tuple[float, Floats]:
        rows, at = self.rows, scaled / self.scale
        weights, bias = at[:-1], at[-1]
        score = self.matrix @ weights.astype(np.float32) + bias
        entropy = rows.weight @ (np.logaddexp(0, score) - rows.p_female * score)
        error = rows.weight * (sigmoids(score) - rows.p_female)
        sums = self.transposed @ error.astype(np.float32)
        gradient = np.append(sums + self.l2 * weights, error.sum()) / self.scale
        return (entropy + self.l2 / 2 * (weights @ weights)) / self.total, gradient / self.total


def fit_pattern(
    rows: Vectors,
    ngrams: NGrams,
    *,
    l2: float = 5.0,
    iterations: int = 14,
    progress: Callable[[int, float], None] | None = None,
) -> PatternModel:
    """Return a pattern model fitted to rows, not yet calibrated.

    Minimises the weighted cross-entropy of p_female plus l2 / 2 * |weights|² with L-BFGS (Liu,
    Nocedal 1989). progress is called with the iteration and the loss (nats, weighted mean). Weights
    are scaled by the square root of the loss's curvature, so that rare n-grams are learnt as fast
    as common ones; without that, ten times the iterations reach a higher loss
    (docs/decisions/0006-pattern-model.md).
    """
    objective = _Objective(rows, 2**ngrams.bits, l2)
    steps: Iterator[int] = iter(range(1, iterations + 1))

    def report(intermediate_result: optimize.OptimizeResult) -> None:
        if progress:
            progress(next(steps, iterations), float(intermediate_result.fun))

    # Weights are scaled, so the usual tolerances do not apply: iterations decide when to stop.
    options = {"maxiter": iterations, "maxcor": 8, "gtol": 1e-12, "ftol": 1e-9}
    start = np.zeros(2**ngrams.bits + 1)
    found = optimize.minimize(
        objective, start, jac=True, method="L-BFGS-B", callback=report, options=options
    )
    weights = found.x / objective.scale
    return PatternModel(ngrams, weights[:-1].astype(np.float16), float(weights[-1]))


def calibrate(pattern: PatternModel, rows: Vectors, *, min_count: float = 5.0) -> PatternModel:
    """Return pattern with slope and intercept fitted to rows that are not in its training split.

    Platt scaling (Platt 1999) on the gender of most bearers. Every key counts once, so that a
    probability is the share of spellings with the right gender. Keys with fewer than min_count
    bearers, or as many women as men, are left out, because their majority is due to chance.
    """
    kept = (rows.counts >= min_count) & (rows.p_female != 0.5)
    if not kept.any():
        kept[:] = True
    score = pattern.raw_scores(rows.indices, rows.offsets)[kept]
    target = np.where(rows.p_female[kept] == 0.5, 0.5, rows.p_female[kept] > 0.5)

    def loss(at: Floats) -> tuple[float, Floats]:
        z = at[0] * score + at[1]
        error = sigmoids(z) - target
        entropy = (np.logaddexp(0, z) - target * z).mean()
        return entropy, np.array([error @ score, error.sum()]) / len(z)

    found = optimize.minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B")
    return replace(pattern, slope=float(found.x[0]), intercept=float(found.x[1]))


def evaluation_pairs(
    pattern: PatternModel, rows: Vectors, *, min_count: float
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the pattern model's P(female) of keys, and whether most of their bearers are women.

    Both are of shape (m,), for keys with at least min_count bearers that are not half women.
    """
    kept = np.flatnonzero((rows.counts >= min_count) & (rows.p_female != 0.5))
    keys = [rows.keys[at] for at in kept]
    return pattern.p_female(keys).astype(np.float64), rows.p_female[kept] > 0.5
