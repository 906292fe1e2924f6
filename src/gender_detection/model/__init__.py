"""Evidence and pattern together: a model that answers persons with predictions."""

from .baselines import Baseline
from .model import Model
from .parameters import Parameters
from .prediction import EvidenceSummary, Person, Prediction

__all__ = ["Baseline", "EvidenceSummary", "Model", "Parameters", "Person", "Prediction"]
