"""Assemble a model from evidence, origins and pattern."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..evidence import ByCountry, Evidence, Table
from ..features import country_codes, hash_keys
from ..model import Model, Parameters
from ..origins import Origins
from ..pattern import PatternModel

# A country in which so many people are counted has the whole strength_country: where sources count
# fewer, each person counted stands for more. docs/decisions/0011-how-a-person-is-judged.md has the
# measurements.
MANY_COUNTED = 30_000
LEAST_OF_STRENGTH = 0.25
# The weight of a country's list of family names is this power of its length, and less for short
# lists: long lists cover many people, short ones have a few well-known names with high shares.
# On the development people, powers of 0.2 to 0.5 do not differ significantly.
LIST_POWER = 0.35
LONG_ENOUGH = 300
# The weight, on the same scale, of bearers in countries without a list.
ELSEWHERE = 5e-5
LEAST_SHARE = 0.02


def shrink(
    female: npt.NDArray[np.float64],
    male: npt.NDArray[np.float64],
    prior: npt.NDArray[np.float64],
    strength: float | npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return the share of women among the bearers counted, shrunk towards a prior, shape (n,).

    strength is one number, or one for each.

    (female + k * prior) / (female + male + k): the mean of a Beta posterior whose prior counts as
    much as k = strength bearers (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.4).
    """
    return (female + strength * prior) / (female + male + strength)


def build_evidence(
    transformed: pa.Table, pattern: PatternModel, parameters: Parameters
) -> Evidence:
    """Return evidence from the dataset transformed, each probability shrunk towards its prior.

    The prior of a key is the pattern model's estimate, or even odds for one in another script than
    Latin; in a country it is P(female) worldwide.
    """
    world = transformed.filter(pc.is_null(transformed["country"])).sort_by("key")
    keys = world["key"].to_pylist()
    female, male = world["female"].to_numpy(), world["male"].to_numpy()
    prior = np.full(len(keys), 0.5)
    spelled = np.flatnonzero([key.isascii() for key in keys])
    prior[spelled] = pattern.p_female([keys[at] for at in spelled])
    p_world = shrink(female, male, prior, parameters.strength)
    at = dict(zip(keys, range(len(keys)), strict=True))

    local = transformed.filter(pc.is_valid(transformed["country"]))
    local = local.sort_by([("key", "ascending"), ("country", "ascending")])
    local_keys = local["key"].to_pylist()
    everywhere = p_world[[at[key] for key in local_keys]] if local_keys else np.zeros(0)
    female_c, male_c = local["female"].to_numpy(), local["male"].to_numpy()
    strength = parameters.strength_country * _share_of_strength(local)
    p_country = shrink(female_c, male_c, everywhere, strength)
    table = Table.build(hash_keys(keys), p_world, female + male, world["sources"].to_numpy())
    positions = table.positions_of(hash_keys(local_keys))
    codes = country_codes(local["country"].to_pylist())
    return Evidence(table, ByCountry.build(table.p_female, positions, codes, p_country))


def _share_of_strength(local: pa.Table) -> npt.NDArray[np.float64]:
    """Return the share of strength_country for the evidence on each name in a country, (n,).

    It is divided by the number of sources, as sources that agree are more than their bearers.
    """
    _, country = np.unique(local["country"].to_numpy(), return_inverse=True)
    bearers = local["female"].to_numpy() + local["male"].to_numpy()
    counted = np.bincount(country, bearers)[country]
    sources = local["sources"].to_numpy()
    share: npt.NDArray[np.float64] = np.clip(counted / MANY_COUNTED, LEAST_OF_STRENGTH, 1) / sources
    return share


def build_origins(origins: pa.Table) -> Origins:
    """Return P(country | family name) from the dataset origins: key, country, bearers.

    By Bayes' rule: the share of a country's bearers who have the name, times the country's prior,
    which is the number of its listed names ** LIST_POWER. Shares below LEAST_SHARE are left out.
    """
    if not len(origins):
        return Origins()
    names = hash_keys(origins["key"].to_pylist())
    codes = country_codes(origins["country"].to_pylist())
    bearers = origins["bearers"].to_numpy()
    _, country = np.unique(codes, return_inverse=True)
    listed, total = np.bincount(country), np.bincount(country, bearers)
    prior = listed**LIST_POWER * np.minimum(1.0, listed / LONG_ENOUGH)
    weight = bearers / total[country] * prior[country]
    unique, name = np.unique(names, return_inverse=True)
    shares = weight / (np.bincount(name, weight) + ELSEWHERE)[name]
    kept = np.flatnonzero(shares >= LEAST_SHARE)
    order = kept[np.lexsort((codes[kept], name[kept]))]
    counts = np.bincount(name[order], minlength=len(unique))
    return Origins(
        unique,
        np.concatenate(([0], np.cumsum(counts))).astype(np.uint32),
        codes[order],
        shares[order].astype(np.float32),
        np.bincount(name, bearers).astype(np.float32),
    )


def assemble(
    transformed: pa.Table,
    pattern: PatternModel,
    parameters: Parameters,
    *,
    data_version: str,
    origins: pa.Table | None = None,
    metrics: dict[str, Any] | None = None,
) -> Model:
    """Return the model of this evidence and pattern, with origins if they are given."""
    return Model(
        build_evidence(transformed, pattern, parameters),
        pattern,
        parameters,
        origins=Origins() if origins is None else build_origins(origins),
        data_version=data_version,
        metrics=metrics,
    )
