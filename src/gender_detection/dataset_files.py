"""The versions of the datasets, read from their files without Spark: for training and the gate.

gender_detection.spark.datasets writes them, and describes the layout of their folders. Each
manifest names the version of its input, so the version of vectors is enough to find all that it was
made from, also when newer ones have been published since.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from .errors import DatasetError

RAW, CLEAN, TRANSFORMED, VECTORS, ORIGINS = "raw", "clean", "transformed", "vectors", "origins"
MANIFEST = "manifest.json"
# The names of the files that say which versions were published, in their order.
POINTER = re.compile(r"\d{8}\.json")
_AGAIN = "run 'make data' again"


@dataclass(frozen=True)
class DatasetVersion:
    """A complete version of a dataset: its stage, its name, and its manifest."""

    stage: str
    name: str
    manifest: Mapping[str, Any]

    def input(self, stage: str) -> str:
        """Return the version of a stage that this one was made from.

        Raise DatasetError if the manifest does not say it.
        """
        try:
            return str(self.manifest["input"][stage])
        except (KeyError, TypeError) as err:
            raise DatasetError(
                f"{MANIFEST} of version {self.name} of {self.stage} does not say which version of "
                f"{stage} it was made from: {_AGAIN}"
            ) from err


class DatasetFiles:
    """The datasets at a URI: a folder, or an address that pyarrow can read (s3, gs, hdfs, abfs).

    Methods raise DatasetError if files are missing or damaged.
    """

    def __init__(self, data_uri: str) -> None:
        """Open the datasets; raise DatasetError for an address that cannot be read."""
        self._store, self._root = opened(data_uri)

    def chain(self, data_version: str = "") -> dict[str, DatasetVersion]:
        """Return the versions that belong together: those that one of vectors was made from.

        That is the version of vectors whose name is data_version or begins so and, if it is empty,
        the one published last. The stages are raw, clean, transformed, vectors and origins, in this
        order.
        """
        vectors = self.find(VECTORS, data_version) if data_version else self.current(VECTORS)
        transformed = self.version(TRANSFORMED, vectors.input(TRANSFORMED))
        clean = self.version(CLEAN, transformed.input(CLEAN))
        raw = self.version(RAW, clean.input(RAW))
        found = (raw, clean, transformed, vectors, self._origins(clean))
        return {version.stage: version for version in found}

    def current(self, stage: str) -> DatasetVersion:
        """Return the version of a stage that was published last."""
        published = self._published(stage)
        if not published:
            raise DatasetError(f"no dataset is published at {self._root}/{stage}: run 'make data'")
        return self.version(stage, published[-1])

    def find(self, stage: str, name: str) -> DatasetVersion:
        """Return the version whose name is name or begins so."""
        kept = self._complete(stage)
        found = [each for each in kept if each.startswith(name)]
        if len(found) != 1:
            raise DatasetError(
                f"{self._root}/{stage} has {len(found) or 'no'} version(s) {name!r}; kept are "
                f"{', '.join(kept) or 'none'}: name one of them, or run 'make data' with the "
                "sources and the code that made it"
            )
        return self.version(stage, found[0])

    def version(self, stage: str, name: str) -> DatasetVersion:
        """Return the version of a stage with a name."""
        try:
            manifest = self._json(f"{stage}/versions/{name}/{MANIFEST}")
        except (OSError, ValueError) as err:
            raise DatasetError(
                f"version {name or '(none)'} of the dataset {stage} is not at {self._root}: only "
                "the latest versions are kept; run 'make data', and train again"
            ) from err
        return DatasetVersion(stage, name, manifest)

    def read(self, version: DatasetVersion, columns: Sequence[str] | None = None) -> pa.Table:
        """Return columns of a version, by default all, in the order of its files."""
        parts = []
        for file in version.manifest["files"]:
            path = f"{self._root}/{version.stage}/versions/{version.name}/{file['name']}"
            try:
                if self._store.get_file_info(path).size != file["bytes"]:
                    raise OSError("another size than its manifest says")
                read = pq.read_table(path, columns=columns and [*columns], filesystem=self._store)
            except (OSError, pa.ArrowException) as err:
                raise DatasetError(
                    f"{path} is missing or damaged: delete its folder and {_AGAIN}"
                ) from err
            parts.append(read)
        return pa.concat_tables(parts)

    def _origins(self, clean: DatasetVersion) -> DatasetVersion:
        """Return the origins published last that were made from a version of clean."""
        complete = self._complete(ORIGINS)
        for name in dict.fromkeys(reversed(self._published(ORIGINS))):
            if name in complete:
                version = self.version(ORIGINS, name)
                if version.input(CLEAN) == clean.name:
                    return version
        raise DatasetError(
            f"{self._root}/{ORIGINS} has no version that was made from version {clean.name} of "
            f"{CLEAN}: {_AGAIN}"
        )

    def _published(self, stage: str) -> list[str]:
        """Return the names of the versions in the order in which they were published."""
        pointers = [n for n in self._names(f"{stage}/published") if POINTER.fullmatch(n)]
        try:
            return [str(self._json(f"{stage}/published/{n}")["version"]) for n in sorted(pointers)]
        except (OSError, ValueError, KeyError, TypeError) as err:
            folder = f"{self._root}/{stage}/published"
            raise DatasetError(f"a file in {folder} cannot be read: {_AGAIN}") from err

    def _complete(self, stage: str) -> list[str]:
        """Return the names of the complete versions, those with a manifest."""
        folder = f"{stage}/versions"
        return [n for n in self._names(folder) if self._is_file(f"{folder}/{n}/{MANIFEST}")]

    def _names(self, folder: str) -> list[str]:
        selector = fs.FileSelector(f"{self._root}/{folder}", allow_not_found=True)
        try:
            return sorted(info.base_name for info in self._store.get_file_info(selector))
        except OSError as err:
            raise DatasetError(f"{self._root}/{folder} cannot be listed: {err}") from err

    def _is_file(self, path: str) -> bool:
        return bool(self._store.get_file_info(f"{self._root}/{path}").type == fs.FileType.File)

    def _json(self, path: str) -> Any:
        with self._store.open_input_stream(f"{self._root}/{path}") as stream:
            return json.loads(stream.read())


def opened(data_uri: str) -> tuple[fs.FileSystem, str]:
    """Return the file system of the datasets and the path in it."""
    if "://" not in data_uri:
        return fs.LocalFileSystem(), data_uri.rstrip("/")
    try:
        # Hadoop's name for S3 is s3a.
        store, root = fs.FileSystem.from_uri(re.sub(r"^s3[an]://", "s3://", data_uri))
    except (pa.ArrowException, OSError) as err:
        scheme = data_uri.partition("://")[0]
        raise DatasetError(
            f"training and the gate cannot read datasets at {scheme}:// addresses: "
            f"{type(err).__name__}"
        ) from err
    return store, root.rstrip("/")
