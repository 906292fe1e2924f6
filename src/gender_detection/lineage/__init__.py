"""Where a version of the model comes from, and what changed between two versions.

record has what is known of a version: what its artifact says, and what the registry says of the run
that trained it. document and text show it; changes compares two records, answers two models. None
of these needs MLflow: registry.lineage reads the part of a record that only MLflow has.
"""

from .record import Lineage, TrainingRun, of_artifact

__all__ = ["Lineage", "TrainingRun", "of_artifact"]
