"""The model that the commands answer with: the served one, with the user's own corrections."""

import argparse
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..config import Settings
from ..model import Model, store
from ..scoring.correction_table import corrected
from .registered import chosen_model

SHOWN_ROWS = 10


def add_corrections(command: argparse.ArgumentParser) -> None:
    """Add the option for a user's own corrections."""
    command.add_argument(
        "--corrections",
        type=Path,
        metavar="FILE",
        help="table of names with the gender (female, male or unknown) or p_female to answer them "
        "with, whatever the sources say; with a country, of people there",
    )


def add_model(command: argparse.ArgumentParser) -> None:
    """Add the option for another model than the served one."""
    command.add_argument(
        "--model",
        metavar="VERSION",
        help="version to use instead of the served one: its number or alias in the registry, the "
        "data version that it was trained on, models:/NAME/VERSION, models:/NAME@ALIAS, or a "
        "folder of models",
    )


def served_model(arguments: argparse.Namespace, settings: Settings) -> Model:
    """Return the served model, which may be pinned, or the one of the option of add_model.

    It has the corrections of the option of add_corrections, else of the settings. Raise
    InvalidInput if they cannot be used, ModelNotFound or ArtifactError without an intact model.
    """
    if arguments.model is not None:
        model = chosen_model(arguments.model, settings)
    else:
        served = store.served(Path(settings.model_dir), settings.model_uri)
        model = Model.load(served, settings.model_sha256)
    path = corrections_file(arguments, settings)
    if path is None:
        return model
    return corrected(model, path, family_name_first=arguments.family_name_first)


def corrections_file(arguments: argparse.Namespace, settings: Settings) -> Path | None:
    """Return the file of corrections, None without one."""
    own: Path | None = arguments.corrections
    return own or (Path(settings.corrections) if settings.corrections else None)


def print_unused(path: Path, model: Model, used: npt.NDArray[np.uint8]) -> None:
    """Print a note if some corrections have answered no row; used is as in Corrections."""
    unused = model.corrections.rows[used == 0]
    if len(unused):
        shown = ", ".join(map(str, sorted(unused.tolist())[:SHOWN_ROWS]))
        more = ", …" if len(unused) > SHOWN_ROWS else ""
        which = "row" if len(unused) == 1 else "rows"
        print(
            f"note: {len(unused):,} of {len(used):,} corrections were not needed: {which} {shown}"
            f"{more} of {path}",
            file=sys.stderr,
        )
