"""A run in MLflow: logging a training, and registering its model; needs all of MLflow."""

import importlib.metadata
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
from mlflow.data.meta_dataset import MetaDataset
from mlflow.data.spark_dataset_source import SparkDatasetSource

from ..config import without_password
from ..errors import ModelNotFound, RegistryError
from ..model import Model, artifact
from .pyfunc import SIGNATURE

# The package, not the module with the code: registered models must load after it is moved.
LOADER = __package__


@dataclass(frozen=True)
class Run:
    """A run in progress, which registers versions of model_name.

    page is its address within MLflow's UI. describe(version, card, more) is called for a version
    with a model card. translated() makes errors of MLflow in a block those of its methods.

    Its methods raise RegistryError if the registry does not answer.
    """

    run_id: str
    model_name: str
    page: str
    describe: Callable[[str, str, str], None]
    translated: Callable[[], AbstractContextManager[None]]

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Log parameters."""
        with self.translated():
            mlflow.log_params(dict(params))

    def log_metrics(self, metrics: Mapping[str, Any], prefix: str = "") -> None:
        """Log numbers; nested ones with names joined by dots. Other values are left out."""
        for name, value in metrics.items():
            if isinstance(value, Mapping):
                self.log_metrics(value, f"{prefix}{name}.")
            elif isinstance(value, int | float):
                # MLflow does not allow a percent sign in names.
                with self.translated():
                    mlflow.log_metric(f"{prefix}{name}".replace("%", ""), value)

    def log_dataset(self, stage: str, uri: str, manifest: Mapping[str, Any]) -> None:
        """Log the dataset of a stage: its version as digest, its manifest as a file."""
        source = SparkDatasetSource(path=without_password(uri))
        dataset = MetaDataset(  # type: ignore[abstract]
            source, name=stage, digest=str(manifest["version"])
        )
        with self.translated():
            mlflow.log_input(dataset, context="training")
            mlflow.log_dict(dict(manifest), f"datasets/{stage}.json")

    def register(
        self,
        model: Model,
        facts: Mapping[str, Any] | None = None,
        documents: Mapping[str, str] | None = None,
        figures: str = "",
    ) -> str:
        """Save the model with facts and documents (Model.save), and register that as
        register_artifact() does."""
        documents = documents or {}
        with tempfile.TemporaryDirectory() as folder:
            saved = Path(folder) / "artifact"
            model.save(saved, facts, documents)
            return self.register_artifact(saved, documents, figures)

    def register_artifact(
        self, saved: Path, documents: Mapping[str, str], figures: str = ""
    ) -> str:
        """Log a saved model with its signature, register it, and return its version.

        documents are its texts, by file name, which are also logged to the run. The opening of the
        model card becomes the description of the version, with figures (Markdown) and a link to
        this run.
        """
        with self.translated():
            for name, text in documents.items():
                mlflow.log_text(text, name)
            info = mlflow.pyfunc.log_model(
                name="model",
                loader_module=LOADER,
                data_path=str(saved),
                signature=SIGNATURE,
                pip_requirements=[
                    f"gender-detection=={_version()}",
                    f"mlflow=={mlflow.__version__}",
                ],
                registered_model_name=self.model_name,
            )
        version = str(info.registered_model_version)
        if artifact.CARD in documents:
            run = f"Trained by the run [{self.run_id}]({self.page})."
            self.describe(version, documents[artifact.CARD], f"{figures}\n\n{run}".strip())
        return version


@contextmanager
def ended(translated: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """End the active run after the block: as failed if it raises, whether or not this is heard."""
    status = "FAILED"
    try:
        yield
        status = "FINISHED"
    finally:
        # What the block raises says more than an end that the registry does not hear.
        ignored = (RegistryError, ModelNotFound) if status == "FAILED" else ()
        with suppress(*ignored), translated():
            mlflow.end_run(status)


def tags(source: str) -> dict[str, str]:
    """Return MLflow's tags for the source of a run: the notebook and its commit."""
    found = commit_tags(Path(__file__).parent)
    if source:
        found |= {"mlflow.source.name": source, "mlflow.source.type": "NOTEBOOK"}
    return found


def commit_tags(folder: Path) -> dict[str, str]:
    """Return the tags of the commit of a folder's files, empty if git does not track them.

    MLflow itself would use the commit of the running program, which is Jupyter.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        # An installation inside a checkout of another project is not part of its commit.
        git("ls-files", "--error-unmatch", ".")
        commit, changes = git("rev-parse", "HEAD"), git("status", "--porcelain", "-uno")
    except (OSError, subprocess.CalledProcessError):
        return {}
    return {
        "mlflow.source.git.commit": commit,
        "mlflow.source.git.dirty": str(bool(changes)).lower(),
    }


def _version() -> str:
    return importlib.metadata.version("gender-detection")
