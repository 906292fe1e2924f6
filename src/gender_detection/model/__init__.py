"""Evidence and pattern together: a model that answers persons with predictions."""

from .model import Model
from .parameters import Parameters
from .prediction import EvidenceSummary, Person, Prediction

__all__ = ["EvidenceSummary", "Model", "Parameters", "Person", "Prediction"]
