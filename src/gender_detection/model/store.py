"""The folder of published models: complete versions, and a pointer to the current one.

versions/<version>-<digest>/    an artifact; digest is the start of its manifest's SHA-256
current.json                    {"folder": "<version>-<digest>"}, replaced atomically

A version is never changed: processes that have mapped its arrays can go on.
"""

import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..config import PREFIX, registered_model
from ..errors import ArtifactError, ModelNotFound
from . import artifact, installed
from .model import Model

KEEP = 3
DIGEST_DIGITS = 12
POINTER = "current.json"


def current(model_dir: Path) -> Path:
    """Return the folder of the published artifact.

    Raise ModelNotFound where there is none, ArtifactError where the pointer is damaged or the
    folder's content does not match its name.
    """
    pointer = model_dir / POINTER
    if not os.path.lexists(pointer):
        raise ModelNotFound(
            f"no model at {model_dir}: run 'make run' or 'make train' first, or run "
            f"'{installed.COMMAND}' and unset {PREFIX}MODEL_DIR and {PREFIX}MODEL_URI"
        )
    name = artifact.read_json(pointer).get("folder")
    for folder in versions(model_dir):
        if folder.name == name:
            _check_name(folder)
            return folder
    shown = str(name)[:80]
    raise ModelNotFound(f"{pointer}: version {shown!r} does not exist: run 'make train' again")


def served(model_dir: Path, model_uri: str | None) -> Path:
    """Return the folder of the artifact to serve: model_uri if it is a folder, else the one
    published in model_dir, else, if model_uri is None, that of the installed model package.

    Raise ModelNotFound and ArtifactError as current() does, ModelNotFound as installed.folder(),
    ConfigError as registered_model().
    """
    if model_uri and registered_model(model_uri) is None:
        # A link may point to another artifact later.
        return Path(model_uri).resolve()
    if model_uri is None and fingerprint(model_dir) is None:
        return _installed(model_dir)
    return current(model_dir)


def artifact_in(folder: Path) -> Path:
    """Return the folder of an artifact: the folder itself, or the one that is published in it.

    Raise ModelNotFound and ArtifactError as current() does.
    """
    return current(folder) if (folder / POINTER).exists() else folder


def _installed(model_dir: Path) -> Path:
    """Return the folder of the installed model package; model_dir has no model."""
    folder = installed.folder()
    if folder is None:
        raise ModelNotFound(
            f"no model at {model_dir}, and no model package is installed: run "
            f"'{installed.COMMAND}' (a wheel that 'make package' builds) or 'make run', or set "
            f"{PREFIX}MODEL_DIR or {PREFIX}MODEL_URI to where a model is"
        )
    return folder


def fingerprint(model_dir: Path) -> tuple[int, ...] | None:
    """Return a value that changes when another version is current; None if none is."""
    try:
        stat = os.lstat(model_dir / POINTER)
    except OSError:
        return None
    return stat.st_ino, stat.st_ctime_ns, stat.st_size


def versions(model_dir: Path) -> list[Path]:
    """Return the folders of all versions, newest first; some may be damaged."""
    found = []
    try:
        for entry in os.scandir(model_dir / "versions"):
            if not entry.name.startswith(".") and entry.is_dir():
                found.append((entry.stat().st_mtime_ns, Path(entry.path)))
    except FileNotFoundError:
        pass  # No version yet, or a folder deleted in the meantime.
    except OSError as err:
        raise ArtifactError(f"{model_dir / 'versions'} cannot be read: {err.strerror}") from err
    return [folder for _, folder in sorted(found, reverse=True)]


def load_version(folder: Path, sha256: str = "") -> Model:
    """Return the model in a version's folder; sha256 is the digest that it must have, "" for any.

    Raise ModelNotFound where it does not exist, ArtifactError where it is damaged, its content does
    not match its name, or it has another digest.
    """
    _check_name(folder)
    return Model.load(folder, sha256)


def publish(model_dir: Path, source: Path, version: str) -> Path:
    """Copy an artifact into model_dir as a registered version, make it current, and return its
    folder.

    Readers get the previous version or this one, always complete. A damaged copy of this version
    is replaced. Raise ArtifactError where the artifact is damaged.
    """
    if not version or version.startswith(".") or "/" in version:
        raise ArtifactError(f"invalid version {version!r}: give letters and digits")
    digest = artifact.digest(source)
    target = model_dir / "versions" / _name(version, digest)
    with _locked(model_dir):
        if not _is_whole(target, digest):
            _copy(source, target, version)
        pointer = model_dir / f".current.{uuid.uuid4().hex}"
        pointer.write_text(json.dumps({"folder": target.name}) + "\n", encoding="utf-8")
        pointer.replace(model_dir / POINTER)
        _prune(target.parent, keep=target)
    return target


def withdraw(model_dir: Path) -> None:
    """Take the current version away, and delete all versions; whoever has mapped one keeps it."""
    with _locked(model_dir):
        (model_dir / POINTER).unlink(missing_ok=True)
        shutil.rmtree(model_dir / "versions", ignore_errors=True)


def remove(folder: Path) -> bool:
    """Remove a published version unless it is current; return whether it is gone.

    Processes that have mapped its arrays can go on. An interruption leaves no half version: what
    remains is hidden, and the next publication removes it.
    """
    model_dir = folder.parent.parent
    with _locked(model_dir):
        with suppress(ModelNotFound, ArtifactError):
            if current(model_dir) == folder:
                return False
        hidden = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
        with suppress(FileNotFoundError):
            folder.rename(hidden)
            shutil.rmtree(hidden)
    return True


def _copy(source: Path, target: Path, version: str) -> None:
    """Replace target with a complete copy; _prune() deletes what was there."""
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
    """Raise ArtifactError unless the folder's name matches its content."""
    digest = artifact.digest(folder)
    if folder.name != _name(artifact.registered_version(folder), digest):
        raise ArtifactError(
            f"{folder} is damaged or has another version's name: run 'make train' again"
        )


def _is_whole(folder: Path, digest: str) -> bool:
    try:
        load_version(folder, digest)
    except (ArtifactError, ModelNotFound):
        return False
    return True


@contextmanager
def _locked(model_dir: Path) -> Iterator[None]:
    """Hold the lock of this folder, so that only one process publishes at a time."""
    (model_dir / "versions").mkdir(parents=True, exist_ok=True)
    with (model_dir / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prune(folder: Path, keep: Path) -> None:
    """Delete all but the KEEP newest versions, and the remains of interrupted copies."""
    others = sorted((p for p in folder.iterdir() if p != keep), key=lambda p: p.stat().st_mtime)
    whole = [path for path in others if not path.name.startswith(".")]
    for old in {*others} - {*whole[-(KEEP - 1) :]}:
        shutil.rmtree(old, ignore_errors=True)
