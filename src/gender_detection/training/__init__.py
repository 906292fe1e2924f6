"""Fit the pattern model, calibrate it, and assemble a model from evidence and pattern.

sample_people draws people for the baseline of drift.
"""

from .assembling import assemble, build_evidence, build_origins
from .fitting import calibrate, evaluation_pairs, fit_pattern
from .sampling import DRAWN_FROM, sample_people
from .vectors import Vectors

__all__ = [
    "DRAWN_FROM",
    "Vectors",
    "assemble",
    "build_evidence",
    "build_origins",
    "calibrate",
    "evaluation_pairs",
    "fit_pattern",
    "sample_people",
]
