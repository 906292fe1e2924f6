"""What training settles besides the arrays, and how the manifest says it."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from ..features import NGrams
from .baselines import Baseline


@dataclass(frozen=True)
class Parameters:
    """What training settled besides the arrays; ValueError where a value is out of its range.

    threshold      answer only where the likelier gender has at least this probability
    p_title        probability that a gendered title agrees with its bearer's gender
    min_count      bearers from which a longer key (maryann) decides before its parts (mary)
    base_share     share of women in the population that the probabilities are calibrated for
    strength       bearers that the pattern's estimate counts for beside the world's evidence
    strength_country  bearers that the world's estimate counts for beside a country's evidence
    trust_unseen     what the log-odds of a spelling count where no source knows the name: it comes
                     from a language less known than those of the names that training holds out
    weight_others    what the log-odds of a second given name count beside the first's
    weight_whole     the same for the spelling of all together, where no source knows the whole
    weight_family    log-odds of the form of a family name that women or men bear (Ivanova, Ivanov)
    strength_others  bearers from which a second given name counts half of that
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
    weight_family: float = 2.0
    strength_others: float = 10.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        checks = {
            "threshold is not in [0.5, 1]": 0.5 <= self.threshold <= 1,
            "p_title is not in [0.5, 1]": 0.5 <= self.p_title <= 1,
            "min_count is not a count": 0 <= self.min_count < math.inf,
            "base_share is not between 0 and 1": 0 < self.base_share < 1,
            "strength is not above 0": 0 < self.strength < math.inf,
            "strength_country is not above 0": 0 < self.strength_country < math.inf,
            "trust_unseen is not in [0, 1]": 0 <= self.trust_unseen <= 1,
            "weight_others is not in [0, 1]": 0 <= self.weight_others <= 1,
            "weight_whole is not in [0, 1]": 0 <= self.weight_whole <= 1,
            "weight_family is not log-odds": 0 <= self.weight_family < math.inf,
            "strength_others is not above 0": 0 < self.strength_others < math.inf,
        }
        for fault, holds in checks.items():
            if not holds:
                raise ValueError(fault)


class PatternFacts(msgspec.Struct, frozen=True):
    """What the manifest says of the pattern model (gender_detection.pattern)."""

    ngrams: NGrams
    bias: float
    slope: float
    intercept: float

    def as_arguments(self) -> dict[str, Any]:
        """Return the arguments of PatternModel but for the weights."""
        return msgspec.structs.asdict(self)


class Manifest(msgspec.Struct, frozen=True):
    """The part of the manifest that a model is made of."""

    name: str
    data_version: str
    parameters: Parameters
    pattern: PatternFacts
    metrics: dict[str, Any]
    # By source; artifacts made before there were any lack it.
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
