"""What follows a training: registered, judged by the gate, and published if it passes.

Apart from gender_detection.trainer, as it needs MLflow, which takes seconds to import.
"""

from .release import Registered, Release

__all__ = ["Registered", "Release"]
