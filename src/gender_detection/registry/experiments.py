"""The experiment that a run goes into, and where files of an older or a copied store are."""

import logging
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import mlflow

from ..artifact_location import FOLDER, LOCATION, artifact_folder

# What MLflow calls an experiment with training runs. Its interface, as of 3.17, also lets whoever
# looks choose the view, and begins with the one for language models: see tools/ui.py.
KIND, TRAINING = "mlflow.experimentKind", "custom_model_development"

log = logging.getLogger(__name__)


def ready(client: mlflow.MlflowClient, name: str) -> str:
    """Return the id of the experiment of that name, made where there is none.

    One whose files are elsewhere than beside an embedded store's database is of a store that was
    copied: it is renamed, so that nothing is written there, and another one takes its name.
    """
    folder = artifact_folder(client.tracking_uri)
    if folder:
        folder.parent.mkdir(parents=True, exist_ok=True)
    found = client.get_experiment_by_name(name)
    if found and folder and _is_elsewhere(found.artifact_location, folder):
        aside = f"{name} (copied, {found.experiment_id})"
        client.rename_experiment(found.experiment_id, aside)
        log.warning(
            "the experiment %s keeps its files in another place, %s: it is called '%s' now, and "
            "a new one begins",
            name, found.artifact_location, aside,
        )  # fmt: skip
        found = None
    if found is None:
        location = LOCATION if folder else None
        return client.create_experiment(name, location, tags={KIND: TRAINING})
    if KIND not in found.tags:
        client.set_experiment_tag(found.experiment_id, KIND, TRAINING)
    return str(found.experiment_id)


def copied(location: str, tracking_uri: str) -> str | None:
    """Return the address of files in a copied store whose database names the place copied from.

    None where the files are at the location that the database names, as far as is known.
    """
    folder, path = artifact_folder(tracking_uri), _local(location)
    if not folder or not path or path.is_relative_to(folder):
        return None
    for parent in path.parents:
        if parent.name == FOLDER and (here := folder / path.relative_to(parent)).is_dir():
            return here.as_uri()
    return None


def _is_elsewhere(location: str, folder: Path) -> bool:
    path = _local(location)
    return path is not None and path.resolve() != folder.resolve()


def _local(location: str) -> Path | None:
    """Return the path that a location is, None where it is no file of this machine."""
    parts = urlsplit(location)
    return Path(url2pathname(parts.path)) if parts.scheme in ("", "file") else None
