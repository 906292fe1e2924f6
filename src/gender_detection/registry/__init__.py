"""Runs and model versions in MLflow. The only package that imports it.

The registered model wraps the artifact folder by a loader module, not by a pickle: what MLflow
stores is the folder itself, and loading it runs no code but this package's.

Versions are listed, fetched and promoted with mlflow-skinny alone; all of MLflow, with pandas, is
imported where it is needed: by runs that train, and by the python_function flavour.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from ..model import Model
from .versions import CHAMPION, Registry, Version, limit_waiting

if TYPE_CHECKING:
    from .pyfunc import PyFunc

__all__ = ["CHAMPION", "Registry", "Version", "limit_waiting"]


def _load_pyfunc(data_path: str) -> "PyFunc":
    """Return the model for MLflow's python_function flavour; called by MLflow."""
    from .pyfunc import PyFunc

    return PyFunc(Model.load(Path(data_path)))
