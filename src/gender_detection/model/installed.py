"""The model that is installed as a Python package of its own, as `make package` makes it.

Such a package has an entry point in GROUP, which names a function of no arguments that returns the
folder of the artifact: plain files, because arrays are memory-mapped. What it is called is its own
affair (docs/decisions/0041-packages.md).
"""

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from ..config import PREFIX
from ..errors import ModelNotFound

GROUP = "gender_detection.models"
PACKAGE = "gender-detection-model"
# By its file, never by its name alone: an index of packages that is asked for it may have another.
COMMAND = "pip install gender_detection_model-*.whl"


def folder() -> Path | None:
    """Return the folder of the installed artifact, None if no package has one.

    Raise ModelNotFound if several packages have one, or the only one cannot be imported.
    """
    found = sorted(entry_points(group=GROUP), key=_package)
    if not found:
        return None
    if len(found) > 1:
        raise ModelNotFound(
            f"several model packages are installed ({', '.join(map(_package, found))}): uninstall "
            f"all but one, or set {PREFIX}MODEL_URI to the folder of the model to use"
        )
    try:
        return Path(found[0].load()())
    except (ImportError, AttributeError, TypeError) as err:
        raise ModelNotFound(
            f"the model package {_package(found[0])} cannot be used ({type(err).__name__}: {err}): "
            "install it again"
        ) from err


def _package(entry: EntryPoint) -> str:
    """Return the name of the distribution that an entry point is in."""
    return entry.dist.name if entry.dist else entry.value
