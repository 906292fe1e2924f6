"""A run in MLflow: what training logs, and the model that it registers."""

import importlib.metadata
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mlflow

from ..config import without_password
from ..model import Model, artifact

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The package, not the module that does the work: what was registered once must go on loading.
LOADER = __package__


@dataclass(frozen=True)
class Run:
    """A run in progress, which registers versions of model_name.

    describe is told the number and the card of a version that has one.
    """

    run_id: str
    model_name: str
    describe: Callable[[str, str], None]

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

    def log_figure(self, figure: "Figure", name: str) -> None:
        """Log a plot as <name>.png."""
        mlflow.log_figure(figure, f"plots/{name}.png")

    def log_dataset(self, stage: str, uri: str, manifest: Mapping[str, Any]) -> None:
        """Log a stage's dataset: its version as digest, its manifest as a file, no password."""
        from mlflow.data.meta_dataset import MetaDataset
        from mlflow.data.spark_dataset_source import SparkDatasetSource

        source = SparkDatasetSource(path=without_password(uri))
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
        from .pyfunc import SIGNATURE

        documents = documents or {}
        for name, text in documents.items():
            mlflow.log_text(text, name)
        with tempfile.TemporaryDirectory() as folder:
            saved = Path(folder) / "artifact"
            model.save(saved, facts, documents)
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
            self.describe(version, documents[artifact.CARD])
        return version


def tags(source: str) -> dict[str, str]:
    """Return MLflow's own tags of what trains: the notebook, and the commit that it is of."""
    found = commit_tags(Path(__file__).parent)
    if source:
        found |= {"mlflow.source.name": source, "mlflow.source.type": "NOTEBOOK"}
    return found


def commit_tags(folder: Path) -> dict[str, str]:
    """Return the tags of the commit that a folder's files are of, none where git knows them not.

    MLflow looks for the commit of the program that runs, which is Jupyter's.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        # Installed below somebody's checkout, the files are not of that checkout's commit.
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
