"""The connection to MLflow, and its exceptions as errors that name the registry and the remedy."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.tracking.registry import UnsupportedModelRegistryStoreURIException

from ..config import without_password
from ..errors import ModelNotFound, RegistryError

# MLflow's error codes for a missing model, version or alias.
_NOT_FOUND = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}


@dataclass(frozen=True)
class Connection:
    """An MLflow tracking server or database, and the name of a registered model in it.

    artifacts_uri is where new experiments have their files if it is a database other than SQLite.
    """

    tracking_uri: str
    model_name: str
    artifacts_uri: str = ""

    def _client(self) -> mlflow.MlflowClient:
        return mlflow.MlflowClient(tracking_uri=self.tracking_uri)

    @contextmanager
    def _translated_errors(self, missing: str) -> Iterator[None]:
        """Translate exceptions of MLflow into errors that name the registry and the remedy."""
        try:
            yield
        except UnsupportedModelRegistryStoreURIException as err:
            raise RegistryError(
                f"the registry at {self._shown_uri()} is not a server, and mlflow-skinny supports "
                "only servers: pip install mlflow"
            ) from err
        except MlflowException as err:
            if err.error_code in _NOT_FOUND:
                raise ModelNotFound(
                    f"{missing} in the registry at {self._shown_uri()}: see 'gender-detection "
                    "model list', train one with 'make train', or check "
                    "GENDER_DETECTION_TRACKING_URI"
                ) from err
            raise self._unreachable() from err
        except ModuleNotFoundError as err:
            raise RegistryError(
                f"the registry at {self._shown_uri()} needs the package {err.name}, which is not "
                "installed: for PostgreSQL run pip install 'psycopg[binary]'"
            ) from err
        except _errors_of_the_connection() as err:
            raise self._unreachable() from err

    def _unreachable(self) -> RegistryError:
        return RegistryError(
            f"the registry at {self._shown_uri()} does not answer: start it, or check "
            "GENDER_DETECTION_TRACKING_URI"
        )

    def _shown_uri(self) -> str:
        """Return the address without a password."""
        return without_password(self.tracking_uri)


def _errors_of_the_connection() -> tuple[type[Exception], ...]:
    """Return what MLflow lets through from its HTTP client, its parser and its databases."""
    # mlflow-skinny has no databases, and the first use of one imports this.
    loaded = sys.modules.get("sqlalchemy.exc")
    return (OSError, ValueError, loaded.SQLAlchemyError) if loaded else (OSError, ValueError)
