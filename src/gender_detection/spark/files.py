"""The few file operations that a versioned dataset needs, on any file system Spark reads."""

import json
import uuid
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from ..errors import DatasetError


class Files:
    """Files under URIs, through Hadoop's FileSystem: local, HDFS, S3A, GCS, ABFS."""

    def __init__(self, spark: SparkSession, uri: str):
        """Open the file system of uri; raise DatasetError where Spark has none for its scheme."""
        self._jvm: Any = spark._jvm
        configuration = spark._jsc.hadoopConfiguration()  # type: ignore[attr-defined]
        try:
            self._fs = self._path(uri).getFileSystem(configuration)
        except Py4JJavaError as err:
            raise DatasetError(
                f"{uri}: Spark has no file system for this address; "
                "check it, or add the connector's jar (spark.jars.packages)"
            ) from err
        # Checksum side files (.x.crc) would be moved apart from their data; manifests do better.
        self._fs.setWriteChecksum(False)

    def _path(self, uri: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path(uri)

    def exists(self, uri: str) -> bool:
        """Tell whether there is a file or folder at uri."""
        return bool(self._fs.exists(self._path(uri)))

    def list(self, uri: str) -> list[tuple[str, int]]:
        """Return (name, bytes) of what lies in the folder, sorted by name; empty without one."""
        if not self.exists(uri):
            return []
        statuses = self._fs.listStatus(self._path(uri))
        return sorted((s.getPath().getName(), int(s.getLen())) for s in statuses)

    def delete(self, uri: str) -> None:
        """Delete a file, or a folder with all it holds; nothing there is no error."""
        self._fs.delete(self._path(uri), True)

    def move(self, source: str, target: str) -> None:
        """Move a file to a name that is free, making the folder; raise DatasetError if it fails."""
        self._fs.mkdirs(self._path(target).getParent())
        if not self._fs.rename(self._path(source), self._path(target)):
            raise DatasetError(f"{target}: cannot move {source} there; is another run writing?")

    def upload(self, source: Path, target: str) -> None:
        """Copy a file of this machine to target, making the folder."""
        self._fs.copyFromLocalFile(False, True, self._path(source.as_uri()), self._path(target))

    def write_empty(self, uri: str) -> None:
        """Make an empty file, in place of one that is there."""
        self._fs.create(self._path(uri), True).close()

    def read_json(self, uri: str, key: str) -> dict[str, Any]:
        """Return the JSON object in a small file; raise DatasetError unless it is one with key."""
        stream = self._fs.open(self._path(uri))
        try:
            text = self._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
        finally:
            stream.close()
        try:
            value = json.loads(text)
            value[key]
        except (ValueError, TypeError, LookupError) as err:
            raise DatasetError(f"{uri} is damaged: delete it and run 'make data' again") from err
        return value

    def write_json(self, uri: str, value: Any) -> None:
        """Write a JSON file that is never seen half-written: aside first, then under its name."""
        text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        parent, _, name = uri.rpartition("/")
        aside = f"{parent}/_{name}.{uuid.uuid4().hex}"
        stream = self._fs.create(self._path(aside), True)
        try:
            stream.write(bytearray(text.encode()))
        finally:
            stream.close()
        self.move(aside, uri)
