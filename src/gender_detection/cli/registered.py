"""Versions of the model that the commands are given: by number, alias, data version or folder."""

import importlib.util
import logging
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..artifact_location import database_file
from ..config import Settings, registered_model
from ..errors import ArtifactError, ConfigError, InvalidInput, ModelNotFound, RegistryError
from ..interrupts import ending_at_once
from ..lineage import Lineage, of_artifact
from ..model import Model, artifact, store

if TYPE_CHECKING:
    from ..registry import Registry, Version

VERSION_HELP = (
    "number or alias of a version in the registry, or the data version that it was trained on"
)


def open_registry(settings: Settings, model_name: str = "") -> "Registry":
    """Return the registry of a model, by default of the served one, or of that trained here.

    Raise ConfigError if MLflow's client is not installed.
    """
    if importlib.util.find_spec("mlflow") is None:
        raise ConfigError(
            "the registry needs MLflow's client, which is not installed: "
            "run 'pip install mlflow-skinny'"
        )
    with ending_at_once():
        from ..registry import Registry, limit_waiting  # only these actions need it

    limit_waiting()
    # Hide the log lines of retries and downloads; the final error is reported.
    for library in ("urllib3", "mlflow"):
        logging.getLogger(library).setLevel(logging.ERROR)
    served = registered_model(settings.model_uri)
    name = model_name or (served.name if served else settings.model_name)
    return Registry(settings.tracking_uri, name, settings.artifacts_uri)


def check_registry_exists(settings: Settings) -> None:
    """Raise ModelNotFound for a database that does not exist: MLflow would make it."""
    database = database_file(settings.tracking_uri)
    if database is not None and not database.exists():
        raise ModelNotFound(
            f"there is no registry at {settings.tracking_uri}: run 'make train' first, or "
            "check GENDER_DETECTION_TRACKING_URI"
        )


def lineage_of(named: str, settings: Settings) -> tuple[Lineage, str]:
    """Return the lineage of a version, and the address of the run's page, "" if there is none.

    If the registry does not have the version, or cannot be asked, and the version is published
    here, return what its artifact says, and print a note. Raise the registry's error otherwise.
    """
    try:
        check_registry_exists(settings)
        registry = open_registry(settings)
        found = registry.lineage(registry.resolve(named))
    except (ConfigError, RegistryError, ModelNotFound) as err:
        published = _published(named, settings)
        if published is None:
            raise
        print(f"note: only what the artifact itself says: {err}", file=sys.stderr)
        return published, ""
    return found, registry.page_of(found)


def chosen_model(named: str, settings: Settings) -> Model:
    """Return the model that the option --model names: a folder, or a version in the registry.

    Digits are a version, and so is what is no folder here. Raise InvalidInput for any other URI
    than models:/…, and ModelNotFound, ArtifactError and RegistryError as the registry does.
    """
    chosen = chosen_version(named, settings)
    if chosen is None:
        return Model.load(store.served(Path(named), ""))
    return registered(*chosen, Path(settings.model_dir))


def chosen_version(named: str, settings: Settings) -> tuple["Registry", "Version"] | None:
    """Return the registry and the version that the option --model names; None for a folder.

    Raise as chosen_model() does.
    """
    uri = re.match(r"[a-z][a-z0-9+.-]*:", named)
    if not uri and not named.isdecimal() and (Path(named).is_dir() or "/" in named):
        return None
    try:
        wanted = registered_model(named) if uri else None
    except ConfigError as err:
        raise InvalidInput(
            f"--model {named}: give a version or alias in the registry, models:/NAME/VERSION, "
            "models:/NAME@ALIAS, or a folder of models"
        ) from err
    registry = open_registry(settings, wanted.name if wanted else "")
    if wanted is None:
        return registry, registry.resolve(named)
    return registry, registry.find(wanted.alias, wanted.version)


def registered(registry: "Registry", version: "Version", model_dir: Path) -> Model:
    """Return the model of a version, from model_dir if it is published there, else a copy of it.

    Raise ModelNotFound, ArtifactError and RegistryError as Registry.download() and Model.load() do.
    """
    digest = registry.lineage(version, of_run=False).digest
    for folder in store.versions(model_dir):
        if digest and folder.name == f"{version.number}-{digest[: store.DIGEST_DIGITS]}":
            return store.load_version(folder, digest)
    # Its arrays stay mapped after the files are deleted.
    with downloaded(registry, version) as folder:
        return Model.load(folder)


@contextmanager
def downloaded(registry: "Registry", version: "Version") -> Iterator[Path]:
    """Yield a temporary folder with the artifact of a version; errors about it name the version."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield registry.download(version, Path(folder))
        except ArtifactError as err:
            # The temporary folder no longer exists when the message is read.
            uri = f"models:/{registry.model_name}/{version.number}"
            raise ArtifactError(str(err).replace(folder, uri)) from err


def _published(named: str, settings: Settings) -> Lineage | None:
    """Return what the artifact of a version says that is served or published here, else None."""
    folders = store.versions(Path(settings.model_dir))
    with suppress(ModelNotFound, ArtifactError, ConfigError):
        folders = [store.served(Path(settings.model_dir), settings.model_uri), *folders]
    for folder in folders:
        try:
            if artifact.registered_version(folder) == named:
                return of_artifact(folder)
        except (ModelNotFound, ArtifactError):
            continue  # Another version may be whole.
    return None
