"""Which versions of the datasets are kept, and how one is removed: for the pipeline and the upkeep.

The pipeline keeps the versions that were published last, and those that are pinned: a version of
the model was made from them. A pin is a small file, so the pipeline needs no registry to know.

    pinned/<version>@<model>.json      this version is kept until the upkeep takes the pin away;
                                       several models may be made from the same data
    versions/<version>/_removed.json   its manifest while it is removed: without a manifest, a
                                       version is incomplete, and no reader sees it

gender_detection.spark.datasets describes the rest of a dataset's folder.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote

import pyarrow as pa
from pyarrow import fs

from .dataset_files import CLEAN, ORIGINS, POINTER, RAW, TRANSFORMED, VECTORS, opened
from .errors import DatasetError

STAGES = (RAW, CLEAN, TRANSFORMED, VECTORS, ORIGINS)
KEEP_PUBLISHED = 3
_REMOVED = "_removed.json"
_OF, _SUFFIX = "@", ".json"


class Files(Protocol):
    """The file operations that are needed here, by URI; spark.files has them on Hadoop's."""

    def exists(self, uri: str) -> bool:
        """Return whether there is a file or folder."""

    def list(self, uri: str) -> Sequence[tuple[str, int]]:
        """Return (name, bytes) for each entry of a folder, sorted; empty if there is no folder."""

    def delete(self, uri: str) -> None:
        """Delete a file, or a folder with its content, if it exists."""

    def move(self, source: str, target: str) -> None:
        """Move a file to an unused name, creating the folder."""

    def read_json(self, uri: str, key: str) -> dict[str, Any]:
        """Return the JSON object in a file; raise DatasetError if it is none or lacks the key."""

    def write_json(self, uri: str, value: Any) -> None:
        """Write a JSON file, which is never incomplete."""


class StoredFiles:
    """These operations without Spark, below the URI of all datasets; URIs are paths from there."""

    def __init__(self, data_uri: str) -> None:
        """Open the datasets; raise DatasetError for an address that pyarrow cannot read."""
        self._store, self._root = opened(data_uri)

    def exists(self, uri: str) -> bool:
        """Return whether there is a file or folder."""
        return bool(self._info(uri).type != fs.FileType.NotFound)

    def list(self, uri: str) -> Sequence[tuple[str, int]]:
        """Return (name, bytes) for each entry of a folder, sorted; empty if there is no folder."""
        selector = fs.FileSelector(self._path(uri), allow_not_found=True)
        infos = self._store.get_file_info(selector)
        return sorted((info.base_name, info.size or 0) for info in infos)

    def delete(self, uri: str) -> None:
        """Delete a file, or a folder with its content, if it exists."""
        kind = self._info(uri).type
        if kind == fs.FileType.Directory:
            self._store.delete_dir(self._path(uri))
        elif kind != fs.FileType.NotFound:
            self._store.delete_file(self._path(uri))

    def move(self, source: str, target: str) -> None:
        """Move a file to another name in a folder that exists."""
        self._store.move(self._path(source), self._path(target))

    def read_json(self, uri: str, key: str) -> dict[str, Any]:
        """Return the JSON object in a file; raise DatasetError if it is none or lacks the key."""
        with self._store.open_input_stream(self._path(uri)) as stream:
            text = stream.read()
        try:
            value: dict[str, Any] = json.loads(text)
            value[key]
        except (ValueError, TypeError, LookupError) as err:
            path = self._path(uri)
            raise DatasetError(f"{path} is damaged: delete it and run 'make data' again") from err
        return value

    def write_json(self, uri: str, value: Any) -> None:
        """Write a JSON file, which is never incomplete."""
        parent, _, name = uri.rpartition("/")
        self._store.create_dir(self._path(parent))
        temporary = f"{parent}/_{name}.{uuid.uuid4().hex}"
        with self._store.open_output_stream(self._path(temporary)) as stream:
            stream.write(f"{json.dumps(value, indent=2, sort_keys=True)}\n".encode())
        self.move(temporary, uri)

    def _info(self, uri: str) -> fs.FileInfo:
        return self._store.get_file_info(self._path(uri))

    def _path(self, uri: str) -> str:
        return f"{self._root}/{uri}"


def pointers(files: Files, uri: str) -> list[str]:
    """Return the names of a dataset's pointers, each to a published version, the oldest first."""
    return [name for name, _ in files.list(f"{uri}/published") if POINTER.fullmatch(name)]


def pointed_to(files: Files, uri: str, pointer: str) -> str:
    """Return the version that a pointer names; raise DatasetError if it is damaged."""
    return str(files.read_json(f"{uri}/published/{pointer}", "version")["version"])


