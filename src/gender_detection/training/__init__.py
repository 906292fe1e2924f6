"""Fit the pattern model, calibrate it, and assemble a model from evidence and pattern."""

from .assembling import assemble, build_evidence, build_origins
from .fitting import calibrate, fit_pattern, judged
from .vectors import Vectors

__all__ = [
    "Vectors",
    "assemble",
    "build_evidence",
    "build_origins",
    "calibrate",
    "fit_pattern",
    "judged",
]
