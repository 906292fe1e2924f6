"""Where an embedded MLflow keeps files: in a folder beside its database, wherever that is moved.

MLflow notes the place of each run's files in its database, as an absolute path: in a copy of the
folder, runs would go on reading and writing in the place that was copied. So the experiments of an
embedded store are at beside-database:/, which is resolved to the folder `artifacts` beside the
SQLite file that is open. MLflow finds repository() by the entry point mlflow.artifact_repository.
"""

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from mlflow.store.artifact.artifact_repo import ArtifactRepository

SCHEME = "beside-database"
LOCATION = f"{SCHEME}:/"
FOLDER = "artifacts"
_SQLITE = "sqlite:///"


def database_file(tracking_uri: str) -> Path | None:
    """Return the database of an embedded store, absolute; None where a server has the store."""
    if not tracking_uri.startswith(_SQLITE):
        return None
    # As SQLAlchemy reads it, which opens the file.
    return Path(unquote(tracking_uri.removeprefix(_SQLITE).partition("?")[0])).absolute()


def artifact_folder(tracking_uri: str) -> Path | None:
    """Return the folder of an embedded store's files; None where a server has the store."""
    database = database_file(tracking_uri)
    return database and database.parent / FOLDER


def repository(
    artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None
) -> "ArtifactRepository":
    """Return MLflow's repository for the files at a beside-database:/ address.

    They are those beside the tracking URI's database or, where that is a server's address, those
    that the server hands out (`mlflow server --artifacts-destination`). Called by MLflow; raise
    its MlflowException where the address leads out of the folder, or nowhere.
    """
    # MLflow loads this module while it is being imported itself.
    import mlflow
    from mlflow.exceptions import MlflowException
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    path = PurePosixPath(urlsplit(artifact_uri).path).relative_to("/")
    if ".." in path.parts:
        raise MlflowException.invalid_parameter_value(f"{artifact_uri} leads out of its folder")
    # A server's own process is told no tracking URI, and has made its database the present one.
    tracking_uri = tracking_uri or mlflow.get_tracking_uri()
    if folder := artifact_folder(tracking_uri):
        return get_artifact_repository((folder / path).as_uri(), tracking_uri, registry_uri)
    if tracking_uri.startswith(("http://", "https://")):
        return get_artifact_repository(f"mlflow-artifacts:/{path}", tracking_uri, registry_uri)
    raise MlflowException.invalid_parameter_value(
        f"{artifact_uri} is beside an SQLite database, and the tracking URI names none"
    )
