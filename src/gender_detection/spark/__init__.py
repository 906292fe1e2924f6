"""Everything that needs PySpark: scoring, sessions, versioned datasets, quality gates, stages."""

from .answer_accumulator import AnswerAccumulator
from .scoring import score

__all__ = ["AnswerAccumulator", "score"]
