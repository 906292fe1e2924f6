"""Runs and model versions in MLflow. The only module that imports it.

The registered model wraps the artifact folder by a loader module, not by a pickle: what MLflow
stores is the folder itself, and loading it runs no code but this package's.
"""

import importlib.metadata
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from matplotlib.figure import Figure
from mlflow.artifacts import download_artifacts
from mlflow.data.meta_dataset import MetaDataset
from mlflow.data.spark_dataset_source import SparkDatasetSource
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

from . import card
from .errors import ModelNotFound
from .model import Model, Person
from .model.artifact import MANIFEST

CHAMPION = "champion"
# Characters of a version's description that MLflow's database has room for.
DESCRIPTION = 5000
SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec("string", "name"), ColSpec("string", "country", required=False)]),
    outputs=Schema(
        [
            ColSpec("string", "gender"),
            ColSpec("double", "probability"),
            ColSpec("double", "p_female"),
            ColSpec("string", "basis"),
            ColSpec("string", "reason"),
        ]
    ),
)
_OUTPUTS = SIGNATURE.outputs.input_names()


@dataclass(frozen=True)
class Registry:
    """An MLflow tracking server or database and one registered model in it."""

    tracking_uri: str
    model_name: str

    @contextmanager
    def run(self, experiment: str, artifacts: Path) -> Iterator["Run"]:
        """Start a run of an experiment and yield it; it fails if the block raises.

        artifacts is the folder of an embedded store's files; a server has its own place for them.
        """
        mlflow.set_tracking_uri(self.tracking_uri)
        embedded = self.tracking_uri.startswith("sqlite:///")
        if embedded:
            Path(self.tracking_uri.removeprefix("sqlite:///")).parent.mkdir(
                parents=True, exist_ok=True
            )
        if mlflow.get_experiment_by_name(experiment) is None:
            location = artifacts.absolute().as_uri() if embedded else None
            mlflow.create_experiment(experiment, artifact_location=location)
        mlflow.set_experiment(experiment)
        with mlflow.start_run() as active:
            yield Run(active.info.run_id, self)

    def promote(self, version: str, alias: str = CHAMPION) -> None:
        """Move the alias to a version; raise ModelNotFound where there is no such version."""
        client = self._client()
        try:
            client.get_model_version(self.model_name, version)
            client.set_registered_model_alias(self.model_name, alias, version)
        except MlflowException as err:
            raise ModelNotFound(
                f"no version {version} of {self.model_name} in the registry at "
                f"{self.tracking_uri}: give one that it holds"
            ) from err

    def describe(self, version: str, model_card: str) -> None:
        """Make the opening of the model card the version's description."""
        whole = f"\n\nThe whole card is {card.FILE}, in the artifacts of the run and the model."
        text = card.opening(model_card, DESCRIPTION - len(whole)) + whole
        self._client().update_model_version(self.model_name, version, text)

    def fetch(self, into: Path, alias: str = CHAMPION) -> tuple[Path, str]:
        """Copy the alias's artifact below a folder; return its folder and version.

        Raise ModelNotFound where the registry has no such version, or cannot be reached.
        """
        try:
            version = self._client().get_model_version_by_alias(self.model_name, alias)
            uri = f"models:/{self.model_name}/{version.version}"
            mlflow.set_tracking_uri(self.tracking_uri)
            folder = Path(download_artifacts(artifact_uri=uri, dst_path=str(into)))
        except MlflowException as err:
            raise ModelNotFound(
                f"no model {self.model_name}@{alias} in the registry at {self.tracking_uri}: "
                "train one with 'make train', or check GENDER_DETECTION_TRACKING_URI"
            ) from err
        manifest = next(folder.rglob(MANIFEST), None)
        if manifest is None:
            raise ModelNotFound(
                f"version {version.version} of {self.model_name} in the registry at "
                f"{self.tracking_uri} holds no {MANIFEST}: train one with 'make train'"
            )
        return manifest.parent, str(version.version)

    def _client(self) -> mlflow.MlflowClient:
        return mlflow.MlflowClient(tracking_uri=self.tracking_uri)


@dataclass(frozen=True)
class Run:
    """A run in progress."""

    run_id: str
    registry: Registry

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Log what was chosen."""
        mlflow.log_params(dict(params))

    def log_metrics(self, metrics: Mapping[str, Any], prefix: str = "") -> None:
        """Log numbers; nested ones under names joined by dots, what is no number left out."""
        for name, value in metrics.items():
            if isinstance(value, Mapping):
                self.log_metrics(value, f"{prefix}{name}.")
            elif isinstance(value, int | float):
                # MLflow's names know no percent sign.
                mlflow.log_metric(f"{prefix}{name}".replace("%", ""), value)

    def log_figure(self, figure: Figure, name: str) -> None:
        """Log a plot as <name>.png."""
        mlflow.log_figure(figure, f"plots/{name}.png")

    def log_dataset(self, stage: str, uri: str, manifest: Mapping[str, Any]) -> None:
        """Log a stage's dataset: its version as digest, its manifest as a file."""
        source = SparkDatasetSource(path=uri)
        dataset = MetaDataset(  # type: ignore[abstract]
            source, name=stage, digest=str(manifest["version"])
        )
        mlflow.log_input(dataset, context="training")
        mlflow.log_dict(dict(manifest), f"datasets/{stage}.json")

    def register(
        self,
        model: Model,
        facts: Mapping[str, Any] | None = None,
        documents: Mapping[str, str] | None = None,
    ) -> str:
        """Log the model's artifact with its signature, register it, and return its version.

        facts and documents go into the artifact (Model.save); documents are logged to the run too,
        and the model card's opening becomes the version's description.
        """
        documents = documents or {}
        for name, text in documents.items():
            mlflow.log_text(text, name)
        with tempfile.TemporaryDirectory() as folder:
            artifact = Path(folder) / "artifact"
            model.save(artifact, facts, documents)
            info = mlflow.pyfunc.log_model(
                name="model",
                loader_module=__name__,
                data_path=str(artifact),
                signature=SIGNATURE,
                pip_requirements=[
                    f"gender-detection=={_version()}",
                    f"mlflow=={mlflow.__version__}",
                ],
                registered_model_name=self.registry.model_name,
            )
        version = str(info.registered_model_version)
        if card.FILE in documents:
            self.registry.describe(version, documents[card.FILE])
        return version


def _version() -> str:
    return importlib.metadata.version("gender-detection")


class _PyFunc:
    """What mlflow.pyfunc.load_model() returns wraps this."""

    def __init__(self, model: Model):
        self._model = model

    def predict(self, frame: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Return gender, probability, p_female, basis and reason for each row of name, country."""
        countries = frame["country"] if "country" in frame else [None] * len(frame)
        people = [
            # What is missing in a frame may be None or NaN.
            Person(
                name=name if isinstance(name, str) else "",
                country=country if isinstance(country, str) else None,
            )
            for name, country in zip(frame["name"], countries, strict=True)
        ]
        rows = [
            [getattr(prediction, column) for column in _OUTPUTS]
            for prediction in self._model.predict(people)
        ]
        return pd.DataFrame(rows, columns=_OUTPUTS)


def _load_pyfunc(data_path: str) -> _PyFunc:
    """Return the model for MLflow's python_function flavour; called by MLflow."""
    return _PyFunc(Model.load(Path(data_path)))
