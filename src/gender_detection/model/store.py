"""The folder that models are served from: whole versions, and a pointer to the current one.

versions/<version>-<digest>/    an artifact; digest begins the SHA-256 of its manifest
current.json                    {"folder": "<version>-<digest>"}, replaced in one step

What is in a version is never written to again: processes that have mapped it go on with it.
"""

import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..config import registered_model
from ..errors import ArtifactError, ModelNotFound
from . import artifact
from .model import Model

KEEP = 3
DIGEST_DIGITS = 12
POINTER = "current.json"


def current(model_dir: Path) -> Path:
    """Return the folder of the artifact now published.

    Raise ModelNotFound where there is none, ArtifactError where the pointer is damaged or its
    folder is not the version that it is named for.
    """
    pointer = model_dir / POINTER
    if not os.path.lexists(pointer):
        raise ModelNotFound(f"no model at {model_dir}: run 'make run' or 'make train' first")
    name = artifact.read_json(pointer).get("folder")
    for folder in versions(model_dir):
        if folder.name == name:
            _check_name(folder)
            return folder
    shown = str(name)[:80]
    raise ModelNotFound(f"{pointer} names {shown!r}, which is gone: run 'make train' again")


def served(model_dir: Path, model_uri: str) -> Path:
    """Return the folder of the artifact that is served: that which model_uri names itself, or what
    is published in model_dir.

    Raise ModelNotFound and ArtifactError as current does, and ConfigError as registered_model.
    """
    if model_uri and registered_model(model_uri) is None:
        # A link may be put on another artifact meanwhile.
        return Path(model_uri).resolve()
    return current(model_dir)


def fingerprint(model_dir: Path) -> tuple[int, ...] | None:
    """Return what differs as soon as another version is current; None where none is."""
    try:
        stat = os.lstat(model_dir / POINTER)
    except OSError:
        return None
    return stat.st_ino, stat.st_ctime_ns, stat.st_size


def versions(model_dir: Path) -> list[Path]:
    """Return the folders of all versions, the newest first; they may be damaged."""
    found = []
    try:
        for entry in os.scandir(model_dir / "versions"):
            if not entry.name.startswith(".") and entry.is_dir():
                found.append((entry.stat().st_mtime_ns, Path(entry.path)))
    except FileNotFoundError:
        pass  # None yet, or one that is being deleted just now.
    except OSError as err:
        raise ArtifactError(f"{model_dir / 'versions'} cannot be read: {err.strerror}") from err
    return [folder for _, folder in sorted(found, reverse=True)]


def load_version(folder: Path, sha256: str = "") -> Model:
    """Return the model in a version's folder; sha256 is the digest that it must have, "" for any.

    Raise ModelNotFound where it is gone, ArtifactError where it is damaged, not the version that
    its folder is named for, or of another digest.
    """
    _check_name(folder)
    return Model.load(folder, sha256)


def publish(model_dir: Path, source: Path, version: str) -> Path:
    """Copy an artifact in as the given registered version and make it the current one.

    A reader sees the version before or this one, whole. A damaged copy of it is replaced. Return
    its folder. Raise ArtifactError where the artifact is damaged.
    """
    if not version or version.startswith(".") or "/" in version:
        raise ArtifactError(f"{version!r} cannot name a version: give letters and digits")
    digest = artifact.digest(source)
    target = model_dir / "versions" / _name(version, digest)
    with _alone(model_dir):
        if not _is_whole(target, digest):
            _copy(source, target, version)
        pointer = model_dir / f".current.{uuid.uuid4().hex}"
        pointer.write_text(json.dumps({"folder": target.name}) + "\n", encoding="utf-8")
        pointer.replace(model_dir / POINTER)
        _prune(target.parent, keep=target)
    return target


def _copy(source: Path, target: Path, version: str) -> None:
    """Put a whole copy in place of what is there, which _prune deletes."""
    staged = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        shutil.copytree(source, staged)
        artifact.register(staged, version)
        Model.load(staged)
        if os.path.lexists(target):
            target.rename(target.with_name(f".{target.name}.{uuid.uuid4().hex}"))
        staged.rename(target)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _name(version: str, digest: str) -> str:
    return f"{version}-{digest[:DIGEST_DIGITS]}"


def _check_name(folder: Path) -> None:
    """Raise ArtifactError unless the folder has the name that its content gives it."""
    digest = artifact.digest(folder)
    if folder.name != _name(artifact.registered_version(folder), digest):
        raise ArtifactError(f"{folder} holds another version or is damaged: run 'make train' again")


def _is_whole(folder: Path, digest: str) -> bool:
    try:
        load_version(folder, digest)
    except (ArtifactError, ModelNotFound):
        return False
    return True


@contextmanager
def _alone(model_dir: Path) -> Iterator[None]:
    """Wait until nobody else publishes here, and keep others from it."""
    (model_dir / "versions").mkdir(parents=True, exist_ok=True)
    with (model_dir / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prune(folder: Path, keep: Path) -> None:
    """Delete all but the newest few versions, and what an interrupted copy left behind."""
    others = sorted((p for p in folder.iterdir() if p != keep), key=lambda p: p.stat().st_mtime)
    whole = [path for path in others if not path.name.startswith(".")]
    for old in {*others} - {*whole[-(KEEP - 1) :]}:
        shutil.rmtree(old, ignore_errors=True)
