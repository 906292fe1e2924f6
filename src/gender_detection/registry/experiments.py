"""The experiment of a run, and the files of copied stores."""

import logging
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import mlflow
from mlflow.store.db.db_types import DATABASE_ENGINES

from ..artifact_location import FOLDER, LOCATION, artifact_folder
from ..config import without_password
from ..errors import RegistryError

# The tag by which MLflow opens the view for training runs. Without it, MLflow 3.17 opens the view
# for language models: see tools/ui.py.
KIND, TRAINING = "mlflow.experimentKind", "custom_model_development"

log = logging.getLogger(__name__)


def get_or_create(client: mlflow.MlflowClient, name: str, artifacts_uri: str = "") -> str:
    """Return the ID of the experiment with a name; create it if there is none.

    In an embedded store, an experiment whose files are not beside the database comes from the store
    that was copied. It is renamed, so that nothing is written there, and a new one gets its name.
    In any other database, a new experiment has its files at artifacts_uri, a folder or a URI; raise
    RegistryError if that is empty. A server decides itself where the files are.
    """
    folder = artifact_folder(client.tracking_uri)
    if folder:
        folder.parent.mkdir(parents=True, exist_ok=True)
    found = client.get_experiment_by_name(name)
    if found and folder and _is_elsewhere(found.artifact_location, folder):
        new_name = f"{name} (copied, {found.experiment_id})"
        client.rename_experiment(found.experiment_id, new_name)
        log.warning(
            "the experiment %s has its files in another folder, %s: it is renamed to '%s', and a "
            "new one is created",
            name, found.artifact_location, new_name,
        )  # fmt: skip
        found = None
    if found is None:
        location = LOCATION if folder else _of_database(client.tracking_uri, artifacts_uri)
        return client.create_experiment(name, location, tags={KIND: TRAINING})
    if KIND not in found.tags:
        client.set_experiment_tag(found.experiment_id, KIND, TRAINING)
    return str(found.experiment_id)


def copied_location(location: str, tracking_uri: str) -> str | None:
    """Return the address of files in a copied store whose database has the original's location.

    None if the store is not known to be a copy: the files are at the location in the database.
    """
    folder, path = artifact_folder(tracking_uri), local_path(location)
    if not folder or not path or path.is_relative_to(folder):
        return None
    for parent in path.parents:
        if parent.name == FOLDER and (copy := folder / path.relative_to(parent)).is_dir():
            return copy.as_uri()
    return None


def _of_database(tracking_uri: str, artifacts_uri: str) -> str | None:
    """Return the location of files that no SQLite file is beside; None if a server has its own."""
    if urlsplit(tracking_uri).scheme.partition("+")[0] not in DATABASE_ENGINES:
        return None
    if not artifacts_uri:
        # MLflow would put them into the folder in which it happens to be started.
        raise RegistryError(
            f"the registry at {without_password(tracking_uri)} is a database, which has no place "
            "for files: set GENDER_DETECTION_ARTIFACTS_URI to a folder or a URI for them, or "
            "GENDER_DETECTION_TRACKING_URI to the address of an MLflow server on this database"
        )
    if urlsplit(artifacts_uri).scheme:
        return artifacts_uri
    return Path(artifacts_uri).absolute().as_uri()


def _is_elsewhere(location: str, folder: Path) -> bool:
    path = local_path(location)
    return path is not None and path.resolve() != folder.resolve()


def local_path(location: str) -> Path | None:
    """Return the path of a location; None if it is not on this machine."""
    parts = urlsplit(location)
    return Path(url2pathname(parts.path)) if parts.scheme in ("", "file") else None
