"""The versions of a registered model: listed, copied from the registry, promoted, rolled back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import mlflow
from mlflow.artifacts import download_artifacts
from mlflow.exceptions import MlflowException
from mlflow.tracking.registry import UnsupportedModelRegistryStoreURIException

from ..config import RegisteredModel, without_password
from ..errors import ModelNotFound, RegistryError
from ..model import artifact
from . import experiments

if TYPE_CHECKING:
    from .runs import Run

CHAMPION = "champion"
# Characters of a version's description that MLflow's database has room for.
DESCRIPTION = 5000
# By the defaults of MLflow's client one question to a registry that hangs takes a quarter of an
# hour. It reads these variables whenever it asks.
_CLIENT = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
# MLflow's words for a model, a version or an alias that is not there.
_ABSENT = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}


@dataclass(frozen=True)
class Version:
    """A version in the registry; created is when, in milliseconds of Unix time."""

    number: str
    created: int
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Registry:
    """An MLflow tracking server or database and one registered model in it.

    All that asks it raises RegistryError where it cannot be reached.
    """

    tracking_uri: str
    model_name: str

    @contextmanager
    def run(
        self, experiment: str, *, name: str = "", note: str = "", source: str = ""
    ) -> Iterator["Run"]:
        """Start a run of an experiment and yield it; it fails if the block raises.

        An embedded store keeps the run's files beside its database, a server where it pleases.
        name and note, in Markdown, are what MLflow shows of the run; source is the notebook that
        trains, below the project's folder. The commit of this package's checkout is noted too.
        """
        from .runs import Run, tags

        mlflow.set_tracking_uri(self.tracking_uri)
        chosen = experiments.ready(self._client(), experiment)
        with mlflow.start_run(
            experiment_id=chosen,
            run_name=name or None,
            description=note or None,
            tags=tags(source),
        ) as active:
            yield Run(active.info.run_id, self.model_name, self.describe)

    def versions(self) -> list[Version]:
        """Return all versions, the newest first; raise ModelNotFound where there is no model."""
        with self._asking(f"no model {self.model_name}"):
            # Asked for by itself, as a search finds nothing wrong with a model that is not there.
            aliases = self._client().get_registered_model(self.model_name).aliases
            found = self._client().search_model_versions(f"name='{self.model_name}'")
        versions = [
            Version(
                str(version.version),
                int(version.creation_timestamp),
                tuple(sorted(a for a, of in aliases.items() if str(of) == str(version.version))),
            )
            for version in found
        ]
        return sorted(versions, key=lambda version: int(version.number), reverse=True)

    def find(self, alias: str = "", version: str = "") -> Version:
        """Return the version that has the alias or, where none is given, the number.

        Raise ModelNotFound where there is no such version.
        """
        asked = RegisteredModel(self.model_name, alias, version)
        what = f"version {version} of {self.model_name}" if version else f"model {asked}"
        with self._asking(f"no {what}"):
            client = self._client()
            found = (
                client.get_model_version_by_alias(self.model_name, alias)
                if alias
                else client.get_model_version(self.model_name, version)
            )
        return Version(str(found.version), int(found.creation_timestamp))

    def download(self, version: Version, into: Path) -> Path:
        """Copy a version's artifact below a folder, and return its own folder, unchecked.

        It is noted there which version it is, and when it was registered. Raise ModelNotFound
        where the version holds none, ArtifactError where its manifest is no file.
        """
        asked = RegisteredModel(self.model_name, "", version.number)
        into.mkdir(parents=True, exist_ok=True)
        with self._asking(f"no files of {asked}"):
            mlflow.set_tracking_uri(self.tracking_uri)
            kept = self._client().get_model_version_download_uri(self.model_name, version.number)
            # By itself MLflow would go to the place that the store was copied from.
            uri = experiments.copied(kept, self.tracking_uri) or str(asked)
            folder = Path(download_artifacts(artifact_uri=uri, dst_path=str(into)))
        manifest = next(folder.rglob(artifact.MANIFEST), None)
        if manifest is None:
            raise ModelNotFound(
                f"version {version.number} of {self.model_name} in the registry at "
                f"{self._shown_uri()} holds no {artifact.MANIFEST}: train one with 'make train'"
            )
        artifact.register(manifest.parent, version.number, version.created / 1000)
        return manifest.parent

    def fetch(self, into: Path, alias: str = CHAMPION) -> tuple[Path, str]:
        """Copy the alias's artifact below a folder; return its folder and version.

        Raise ModelNotFound where the registry has no such version.
        """
        version = self.find(alias)
        return self.download(version, into), version.number

    def promote(self, version: str, alias: str = CHAMPION) -> None:
        """Move the alias to a version; raise ModelNotFound where there is no such version."""
        with self._asking(f"no version {version} of {self.model_name}"):
            client = self._client()
            client.get_model_version(self.model_name, version)
            before = client.get_registered_model(self.model_name).aliases.get(alias)
            if before is not None and str(before) != version:
                # MLflow forgets where an alias was; rollback() needs to know.
                client.set_model_version_tag(self.model_name, version, _before(alias), str(before))
            client.set_registered_model_alias(self.model_name, alias, version)

    def previous(self, alias: str = CHAMPION) -> tuple[str, str]:
        """Return the version that has the alias, and the one that a rollback gives it.

        That is the version that had it before or, where this is not known, the next lower one.
        Raise ModelNotFound where nobody has the alias, or there is no version to go back to.
        """
        present = self.find(alias).number
        with self._asking(f"no version {present} of {self.model_name}"):
            tags = self._client().get_model_version(self.model_name, present).tags
        there = [version.number for version in self.versions()]
        back = tags.get(_before(alias))
        if back not in there:
            back = next((number for number in there if int(number) < int(present)), None)
        if back is None:
            raise ModelNotFound(
                f"version {present} of {self.model_name} has the alias {alias}, and there is none "
                "before it to go back to: promote another by its number"
            )
        return present, back

    def rollback(self, alias: str = CHAMPION) -> tuple[str, str]:
        """Move the alias back; return the versions that had it and that has it now.

        Raise ModelNotFound as previous does.
        """
        present, back = self.previous(alias)
        with self._asking(f"no version {back} of {self.model_name}"):
            self._client().set_registered_model_alias(self.model_name, alias, back)
        return present, back

    def describe(self, version: str, model_card: str) -> None:
        """Make the opening of the model card the version's description."""
        from .. import card

        whole = f"\n\nThe whole card is {card.FILE}, in the artifacts of the run and the model."
        text = card.opening(model_card, DESCRIPTION - len(whole)) + whole
        with self._asking(f"no version {version} of {self.model_name}"):
            self._client().update_model_version(self.model_name, version, text)

    def _client(self) -> mlflow.MlflowClient:
        return mlflow.MlflowClient(tracking_uri=self.tracking_uri)

    @contextmanager
    def _asking(self, missing: str) -> Iterator[None]:
        """Turn what MLflow raises into errors that name the registry and the remedy."""
        try:
            yield
        except UnsupportedModelRegistryStoreURIException as err:
            raise RegistryError(
                f"the registry at {self._shown_uri()} is none that the MLflow installed here can "
                "open: pip install mlflow, as mlflow-skinny speaks to servers alone"
            ) from err
        except MlflowException as err:
            if err.error_code in _ABSENT:
                raise ModelNotFound(
                    f"{missing} in the registry at {self._shown_uri()}: see 'gender-detection "
                    "model list', train one with 'make train', or check "
                    "GENDER_DETECTION_TRACKING_URI"
                ) from err
            raise self._unreachable() from err
        # What its HTTP client, its parser of answers and its database raise.
        except (OSError, ValueError) as err:
            raise self._unreachable() from err

    def _unreachable(self) -> RegistryError:
        return RegistryError(
            f"the registry at {self._shown_uri()} does not answer: start it, or check "
            "GENDER_DETECTION_TRACKING_URI"
        )

    def _shown_uri(self) -> str:
        """Return the address without a password."""
        return without_password(self.tracking_uri)


def limit_waiting() -> None:
    """Let MLflow's client in this process give up after seconds, unless the environment differs."""
    for variable, value in _CLIENT.items():
        os.environ.setdefault(variable, value)


def _before(alias: str) -> str:
    """Return the tag that tells which version had the alias before this one."""
    return f"{alias}_before"