def published_last(files: Files, uri: str) -> list[str]:
    """Return the names of the versions that were published last, the newest first, each once."""
    last = reversed(pointers(files, uri)[-KEEP_PUBLISHED:])
    return list(dict.fromkeys(pointed_to(files, uri, pointer) for pointer in last))


def pinned(files: Files, uri: str, *, but: str | None = None) -> set[str]:
    """Return the names of the versions that are pinned, but not those only for one model."""
    names = [name for name, _ in files.list(f"{uri}/pinned") if not name.startswith("_")]
    split = [name.removesuffix(_SUFFIX).partition(_OF) for name in names]
    return {version for version, _, model in split if but is None or model != quote(but, safe="")}


def pin(files: Files, uri: str, version: str, model_name: str) -> None:
    """Keep a version for a model until its pin is taken away."""
    if not files.exists(path := _pin(uri, version, model_name)):
        files.write_json(path, {"version": version, "model": model_name})


def unpin(files: Files, uri: str, version: str, model_name: str) -> None:
    """Take the pin of a version for a model away, if it has one."""
    files.delete(_pin(uri, version, model_name))


def _pin(uri: str, version: str, model_name: str) -> str:
    return f"{uri}/pinned/{version}{_OF}{quote(model_name, safe='')}{_SUFFIX}"


def kept(files: Files, uri: str) -> set[str]:
    """Return the names of the versions that may not be removed."""
    return {*published_last(files, uri), *pinned(files, uri)}


def is_complete(files: Files, uri: str, version: str) -> bool:
    """Return whether a version has its manifest."""
    return files.exists(f"{uri}/versions/{version}/manifest.json")


def is_half_removed(files: Files, uri: str, version: str) -> bool:
    """Return whether the removal of a version was interrupted."""
    return files.exists(f"{uri}/versions/{version}/{_REMOVED}")


def remove(files: Files, uri: str, version: str) -> bool:
    """Remove a version unless it is kept; return whether it is gone.

    The manifest goes first. Then it is asked again whether the version is kept: who publishes or
    pins a version writes that first, and looks for the manifest afterwards, so that one of the two
    sees the other. A removal that was interrupted is finished, or undone if the version is kept.
    """
    folder = f"{uri}/versions/{version}"
    manifest, hidden = f"{folder}/manifest.json", f"{folder}/{_REMOVED}"
    if files.exists(manifest):
        files.delete(hidden)
        files.move(manifest, hidden)
    if version in kept(files, uri):
        if files.exists(hidden):
            files.move(hidden, manifest)
        return False
    for name, _ in files.list(folder):
        if name != _REMOVED:
            files.delete(f"{folder}/{name}")
    files.delete(folder)
    return True


def made_from(files: Files, data_version: str) -> dict[str, set[str]]:
    """Return the versions of each stage that a version of vectors was made from, and those of
    origins that belong to them; itself included, missing ones left out."""
    found: dict[str, set[str]] = {}
    name = data_version
    for stage, before in ((VECTORS, TRANSFORMED), (TRANSFORMED, CLEAN), (CLEAN, RAW), (RAW, None)):
        manifest = _manifest(files, stage, name)
        if manifest is None:
            break
        found[stage] = {name}
        name = str((manifest.get("input") or {}).get(before, ""))
    for clean in found.get(CLEAN, ()):
        for origins, _ in files.list(f"{ORIGINS}/versions"):
            manifest = _manifest(files, ORIGINS, origins) or {}
            if (manifest.get("input") or {}).get(CLEAN) == clean:
                found.setdefault(ORIGINS, set()).add(origins)
    return found


def pin_data(data_uri: str, data_version: str, model_name: str) -> None:
    """Pin a version of vectors for a model, with all that it was made from, as far as it is there.

    Raise DatasetError if the datasets cannot be reached or written to, or are removed just now.
    """
    files = StoredFiles(data_uri)
    try:
        found = made_from(files, data_version)
        for stage, versions in found.items():
            for version in versions:
                pin(files, stage, version, model_name)
        if made_from(files, data_version) != found:
            raise DatasetError(f"the data {data_version} are being removed: run 'make data' again")
    except (OSError, pa.ArrowException) as err:
        raise DatasetError(
            f"the data {data_version} cannot be pinned ({type(err).__name__}): allow writing to "
            "them; else they are removed after three newer versions"
        ) from err


def _manifest(files: Files, stage: str, version: str) -> Mapping[str, Any] | None:
    if not version or not is_complete(files, stage, version):
        return None
    return files.read_json(f"{stage}/versions/{version}/manifest.json", "version")
