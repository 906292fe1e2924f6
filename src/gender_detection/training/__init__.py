"""Fit the pattern model, calibrate it, and assemble a model from evidence and pattern.

draw_people draws the names that the model is then compared with in service.
"""

from .assembling import assemble, build_evidence, build_origins
from .drawing import DRAWN_FROM, draw_people
from .fitting import calibrate, fit_pattern, judged
from .vectors import Vectors

__all__ = [
    "DRAWN_FROM",
    "Vectors",
    "assemble",
    "build_evidence",
    "build_origins",
    "calibrate",
    "draw_people",
    "fit_pattern",
    "judged",
]
