"""One training of the model, in steps that keep what they made in a folder.

The DAG model_training runs each step as a task (python -m gender_detection.trainer, and then
gender_detection.release), and then the notebook, which shows them. Executed by hand, the notebook
runs the steps itself: a step whose result is kept is not repeated.
docs/decisions/0046-training-dag.md has the reasons.
"""

from .choices import Choices
from .training import Training

__all__ = ["Choices", "Training"]
