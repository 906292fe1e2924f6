"""The folder that models are served from: whole versions, and a pointer to the current one.

versions/<version>-<digest>/    an artifact
current.json                    {"folder": "<version>-<digest>"}, replaced in one step
"""

import hashlib
import json
import shutil
import uuid
from pathlib import Path

from ..errors import ArtifactError, ModelNotFound
from .artifact import (
    MANIFEST,
    REGISTRATION,
    load_arrays,
    load_documents,
    read_json,
    read_manifest,
)

KEEP = 3


def current(model_dir: Path) -> Path:
    """Return the folder of the artifact now published; raise ModelNotFound where there is none."""
    pointer = model_dir / "current.json"
    if not pointer.is_file():
        raise ModelNotFound(f"no model at {model_dir}: run 'make run' or 'make train' first")
    folder = model_dir / "versions" / str(read_json(pointer).get("folder"))
    if not (folder / MANIFEST).is_file():
        raise ModelNotFound(f"{pointer} names {folder.name}, which is gone: run 'make train' again")
    return folder


def publish(model_dir: Path, artifact: Path, version: str) -> Path:
    """Copy an artifact in as the given registered version and make it the current one.

    A reader sees the version before or this one, whole. A damaged copy of it is replaced. Return
    its folder.
    """
    digest = hashlib.sha256((artifact / MANIFEST).read_bytes()).hexdigest()[:12]
    versions = model_dir / "versions"
    target = versions / f"{version}-{digest}"
    if target.exists() and not _is_whole(target):
        target.rename(versions / f".{target.name}.{uuid.uuid4().hex}")  # _prune deletes it
    if not target.exists():
        staged = versions / f".{target.name}.{uuid.uuid4().hex}"
        shutil.copytree(artifact, staged)
        _write_json(staged / REGISTRATION, {"version": version})
        staged.rename(target)
    pointer = model_dir / f".current.{uuid.uuid4().hex}"
    _write_json(pointer, {"folder": target.name})
    pointer.replace(model_dir / "current.json")
    _prune(versions, keep=target)
    return target


def _is_whole(folder: Path) -> bool:
    try:
        manifest = read_manifest(folder)
        load_arrays(folder, manifest)
        load_documents(folder, manifest)
        read_json(folder / REGISTRATION)
    except (ArtifactError, ModelNotFound):
        return False
    return True


def _write_json(path: Path, value: dict[str, str]) -> None:
    path.write_text(json.dumps(value) + "\n", encoding="utf-8")


def _prune(versions: Path, keep: Path) -> None:
    """Delete all but the newest few versions, and what an interrupted copy left behind."""
    others = sorted((p for p in versions.iterdir() if p != keep), key=lambda p: p.stat().st_mtime)
    whole = [path for path in others if not path.name.startswith(".")]
    for old in {*others} - {*whole[-(KEEP - 1) :]}:
        shutil.rmtree(old, ignore_errors=True)
