"""Send models to the executors: once per session, mapped into memory once per process.

A model is sent as an archive, which Spark unpacks on each executor before the first task. Its name
is a digest of its content, so a session can use several models, and sends none of them twice.
"""

import functools
import threading
import zipfile
from pathlib import Path

from pyspark import SparkContext, SparkFiles

from ..model import Model, artifact

DIGEST_DIGITS = 16
# A worker process that alternates between two models loads each once.
MODELS_KEPT = 2
_LOCK = threading.Lock()


def ship(context: SparkContext, folder: Path) -> str:
    """Send the artifact in folder to the executors; return its name there.

    Raise ModelNotFound if there is none, ArtifactError if its manifest is damaged.
    """
    manifest = artifact.read_manifest(folder)
    name = f"gender-detection-{artifact.digest(folder)[:DIGEST_DIGITS]}"
    with _LOCK:
        if not any(f"{name}.zip" in uri for uri in context.listArchives):
            # Spark deletes this folder with the session.
            archive = Path(context._temp_dir) / f"{name}.zip"
            _pack(folder, [artifact.MANIFEST, *manifest["files"], *manifest["documents"]], archive)
            context.addArchive(f"{archive.absolute().as_uri()}#{name}")
    return name


def _pack(folder: Path, names: list[str], archive: Path) -> None:
    # Not compressed: arrays of hashes hardly shrink, and each executor would have to wait.
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name in names:
            packed.write(folder / name, name)


def shipped(name: str) -> Model:
    """Return the model that ship sent as name; runs in a process of an executor."""
    return _loaded(SparkFiles.get(name))


@functools.lru_cache(maxsize=MODELS_KEPT)
def _loaded(folder: str) -> Model:
    return Model.load(Path(folder))
