"""gender-detection evaluate --register: keep the figures of a file with a version."""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import PREFIX, Settings
from ..errors import InvalidInput, ModelNotFound
from ..evaluation import Judged
from ..evaluation.registered import figures_of
from ..interrupts import ending_at_once
from ..model import Model, artifact, store
from .registered import (
    check_registry_exists,
    chosen_version,
    open_registry,
    registered,
)
from .remote import is_folder

if TYPE_CHECKING:
    from ..registry import Registry

HELP = (
    "keep the figures with the version in the registry: counts of people, without their names, "
    "and of no fewer than 20"
)
# With these, the figures are not those of the version.
NOT_ITS_OWN = ("threshold", "female_share", "corrections")
# How the file is read: figures are compared only if it was read in the same way.
READING = (
    "country", "name_column", "given_name_column", "family_name_column", "country_column",
    "no_country", "several", "encoding", "delimiter", "no_header", "sheet", "gender_column",
    "family_name_first",
)  # fmt: skip
OPTION_DIGITS = 8


@dataclass(frozen=True)
class Registered:
    """The registry, the number of a version in it, and its model."""

    registry: "Registry"
    version: str
    model: Model


def check_arguments(arguments: argparse.Namespace, settings: Settings) -> None:
    """Raise InvalidInput where the figures would not be those of the version, or of a file."""
    for name in NOT_ITS_OWN:
        if getattr(arguments, name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise InvalidInput(
                f"--register keeps the figures of the version itself: leave out {option}"
            )
    if settings.corrections:
        raise InvalidInput(
            f"--register keeps the figures of the version itself: unset {PREFIX}CORRECTIONS"
        )
    given = arguments.people
    if is_folder(given) or (isinstance(given, Path) and not given.is_file()):
        raise InvalidInput(
            f"--register names the people by the SHA-256 of their file: {given} is no file, but "
            "one is needed"
        )


def version_to_register(arguments: argparse.Namespace, settings: Settings) -> Registered:
    """Return the version of --model or, without it, the served one.

    Raise InvalidInput for a folder, ModelNotFound if the served model is no version in the
    registry.
    """
    check_registry_exists(settings)
    if arguments.model is not None:
        chosen = chosen_version(arguments.model, settings)
        if chosen is None:
            raise InvalidInput(
                f"--model {arguments.model} is a folder, and figures are registered with a version "
                "in the registry: name its number or alias"
            )
        registry, version = chosen
        model = registered(registry, version, Path(settings.model_dir))
        return Registered(registry, version.number, model)
    folder = store.served(Path(settings.model_dir), settings.model_uri)
    model, registry = Model.load(folder, settings.model_sha256), open_registry(settings)
    found = registry.find(version=model.version) if model.version.isdecimal() else None
    if not found or registry.lineage(found, of_run=False).digest != artifact.digest(folder):
        raise ModelNotFound(
            f"the model in {folder} is no version of {registry.model_name} in the registry: name "
            "one with --model, or check GENDER_DETECTION_TRACKING_URI"
        )
    return Registered(registry, found.number, model)


def register(
    of: Registered, judged: Judged, arguments: argparse.Namespace, file_sha256: str
) -> None:
    """Keep the figures with the version, and print that.

    Raise InvalidInput if there are too few people.
    """
    with ending_at_once():
        from ..registry.evaluations import register_figures  # only --register needs it

    now = datetime.now(UTC).isoformat(timespec="seconds")
    figures = figures_of(judged, file_sha256, _options(vars(arguments)), now)
    in_run = register_figures(of.registry, of.version, figures)
    told = (
        f"the figures are registered with version {of.version} of {of.registry.model_name}, as "
        f"those of the file {figures.people}"
    )
    if figures.countries and not in_run:
        told += "; those by country are not, as the version has no run"
    print(told, file=sys.stderr)


def _options(arguments: Mapping[str, object]) -> str:
    """Return a digest of the options by which the file was read, "" if there were none."""
    given = {name: str(arguments[name]) for name in READING if arguments.get(name)}
    if not given:
        return ""
    text = json.dumps(given, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:OPTION_DIGITS]
