"""A model on disk: a folder of plain arrays and JSON, checked against its manifest when loaded.

    manifest.json           format, parameters, metrics, data_version, each file's size and SHA-256
    evidence_world_*.npy    sorted hashes, and the evidence on each (gender_detection.evidence)
    evidence_country_*.npy  evidence by country, by the positions of these hashes (the same)
    origins_*.npy           countries of family names (gender_detection.origins)
    pattern_weights.npy     the pattern model's weights
    card.md                 the model card, for people; the model does not use it
    registration.json       the registered version of this manifest, and when it was trained
                            (only in copies from the registry, and where published)

Both JSON files are sealed: a checksum in them covers the rest, which detects accidental changes. A
person who can write here can also write checksums. Against that, the SHA-256 of the manifest, which
covers all that answers depend on, can be pinned (digest(), the setting MODEL_SHA256). Arrays are
memory-mapped read-only, which rejects pickled objects: loading cannot run code.
"""

import hashlib
import json
import os
import stat
import tokenize
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..config import PREFIX
from ..errors import ArtifactError, ModelNotFound
from ..whole_files import sha256_of

FORMAT = 5
MANIFEST = "manifest.json"
REGISTRATION = "registration.json"
SEAL = "sha256"
CARD = "card.md"
# What NumPy raises for forged headers, besides the ValueError that it documents.
_UNREADABLE = (OSError, ValueError, TypeError, OverflowError, MemoryError, tokenize.TokenError)
# Of an artifact in a registry, in a package (installed), or made here.
_REMEDY = (
    "fetch the artifact from the registry again, install its package again, or run 'make train'"
)


def save(
    folder: Path,
    arrays: Mapping[str, npt.NDArray[Any]],
    facts: Mapping[str, Any],
    documents: Mapping[str, str] | None = None,
) -> None:
    """Write arrays as <name>.npy and a manifest of facts and checksums into an empty folder.

    documents are texts by file name; names end in .md.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
    for name, document in (documents or {}).items():
        (folder / name).write_bytes(document.encode())
    files = {path.name: _fingerprint(path) for path in sorted(folder.glob("*.npy"))}
    texts = {name: _fingerprint(folder / name) for name in documents or {}}
    manifest = {"format": FORMAT, **facts, "files": files, "documents": texts}
    (folder / MANIFEST).write_bytes(seal(manifest))


def seal(value: Mapping[str, Any]) -> bytes:
    """Return the bytes of a JSON file with this object and a checksum of it."""
    # Keys that are not strings become strings, and sort as such, before the checksum.
    rest = json.loads(json.dumps({**value, SEAL: None}))
    del rest[SEAL]
    return _text({**rest, SEAL: hashlib.sha256(_text(rest)).hexdigest()})


def read_manifest(folder: Path, sha256: str = "") -> dict[str, Any]:
    """Return the manifest of the artifact in folder.

    sha256 is the digest() that it must have, "" for any. Raise ModelNotFound where there is no
    manifest, ArtifactError where its format is not FORMAT, a bit of it has changed, or its digest
    is another.
    """
    path = folder / MANIFEST
    if not os.path.lexists(path):
        raise ModelNotFound(f"no model at {folder}: run 'make run' or 'make train' first")
    manifest = read_json(path)
    if (found := manifest.get("format")) != FORMAT:
        # The registry has it in the same format: fetching it again would not help.
        raise ArtifactError(
            f"{path}: format {found!r} is not {FORMAT}, which this version of gender-detection "
            "reads; run 'make train', or use the version of gender-detection that trained the "
            "model"
        )
    if not isinstance(manifest.get("files"), dict):
        raise ArtifactError(f"{path} has no 'files' by name; {_REMEDY}")
    _check_seal(path, manifest)
    if sha256:
        _check_pin(folder, manifest, sha256)
    return manifest


def digest(folder: Path) -> str:
    """Return the SHA-256 of the artifact's manifest, which covers all its files.

    Raise ArtifactError if the manifest cannot be read.
    """
    return hashlib.sha256(_read(folder / MANIFEST)).hexdigest()


def fingerprint(folder: Path) -> object:
    """Return a value that changes when a file of the artifact does; None if there is none.

    It is made from metadata: it shows when to read the files again, not whether they are intact.
    """
    try:
        with os.scandir(folder) as entries:
            stats = [(e.name, e.stat(follow_symlinks=False)) for e in entries]
    except OSError:
        return None
    return sorted((name, s.st_ino, s.st_ctime_ns, s.st_size) for name, s in stats) or None


class Registration(NamedTuple):
    """The version of an artifact in a registry, and when it was trained, in Unix time.

    trained is when the version was registered, at the end of the run that trained it. Neither is
    in the manifest: there, the same data and code give the same bytes.
    """

    version: str = "unregistered"
    trained: float | None = None


def register(folder: Path, version: str, trained: float | None = None) -> None:
    """Write registration.json: the artifact's registered version, and when it was trained.

    Without trained, the time in an earlier registration.json is kept.
    """
    if trained is None:
        with suppress(ArtifactError):
            trained = registration(folder).trained
    record = {"version": version, "manifest": digest(folder), "trained": trained}
    (folder / REGISTRATION).write_bytes(seal(record))


def registration(folder: Path) -> Registration:
    """Return the artifact's registration, the defaults if it has none.

    Raise ArtifactError where registration.json is damaged, or is for another manifest.
    """
    path = folder / REGISTRATION
    if not os.path.lexists(path):
        return Registration()
    record = read_json(path)
    version, trained = record.get("version"), record.get("trained")
    known = isinstance(version, str) and record.get("manifest") == digest(folder)
    if not known or not isinstance(trained, int | float | None):
        raise ArtifactError(f"{path} is not for this model; {_REMEDY}")
    _check_seal(path, record)
    return Registration(str(version), trained)


def registered_version(folder: Path) -> str:
    """Return the version that registration() returns."""
    return registration(folder).version


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in path; raise ArtifactError if there is none."""
    try:
        value = json.loads(_read(path))
    except (ValueError, RecursionError) as err:
        raise ArtifactError(f"{path} cannot be read; {_REMEDY}") from err
    if not isinstance(value, dict):
        raise ArtifactError(f"{path} is not a JSON object; {_REMEDY}")
    return value


