"""Models on their way to the executors: sent once a session, mapped once a process.

A model travels as an archive, which Spark unpacks on each executor before the first task that
needs it. It is called after its content, so several models in one session do not meet, and one
that is asked for again is there already.
"""

import functools
import threading
import zipfile
from pathlib import Path

from pyspark import SparkContext, SparkFiles

from ..model import Model, artifact, store

DIGEST_DIGITS = 16
# A worker process that is used by turns for two models loads neither of them twice.
MODELS_KEPT = 2
_ONE_AT_A_TIME = threading.Lock()


def artifact_folder(model: str | Path) -> Path:
    """Return the folder of an artifact: model itself, or what is published in it.

    Raise ModelNotFound where there is none.
    """
    folder = Path(model)
    return store.current(folder) if (folder / store.POINTER).exists() else folder


def ship(context: SparkContext, folder: Path) -> str:
    """Send the artifact in folder to the executors; return what it is called there.

    Raise ModelNotFound where there is none, ArtifactError where its manifest is damaged.
    """
    manifest = artifact.read_manifest(folder)
    name = f"gender-detection-{artifact.digest(folder)[:DIGEST_DIGITS]}"
    with _ONE_AT_A_TIME:
        if not any(f"{name}.zip" in uri for uri in context.listArchives):
            # Where Spark keeps what is gone with the session.
            archive = Path(context._temp_dir) / f"{name}.zip"  # type: ignore[attr-defined]
            _pack(folder, [artifact.MANIFEST, *manifest["files"], *manifest["documents"]], archive)
            context.addArchive(f"{archive.absolute().as_uri()}#{name}")
    return name


def _pack(folder: Path, names: list[str], archive: Path) -> None:
    # Not compressed: arrays of hashes hardly shrink, and every executor would have to wait.
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name in names:
            packed.write(folder / name, name)


def shipped(name: str) -> Model:
    """Return, in a process of an executor, the model that ship called name."""
    return _loaded(SparkFiles.get(name))


@functools.lru_cache(maxsize=MODELS_KEPT)
def _loaded(folder: str) -> Model:
    return Model.load(Path(folder))
