"""Everything that needs PySpark: scoring, sessions, versioned datasets, gates, the stages."""

from .scoring import score
from .tally import Tally

__all__ = ["Tally", "score"]
