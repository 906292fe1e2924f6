"""What the registry says of where a version comes from: its tags, its run, and its manifest."""

import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlflow
from mlflow.artifacts import download_artifacts, list_artifacts
from mlflow.exceptions import MlflowException

from ..config import without_password
from ..lineage import TrainingRun
from ..lineage.record import DATASETS, ORIGINS
from ..model import artifact
from . import experiments

# Where Run.log_dataset puts the manifest of a stage, below the artifacts of the run.
MANIFESTS = "datasets"
# The manifest is at most this many folders below the files of a version.
DEPTH = 3


def manifest_of(
    client: mlflow.MlflowClient, model_name: str, number: str
) -> tuple[Mapping[str, Any], str]:
    """Return the manifest of a version's artifact and its SHA-256, ({}, "") if there is none.

    Nothing else of the artifact is copied, and the manifest is not checked against its files. Raise
    MlflowException, OSError or ValueError if the registry or its files do not answer.
    """
    location = client.get_model_version_download_uri(model_name, number)
    # MLflow itself would read the files of the store that was copied.
    copied = experiments.copied_location(location, client.tracking_uri)
    uri = copied or f"models:/{model_name}/{number}"
    path = _path_of_manifest(uri, client.tracking_uri)
    if path is None:
        return {}, ""
    content = _content(f"{uri}/{path}", client.tracking_uri)
    manifest = json.loads(content)
    if not isinstance(manifest, dict):
        raise ValueError(f"{artifact.MANIFEST} of version {number} is not a JSON object")
    return manifest, hashlib.sha256(content).hexdigest()


def run_of(client: mlflow.MlflowClient, run_id: str) -> TrainingRun:
    """Return what MLflow knows of a run, without the manifests that it cannot read.

    Raise MlflowException if there is no such run.
    """
    run = client.get_run(run_id)
    tags = run.data.tags
    experiment = client.get_experiment(run.info.experiment_id)
    dirty = tags.get("mlflow.source.git.dirty")
    return TrainingRun(
        run_id,
        str(run.info.run_name or ""),
        experiment.name,
        str(run.info.experiment_id),
        tags.get("mlflow.user", ""),
        run.info.start_time,
        tags.get("mlflow.source.git.commit", ""),
        None if dirty is None else dirty == "true",
        tags.get("mlflow.source.name", ""),
        dict(run.data.params),
        _manifests(client, run.info.artifact_uri),
    )


def run_address(tracking_uri: str, run: TrainingRun) -> str:
    """Return the address of the page of a run; a registry without a server has only its path."""
    path = f"/#/experiments/{run.experiment_id}/runs/{run.run_id}"
    is_server = tracking_uri.startswith(("http://", "https://"))
    return without_password(tracking_uri).rstrip("/") + path if is_server else path


def _manifests(client: mlflow.MlflowClient, location: str) -> dict[str, Mapping[str, Any]]:
    """Return the manifests that a run has logged, by stage."""
    uri = experiments.copied_location(location, client.tracking_uri) or location
    found: dict[str, Mapping[str, Any]] = {}
    for stage in (*DATASETS, ORIGINS):
        try:
            manifest = json.loads(_content(f"{uri}/{MANIFESTS}/{stage}.json", client.tracking_uri))
        except (MlflowException, OSError, ValueError):
            continue  # An older run, or one whose files are gone.
        if isinstance(manifest, dict):
            found[stage] = manifest
    return found


def _path_of_manifest(uri: str, tracking_uri: str) -> str | None:
    """Return the path of the manifest below the files of a version."""
    folders = [""]
    for _ in range(DEPTH):
        entries = [
            entry
            for folder in folders
            for entry in list_artifacts(
                artifact_uri=f"{uri}/{folder}".rstrip("/"), tracking_uri=tracking_uri
            )
        ]
        for entry in entries:
            if entry.path.rpartition("/")[2] == artifact.MANIFEST and not entry.is_dir:
                return str(entry.path)
        folders = [entry.path for entry in entries if entry.is_dir]
    return None


def _content(uri: str, tracking_uri: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = download_artifacts(artifact_uri=uri, dst_path=folder, tracking_uri=tracking_uri)
        return Path(path).read_bytes()