def load_arrays(folder: Path, manifest: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays by name, memory-mapped; raise ArtifactError where a file differs from the
    manifest's size or checksum."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, expected in manifest["files"].items():
        path = _checked(folder, name, ".npy", expected)
        try:
            # Not np.load, which also opens archives.
            arrays[path.stem] = np.lib.format.open_memmap(path, mode="r")
        except _UNREADABLE as err:
            raise ArtifactError(f"{path} is not a plain array; {_REMEDY}") from err
    return arrays


def load_documents(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts by file name, empty if the manifest lists none; raise ArtifactError where a
    file differs from the manifest's size or checksum."""
    named = manifest.get("documents", {})
    if not isinstance(named, dict):
        raise ArtifactError(f"{folder / MANIFEST} has no 'documents' by name; {_REMEDY}")
    documents = {}
    for name, expected in named.items():
        path = _checked(folder, name, ".md", expected)
        try:
            documents[name] = path.read_text(encoding="utf-8")
        except (OSError, ValueError) as err:
            raise ArtifactError(f"{path} is not UTF-8 text; {_REMEDY}") from err
    return documents


def _checked(folder: Path, name: str, suffix: str, expected: Any) -> Path:
    """Return the path of a file that matches the manifest; raise ArtifactError otherwise."""
    path = folder / name
    # A manifest is untrusted: it may name files of its own folder only.
    if path.parent != folder or path.suffix != suffix:
        raise ArtifactError(
            f"{folder / MANIFEST} lists {name!r}, not a {suffix} file of its folder; {_REMEDY}"
        )
    try:
        whole = stat.S_ISREG(path.lstat().st_mode) and _fingerprint(path) == expected
    except FileNotFoundError:
        whole = False
    except (OSError, ValueError) as err:
        raise ArtifactError(f"{path} cannot be read; {_REMEDY}") from err
    if not whole:
        raise ArtifactError(f"{path} is missing or damaged; {_REMEDY}")
    return path


def _check_seal(path: Path, value: Mapping[str, Any]) -> None:
    """Raise ArtifactError unless the file has exactly the bytes of seal() for this value."""
    rest = {name: entry for name, entry in value.items() if name != SEAL}
    try:
        whole = seal(rest) == _read(path)
    except (ValueError, RecursionError) as err:
        raise ArtifactError(f"{path} cannot be read; {_REMEDY}") from err
    if not whole:
        raise ArtifactError(f"{path} is damaged; {_REMEDY}")


def _check_pin(folder: Path, manifest: Mapping[str, Any], sha256: str) -> None:
    """Raise ArtifactError unless the manifest, already checked, has the pinned digest."""
    # Of the value that was read: the file may have been replaced since.
    rest = {name: entry for name, entry in manifest.items() if name != SEAL}
    if (found := hashlib.sha256(seal(rest)).hexdigest()) != sha256:
        raise ArtifactError(
            f"{folder} is not the pinned model: its SHA-256 is {found}, and "
            f"{PREFIX}MODEL_SHA256={sha256}; serve the pinned model, or pin this one if you "
            "trust its origin"
        )


def _text(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _read(path: Path) -> bytes:
    """Return the bytes of a plain file; raise ArtifactError for anything else."""
    try:
        # A link may point anywhere, and reading a pipe would block.
        if not stat.S_ISREG(path.lstat().st_mode):
            raise ArtifactError(f"{path} is not a plain file; {_REMEDY}")
        return path.read_bytes()
    except (OSError, ValueError) as err:
        raise ArtifactError(f"{path} cannot be read; {_REMEDY}") from err


def _fingerprint(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
