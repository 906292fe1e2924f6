"""A model on disk: a folder of plain arrays and JSON, checked against its manifest when loaded.

    manifest.json        format, parameters, metrics, data_version, and each file's size and SHA-256
    evidence_*.npy       sorted hashes and what goes with them (gender_detection.evidence)
    origins_*.npy        countries of family names (gender_detection.origins)
    pattern_weights.npy  the pattern model's weights
    card.md              the model card: a document, which people read and the model does not
    registration.json    which registered version this is (only in a copy taken from the registry)

Arrays are memory-mapped read-only, which refuses pickled objects: loading cannot run code.
"""

import hashlib
import json
import tokenize
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ArtifactError, ModelNotFound

FORMAT = 2
MANIFEST = "manifest.json"
REGISTRATION = "registration.json"
CARD = "card.md"
# What NumPy raises on headers made to mislead it, beside the ValueError that it promises.
_UNREADABLE = (OSError, ValueError, TypeError, OverflowError, MemoryError, tokenize.TokenError)
_REMEDY = "take the artifact from the registry again, or run 'make train'"


def save(
    folder: Path,
    arrays: Mapping[str, npt.NDArray[Any]],
    facts: Mapping[str, Any],
    documents: Mapping[str, str] | None = None,
) -> None:
    """Write arrays as <name>.npy and a manifest of facts and checksums into an empty folder.

    documents are texts by file name, which ends in .md.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
    for name, document in (documents or {}).items():
        (folder / name).write_bytes(document.encode())
    files = {path.name: _fingerprint(path) for path in sorted(folder.glob("*.npy"))}
    texts = {name: _fingerprint(folder / name) for name in documents or {}}
    manifest = {"format": FORMAT, **facts, "files": files, "documents": texts}
    text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of the artifact in folder.

    Raise ModelNotFound where there is none, ArtifactError where it is not one of this format.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelNotFound(f"no model at {folder}: run 'make run' or 'make train' first")
    manifest = read_json(path)
    if manifest.get("format") != FORMAT or not isinstance(manifest.get("files"), dict):
        raise ArtifactError(
            f"{path}: format {manifest.get('format')!r} is not {FORMAT}, the one that this version "
            f"of gender-detection reads; {_REMEDY}"
        )
    return manifest


def registered_version(folder: Path) -> str:
    """Return which registered version the artifact is, "unregistered" if it does not say.

    Raise ArtifactError where registration.json is damaged.
    """
    path = folder / REGISTRATION
    if not path.is_file():
        return "unregistered"
    version = read_json(path).get("version")
    if not isinstance(version, str):
        raise ArtifactError(f"{path} names no version; {_REMEDY}")
    return version


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in path; raise ArtifactError where there is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as err:
        raise ArtifactError(f"{path} cannot be read; {_REMEDY}") from err
    if not isinstance(value, dict):
        raise ArtifactError(f"{path} is not a JSON object; {_REMEDY}")
    return value


def load_arrays(folder: Path, manifest: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays by name, memory-mapped; raise ArtifactError on any difference from the
    manifest's sizes and checksums."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, expected in manifest["files"].items():
        path = _checked(folder, name, ".npy", expected)
        try:
            # Not np.load, which takes archives for arrays too.
            arrays[path.stem] = np.lib.format.open_memmap(path, mode="r")
        except _UNREADABLE as err:
            raise ArtifactError(f"{path} is not a plain array; {_REMEDY}") from err
    return arrays


def load_documents(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts by file name, none where the manifest names none; raise ArtifactError on
    any difference from its sizes and checksums."""
    named = manifest.get("documents", {})
    if not isinstance(named, dict):
        raise ArtifactError(f"{folder / MANIFEST} lists no documents by name; {_REMEDY}")
    documents = {}
    for name, expected in named.items():
        path = _checked(folder, name, ".md", expected)
        try:
            documents[name] = path.read_text(encoding="utf-8")
        except (OSError, ValueError) as err:
            raise ArtifactError(f"{path} is not a text; {_REMEDY}") from err
    return documents


def _checked(folder: Path, name: str, suffix: str, expected: Any) -> Path:
    """Return the path of a file that is as the manifest says; raise ArtifactError otherwise."""
    path = folder / name
    # A manifest is data from outside: it names files of its own folder, nothing else.
    if path.parent != folder or path.suffix != suffix:
        raise ArtifactError(f"{folder / MANIFEST} names {name!r}, which it must not; {_REMEDY}")
    try:
        whole = path.is_file() and _fingerprint(path) == expected
    except (OSError, ValueError) as err:
        raise ArtifactError(f"{path} cannot be read; {_REMEDY}") from err
    if not whole:
        raise ArtifactError(f"{path} is missing or damaged; {_REMEDY}")
    return path


def _fingerprint(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}
