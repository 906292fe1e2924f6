"""The parameters of a model, and the part of the manifest that it is made of."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from ..features import NGrams
from .baselines import Baseline


@dataclass(frozen=True)
class Parameters:
    """The parameters that are not arrays. Raise ValueError where one is out of its range.

    threshold         the probability below which the gender is unknown
    p_title           probability that a gendered title agrees with the person's gender
    min_count         bearers from which a longer key (maryann) is preferred to its parts (mary)
    base_share        share of women in the population that probabilities are calibrated for
    strength          weight of the pattern's estimate beside worldwide evidence, in bearers
    strength_country  weight of the worldwide estimate beside one source's evidence in a country in
                      which many people are counted, in bearers
    trust_unseen      factor of the log-odds of a spelling that no source has: such names are from
                      languages with less data than those of the names that training holds out
    weight_others     factor of the log-odds of further given names
    weight_whole      factor of the log-odds of the spelling of all given names together, where no
                      source has them as one name
    weight_family     log-odds of a family name's female or male form (Ivanova, Ivanov)
    strength_others   bearers from which a further given name counts half of weight_others
    """

    threshold: float = 0.8
    p_title: float = 0.99
    min_count: float = 1.0
    base_share: float = 0.5
    strength: float = 0.5
    strength_country: float = 1.0
    trust_unseen: float = 0.7
    weight_others: float = 0.6
    weight_whole: float = 0.3
    weight_family: float = 3.0
    strength_others: float = 10.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        checks = {
            "threshold must be from 0.5 to 1": 0.5 <= self.threshold <= 1,
            "p_title must be from 0.5 to 1": 0.5 <= self.p_title <= 1,
            "min_count must be 0 or more": 0 <= self.min_count < math.inf,
            "base_share must be between 0 and 1": 0 < self.base_share < 1,
            "strength must be above 0": 0 < self.strength < math.inf,
            "strength_country must be above 0": 0 < self.strength_country < math.inf,
            "trust_unseen must be from 0 to 1": 0 <= self.trust_unseen <= 1,
            "weight_others must be from 0 to 1": 0 <= self.weight_others <= 1,
            "weight_whole must be from 0 to 1": 0 <= self.weight_whole <= 1,
            "weight_family must be 0 or more": 0 <= self.weight_family < math.inf,
            "strength_others must be above 0": 0 < self.strength_others < math.inf,
        }
        for rule, holds in checks.items():
            if not holds:
                raise ValueError(rule)


class PatternFacts(msgspec.Struct, frozen=True):
    """The manifest's facts about the pattern model (gender_detection.pattern)."""

    ngrams: NGrams
    bias: float
    slope: float
    intercept: float

    def as_arguments(self) -> dict[str, Any]:
        """Return the arguments of PatternModel except the weights."""
        return msgspec.structs.asdict(self)


class Manifest(msgspec.Struct, frozen=True):
    """The part of the manifest that a model is made of."""

    name: str
    data_version: str
    parameters: Parameters
    pattern: PatternFacts
    metrics: dict[str, Any]
    # By source; older artifacts do not have it.
    drift: dict[str, Baseline] = {}

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        pattern = msgspec.structs.asdict(self.pattern)
        return {
            "name": self.name,
            "data_version": self.data_version,
            "parameters": asdict(self.parameters),
            "pattern": {**pattern, "ngrams": asdict(self.pattern.ngrams)},
            "metrics": self.metrics,
            "drift": msgspec.to_builtins(self.drift),
        }
