"""A model that estimates how names are gendered, from evidence and from their spelling."""

from .answers import EvidenceSummary, Person, Prediction
from .baselines import Baseline
from .explanation import ExplainedPrediction, Explanation
from .model import Model
from .parameters import Parameters

__all__ = [
    "Baseline",
    "EvidenceSummary",
    "ExplainedPrediction",
    "Explanation",
    "Model",
    "Parameters",
    "Person",
    "Prediction",
]
