"""Versioned datasets: a whole version or the one before, never half of one.

A dataset is a folder:

    versions/<version>/part-00000.parquet …   the rows
    versions/<version>/manifest.json          written last: a version without it is not whole
    published/00000001.json …                 which version is current: the highest number

A version's name is a digest of its manifest, which holds the digests of its files; so the same
input gives the same version, byte for byte. Publishing adds one small file under a new name, which
is a single atomic step on a local disk, on HDFS and on object stores alike.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ..errors import DatasetError
from .files import Files

KEEP_PUBLISHED = 3
_STAGING = "_staging"
# A Parquet footer lists each column's encodings in the order of a Java HashSet of enums, which
# differs from one JVM to the next. Pages of version 2 without dictionaries use one encoding a
# column, so there is no order to differ; sorted strings are smaller that way as well.
_SAME_BYTES = {"parquet.writer.version": "v2", "parquet.enable.dictionary": "false"}
_POINTER = re.compile(r"\d{8}\.json")


@dataclass(frozen=True)
class Version:
    """One whole version: its name, the folder of its files, and its manifest."""

    name: str
    uri: str
    manifest: dict[str, Any]


class Dataset:
    """The versions of one stage's output under a URI. One writer at a time, any readers."""

    def __init__(self, spark: SparkSession, uri: str):
        """Open the dataset at uri, which need not exist yet."""
        self._spark = spark
        self.uri = uri.rstrip("/")
        self._files = Files(spark, self.uri)

    def current(self) -> Version:
        """Return the version published last; raise DatasetError where there is none."""
        published = self._published()
        if not published:
            raise DatasetError(f"no data set is published at {self.uri}: run 'make data' first")
        return self._version(published[-1])

    def read(self, version: Version | None = None) -> DataFrame:
        """Return the rows of a version, by default of the current one.

        Raise DatasetError where its files are not those that its manifest names.
        """
        version = version or self.current()
        there = dict(self._files.list(version.uri))
        for file in version.manifest["files"]:
            if there.get(file["name"]) != file["bytes"]:
                raise DatasetError(
                    f"{version.uri}/{file['name']} is missing or damaged: delete {version.uri} "
                    "and run 'make data' again"
                )
        names = [f"{version.uri}/{file['name']}" for file in version.manifest["files"]]
        return self._spark.read.parquet(*names)

    def publish(self, df: DataFrame, manifest: dict[str, Any], *, by: str, shards: int) -> Version:
        """Write df as a new version, hashed by column by into shards, sorted, and publish it.

        Rows are laid out by value alone, so that the same rows give the same bytes. Return the
        version; where it is the current one already, nothing changes.
        """
        folder = self._staging()
        arranged = df.repartition(shards, by).sortWithinPartitions(*df.columns)
        arranged.write.options(**_SAME_BYTES, compression="zstd").parquet(folder)
        version = self._settle(folder, {**manifest, "schema": json.loads(df.schema.json())})
        self._files.delete(f"{self.uri}/{_STAGING}")
        self._point_to(version.name)
        self._prune()
        return version

    def stage_files(self, files: Sequence[Path]) -> DataFrame:
        """Return the rows of local Parquet files, copied to where every executor can read them.

        The copies are there until the next version is published.
        """
        self._files.delete(f"{self.uri}/{_STAGING}")  # what a killed run left behind
        folder = self._staging()
        for file in files:
            self._files.upload(file, f"{folder}/{file.name}")
        return self._spark.read.parquet(folder)

    def _staging(self) -> str:
        return f"{self.uri}/{_STAGING}/{uuid.uuid4().hex}"

    def _settle(self, staged: str, manifest: dict[str, Any]) -> Version:
        """Move the staged files to the folder named by their content; manifest.json comes last."""
        digests = self._digests(staged)
        manifest["files"] = [
            {"name": f"part-{i:05d}.parquet", "bytes": size, "sha256": digest}
            for i, (_, size, digest) in enumerate(digests)
        ]
        canonical = json.dumps(manifest, sort_keys=True, ensure_ascii=False)
        name = hashlib.sha256(canonical.encode()).hexdigest()[:16]
        uri = f"{self.uri}/versions/{name}"
        version = Version(name, uri, {**manifest, "version": name})
        if not self._files.exists(f"{uri}/manifest.json"):
            self._files.delete(uri)  # a run was killed while it moved these very files
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
        names = [name for name, _ in self._files.list(f"{self.uri}/published")]
        return [name for name in names if _POINTER.fullmatch(name)]

    def _version(self, pointer: str) -> Version:
        name = self._named_by(pointer)
        uri = f"{self.uri}/versions/{name}"
        if not self._files.exists(f"{uri}/manifest.json"):
            raise DatasetError(f"{uri} is gone or incomplete: run 'make data' again")
        return Version(name, uri, self._files.read_json(f"{uri}/manifest.json", "files"))

    def _named_by(self, pointer: str) -> str:
        return str(self._files.read_json(f"{self.uri}/published/{pointer}", "version")["version"])

    def _point_to(self, version: str) -> None:
        published = self._published()
        number = 0
        if published:
            number = int(published[-1].removesuffix(".json"))
            if self._named_by(published[-1]) == version:
                return
        pointer = f"{self.uri}/published/{number + 1:08d}.json"
        self._files.write_json(pointer, {"version": version})

    def _prune(self) -> None:
        """Delete versions that none of the last few publications names."""
        kept = {self._named_by(pointer) for pointer in self._published()[-KEEP_PUBLISHED:]}
        for name, _ in self._files.list(f"{self.uri}/versions"):
            if name not in kept:
                # First what says that it is whole: deleting the rest takes several steps.
                self._files.delete(f"{self.uri}/versions/{name}/manifest.json")
                self._files.delete(f"{self.uri}/versions/{name}")
