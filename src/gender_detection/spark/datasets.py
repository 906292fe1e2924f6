"""Versioned datasets: readers see a complete version or the one before, never a part of one.

A dataset is a folder:

    versions/<version>/part-00000.parquet …   the rows
    versions/<version>/manifest.json          written last: without it, a version is incomplete
    published/00000001.json …                 names a version; the highest number is current
    pinned/<version>@<model>.json …           a version that is kept for a model
                                              (dataset_retention)

A version's name is a digest of its manifest, which has the digests of its files; so the same input
gives the same version, byte for byte. The digest leaves out published_at, the time when the version
was first published, and the notes on that run: a version that is made again keeps both.

Publishing adds one small file under a new name, which is atomic on a local disk, on HDFS and on
object stores.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .. import dataset_retention
from ..errors import DatasetError
from .files import Files

_STAGING = "_staging"
# A Parquet footer lists each column's encodings in the order of a Java HashSet of enums, which
# differs between JVMs. Pages of version 2 without dictionaries have one encoding per column, so
# there is no order; sorted strings are also smaller that way.
_SAME_BYTES = {"parquet.writer.version": "v2", "parquet.enable.dictionary": "false"}


@dataclass(frozen=True)
class Version:
    """A complete version: its name, the folder of its files, and its manifest."""

    name: str
    uri: str
    manifest: dict[str, Any]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Dataset:
    """The versions of one stage's output under a URI: one writer at a time, many readers."""

    def __init__(self, spark: SparkSession, uri: str, clock: Callable[[], datetime] = _utc_now):
        """Open the dataset at uri, which may not exist yet; clock gives the time of publishing."""
        self._spark = spark
        self._clock = clock
        self.uri = uri.rstrip("/")
        self._files = Files(spark, self.uri)

    def current(self) -> Version:
        """Return the version published last; raise DatasetError if there is none."""
        published = self._published()
        if not published:
            raise DatasetError(f"no dataset is published at {self.uri}: run 'make data' first")
        return self._version(published[-1])

    def kept(self) -> list[Version]:
        """Return the complete versions among the last ones published, the newest first."""
        names = dataset_retention.published_last(self._files, self.uri)
        return [version for name in names if (version := self._complete(name))]

    def read(self, version: Version | None = None) -> DataFrame:
        """Return the rows of a version, by default of the current one.

        Raise DatasetError if its files are not the ones in its manifest.
        """
        version = version or self.current()
        found = dict(self._files.list(version.uri))
        for file in version.manifest["files"]:
            if found.get(file["name"]) != file["bytes"]:
                raise DatasetError(
                    f"{version.uri}/{file['name']} is missing or damaged: delete {version.uri} "
                    "and run 'make data' again"
                )
        names = [f"{version.uri}/{file['name']}" for file in version.manifest["files"]]
        return self._spark.read.parquet(*names)

    def publish(
        self,
        df: DataFrame,
        manifest: dict[str, Any],
        *,
        by: str,
        shards: int,
        notes: Mapping[str, Any] | None = None,
    ) -> Version:
        """Write df as a new version and publish it; rows are hashed by column by, and sorted.

        The layout depends only on the rows, so the same rows give the same bytes. notes are added
        to the manifest of a version that is new. Return the version; if it is the current one
        already, nothing changes.
        """
        folder = self._staging()
        arranged = df.repartition(shards, by).sortWithinPartitions(*df.columns)
        arranged.write.options(**_SAME_BYTES, compression="zstd").parquet(folder)
        version = self._move_to_version(
            folder, {**manifest, "schema": json.loads(df.schema.json())}, notes or {}
        )
        self._files.delete(f"{self.uri}/{_STAGING}")
        self._point_to(version.name)
        # The upkeep may have removed this version while it was made again.
        self.current()
        self._prune()
        return version

    def stage_files(self, files: Sequence[Path]) -> DataFrame:
        """Return the rows of local Parquet files, copied to where every executor can read them.

        The copies are kept until the next version is published.
        """
        self._files.delete(f"{self.uri}/{_STAGING}")  # left by a killed run
        folder = self._staging()
        for file in files:
            self._files.upload(file, f"{folder}/{file.name}")
        return self._spark.read.parquet(folder)

    def write_report(self, name: str, value: Any) -> str:
        """Write a JSON file beside the versions, in place of an older one; return its URI."""
        self.delete_report(name)
        self._files.write_json(f"{self.uri}/{name}", value)
        return f"{self.uri}/{name}"

    def delete_report(self, name: str) -> None:
        """Delete such a file if it exists."""
        self._files.delete(f"{self.uri}/{name}")

    def _staging(self) -> str:
        return f"{self.uri}/{_STAGING}/{uuid.uuid4().hex}"

    def _move_to_version(
        self, staged: str, manifest: dict[str, Any], notes: Mapping[str, Any]
    ) -> Version:
        """Move the staged files to the folder of their version, and write manifest.json last."""
        digests = self._digests(staged)
        manifest["files"] = [
            {"name": f"part-{i:05d}.parquet", "bytes": size, "sha256": digest}
            for i, (_, size, digest) in enumerate(digests)
        ]
        canonical = json.dumps(manifest, sort_keys=True, ensure_ascii=False)
        name = hashlib.sha256(canonical.encode()).hexdigest()[:16]
        if existing := self._complete(name):
            return existing
        uri = f"{self.uri}/versions/{name}"
        time = self._clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        version = Version(name, uri, {**manifest, **notes, "version": name, "published_at": time})
        self._files.delete(uri)  # a run was killed while it moved these files
        for (path, _, _), file in zip(digests, manifest["files"], strict=True):
            self._files.move(path, f"{uri}/{file['name']}")
        self._files.write_json(f"{uri}/manifest.json", version.manifest)
        return version

    def _digests(self, folder: str) -> list[tuple[str, int, str]]:
        """Return (path, bytes, sha256) of the Parquet files, in the order of their shards."""
        files = self._spark.read.format("binaryFile").option("pathGlobFilter", "*.parquet")
        digest = F.sha2(F.col("content"), 256)
        rows = files.load(folder).select("path", "length", digest).collect()
        return sorted(((r[0], r[1], r[2]) for r in rows), key=lambda r: r[0].rsplit("/")[-1])

    def _published(self) -> list[str]:
        """Return the names of the pointers, oldest first."""
        return dataset_retention.pointers(self._files, self.uri)

    def _version(self, pointer: str) -> Version:
        name = self._version_name(pointer)
        if version := self._complete(name):
            return version
        uri = f"{self.uri}/versions/{name}"
        raise DatasetError(f"{uri} is missing or incomplete: run 'make data' again")

    def _complete(self, name: str) -> Version | None:
        """Return a version by its name, None if it is missing or incomplete."""
        uri = f"{self.uri}/versions/{name}"
        if not self._files.exists(f"{uri}/manifest.json"):
            return None
        return Version(name, uri, self._files.read_json(f"{uri}/manifest.json", "files"))

    def _version_name(self, pointer: str) -> str:
        return dataset_retention.pointed_to(self._files, self.uri, pointer)

    def _point_to(self, version: str) -> None:
        published = self._published()
        number = 0
        if published:
            number = int(published[-1].removesuffix(".json"))
            if self._version_name(published[-1]) == version:
                return
        pointer = f"{self.uri}/published/{number + 1:08d}.json"
        self._files.write_json(pointer, {"version": version})

    def _prune(self) -> None:
        """Delete the versions that are neither among the last ones published nor pinned."""
        kept = dataset_retention.kept(self._files, self.uri)
        for name, _ in self._files.list(f"{self.uri}/versions"):
            if name not in kept:
                dataset_retention.remove(self._files, self.uri, name)
