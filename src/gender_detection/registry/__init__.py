"""Runs and model versions in MLflow.

The registered model has a loader module instead of a pickle: MLflow stores the artifact folder
itself, and loading it runs only code of this package.

Listing, fetching and promoting versions needs only mlflow-skinny. The modules runs and pyfunc need
all of MLflow, with pandas, and are imported only for training and for the python_function flavour.

MLflow would tell its makers how it is used, from its import on. So this package switches that off
before it imports MLflow, unless the variable MLFLOW_DISABLE_TELEMETRY says otherwise.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from ..model import Model
from .versions import CHALLENGER, CHAMPION, Registry, Version, limit_waiting

if TYPE_CHECKING:
    from .pyfunc import PyFunc

__all__ = ["CHALLENGER", "CHAMPION", "Registry", "Version", "limit_waiting"]


def _load_pyfunc(data_path: str) -> "PyFunc":
    """Return the model in the python_function flavour; called by MLflow."""
    from .pyfunc import PyFunc  # needs all of MLflow, and pandas

    return PyFunc(Model.load(Path(data_path)))
