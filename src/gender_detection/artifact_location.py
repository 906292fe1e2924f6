"""The artifact location of an embedded MLflow store: a folder beside its database.

MLflow stores the absolute path of each run's files in its database. So runs in a copy of the folder
would read and write the files of the original. Experiments of an embedded store have the location
beside-database:/ instead, which is resolved to the folder `artifacts` beside the open SQLite file.
MLflow finds repository() by the entry point mlflow.artifact_repository.
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
    """Return the absolute path of an embedded store's database; None for a server."""
    if not tracking_uri.startswith(_SQLITE):
        return None
    # As SQLAlchemy parses it.
    return Path(unquote(tracking_uri.removeprefix(_SQLITE).partition("?")[0])).absolute()


def artifact_folder(tracking_uri: str) -> Path | None:
    """Return the folder of an embedded store's files; None for a server."""
    database = database_file(tracking_uri)
    return database and database.parent / FOLDER


def repository(
    artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None
) -> "ArtifactRepository":
    """Return MLflow's repository for the files at a beside-database:/ address; called by MLflow.

    The files are beside the database of the tracking URI or, if that is a server, those that the
    server serves (`mlflow server --artifacts-destination`). Raise MlflowException if the address is
    outside the folder, or the tracking URI is neither.
    """
    # Here, as MLflow loads this module while it is itself being imported.
    import mlflow
    from mlflow.exceptions import MlflowException
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    path = PurePosixPath(urlsplit(artifact_uri).path).relative_to("/")
    if ".." in path.parts:
        raise MlflowException.invalid_parameter_value(
            f"{artifact_uri} leads out of its folder: remove '..' from it"
        )
    # In its own process a server passes no tracking URI, but has set that of its database.
    tracking_uri = tracking_uri or mlflow.get_tracking_uri()
    if folder := artifact_folder(tracking_uri):
        return get_artifact_repository((folder / path).as_uri(), tracking_uri, registry_uri)
    if tracking_uri.startswith(("http://", "https://")):
        return get_artifact_repository(f"mlflow-artifacts:/{path}", tracking_uri, registry_uri)
    raise MlflowException.invalid_parameter_value(
        f"{artifact_uri} is beside an SQLite database, and the tracking URI names none: set it to "
        "sqlite:///PATH or to the address of a server"
    )
