"""Fit the pattern model, calibrate it, and assemble a model from evidence and pattern."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import optimize, sparse

from .errors import DatasetError
from .evidence import Evidence, Table
from .features import NGrams, hash_keys, hash_with_country
from .model import Model, Parameters
from .model.combination import shrink
from .pattern import PatternModel, sigmoid

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Vectors:
    """Training rows of one split: keys, p_female, weight (n,), n-grams in compressed row form."""

    keys: list[str]
    p_female: Floats
    weight: Floats
    indices: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]

    @classmethod
    def of_split(cls, table: pa.Table, split: str) -> "Vectors":
        """Return the rows of a split of the dataset vectors, sorted by key."""
        rows = table.filter(pc.equal(table["split"], split)).sort_by("key").combine_chunks()
        if not len(rows):
            raise DatasetError(f"the dataset vectors has no rows of split {split}: too few names")
        lists = rows["indices"].combine_chunks()
        offsets = np.concatenate(([0], np.cumsum(pc.list_value_length(lists).to_numpy())))
        return cls(
            rows["key"].to_pylist(),
            rows["p_female"].to_numpy(),
            rows["weight"].to_numpy(),
            lists.flatten().to_numpy(zero_copy_only=False).astype(np.int32),
            offsets.astype(np.int64),
        )

    @property
    def counts(self) -> Floats:
        """Bearers counted for each key, float64 (n,), capped where the weight is."""
        return self.weight**2


def fit_pattern(
    rows: Vectors,
    ngrams: NGrams,
    *,
    l2: float = 3.0,
    iterations: int = 100,
    progress: Callable[[int, float], None] | None = None,
) -> PatternModel:
    """Return a pattern model fitted to rows, not yet calibrated.

    Minimises the weighted cross-entropy of p_female plus l2 / 2 * |weights|² with L-BFGS (Liu,
    Nocedal 1989); progress is told the iteration and the loss (nats, weighted mean).
    """
    ones = np.ones(len(rows.indices), np.float32)
    shape = (len(rows.keys), 2**ngrams.bits)
    matrix = sparse.csr_matrix((ones, rows.indices, rows.offsets), shape)
    transposed = matrix.T.tocsr()
    total = rows.weight.sum()

    def loss(at: Floats) -> tuple[float, Floats]:
        weights, bias = at[:-1], at[-1]
        score = matrix @ weights.astype(np.float32) + bias
        entropy = rows.weight @ (np.logaddexp(0, score) - rows.p_female * score)
        error = rows.weight * (sigmoid(score) - rows.p_female)
        gradient = np.append(transposed @ error.astype(np.float32) + l2 * weights, error.sum())
        return (entropy + l2 / 2 * (weights @ weights)) / total, gradient / total

    steps = iter(range(1, iterations + 1))

    def tell(intermediate_result: optimize.OptimizeResult) -> None:
        if progress:
            progress(next(steps, iterations), float(intermediate_result.fun))

    start = np.zeros(shape[1] + 1)
    options = {"maxiter": iterations, "maxcor": 8}
    found = optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", callback=tell, options=options
    )
    return PatternModel(ngrams, found.x[:-1].astype(np.float32), float(found.x[-1]))


def calibrate(pattern: PatternModel, rows: Vectors, *, min_count: float = 5.0) -> PatternModel:
    """Return pattern with slope and intercept fitted to rows that its weights never saw.

    Platt scaling (Platt 1999) on soft labels; keys below min_count bearers are left out, their own
    share being too uncertain to calibrate by.
    """
    kept = rows.counts >= min_count
    if not kept.any():
        kept[:] = True
    score = pattern.raw_scores(rows.indices, rows.offsets)[kept]
    target, weight = rows.p_female[kept], np.minimum(rows.weight[kept], 10.0)

    def loss(at: Floats) -> tuple[float, Floats]:
        z = at[0] * score + at[1]
        error = weight * (sigmoid(z) - target)
        entropy = weight @ (np.logaddexp(0, z) - target * z)
        return entropy / weight.sum(), np.array([error @ score, error.sum()]) / weight.sum()

    found = optimize.minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B")
    return replace(pattern, slope=float(found.x[0]), intercept=float(found.x[1]))


def build_evidence(
    transformed: pa.Table, pattern: PatternModel, parameters: Parameters
) -> Evidence:
    """Return evidence from the dataset transformed, each probability drawn towards its prior.

    A key's prior is what its spelling says; a country's is what the world says of the key.
    """
    world = transformed.filter(pc.is_null(transformed["country"])).sort_by("key")
    keys = world["key"].to_pylist()
    female, male = world["female"].to_numpy(), world["male"].to_numpy()
    spelled = pattern.p_female(keys).astype(np.float64)
    p_world = shrink(female, male, spelled, parameters.strength)
    at = dict(zip(keys, range(len(keys)), strict=True))

    local = transformed.filter(pc.is_valid(transformed["country"]))
    local = local.sort_by([("key", "ascending"), ("country", "ascending")])
    local_keys = local["key"].to_pylist()
    prior = p_world[[at[key] for key in local_keys]] if local_keys else np.zeros(0)
    female_c, male_c = local["female"].to_numpy(), local["male"].to_numpy()
    p_country = shrink(female_c, male_c, prior, parameters.strength_country)
    hashes = hash_keys(local_keys)
    if local_keys:
        hashes = hash_with_country(hashes, local["country"].to_pylist())
    return Evidence(
        Table.build(hash_keys(keys), p_world, female + male, world["sources"].to_numpy()),
        Table.build(hashes, p_country, female_c + male_c, local["sources"].to_numpy()),
    )


def assemble(
    transformed: pa.Table,
    pattern: PatternModel,
    parameters: Parameters,
    *,
    data_version: str,
    metrics: dict[str, Any] | None = None,
) -> Model:
    """Return the model of this evidence and pattern."""
    evidence = build_evidence(transformed, pattern, parameters)
    return Model(evidence, pattern, parameters, data_version=data_version, metrics=metrics)


def judged(
    pattern: PatternModel, rows: Vectors, *, min_count: float
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return what the spelling says of keys, and whether most of their bearers are women.

    Both of shape (m,), for the keys with at least min_count bearers that are not split evenly.
    """
    kept = np.flatnonzero((rows.counts >= min_count) & (rows.p_female != 0.5))
    keys = [rows.keys[at] for at in kept]
    return pattern.p_female(keys).astype(np.float64), rows.p_female[kept] > 0.5
