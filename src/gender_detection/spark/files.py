"""The file operations that a versioned dataset needs, on any file system that Spark supports."""

import json
import uuid
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from ..errors import DatasetError


class Files:
    """Files at URIs, through Hadoop's FileSystem: local, HDFS, S3A, GCS, ABFS."""

    def __init__(self, spark: SparkSession, uri: str):
        """Open the file system of uri; raise DatasetError if Spark has none for its scheme."""
        self._jvm: Any = spark._jvm
        configuration = spark._jsc.hadoopConfiguration()
        try:
            self._fs = self._path(uri).getFileSystem(configuration)
        except Py4JJavaError as err:
            raise DatasetError(
                f"{uri}: Spark has no file system for this address: correct it, or add the "
                "connector's jar (spark.jars.packages)"
            ) from err
        # Checksum files (.x.crc) are not moved with their data; manifests have checksums instead.
        self._fs.setWriteChecksum(False)

    def _path(self, uri: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path(uri)

    def exists(self, uri: str) -> bool:
        """Return whether there is a file or folder at uri."""
        return bool(self._fs.exists(self._path(uri)))

    def list(self, uri: str) -> list[tuple[str, int]]:
        """Return (name, bytes) for each entry of a folder, sorted; empty if there is no folder."""
        if not self.exists(uri):
            return []
        statuses = self._fs.listStatus(self._path(uri))
        return sorted((s.getPath().getName(), int(s.getLen())) for s in statuses)

    def delete(self, uri: str) -> None:
        """Delete a file, or a folder with its content, if it exists."""
        self._fs.delete(self._path(uri), True)

    def move(self, source: str, target: str) -> None:
        """Move a file to an unused name, creating the folder; raise DatasetError if it fails."""
        self._fs.mkdirs(self._path(target).getParent())
        if not self._fs.rename(self._path(source), self._path(target)):
            raise DatasetError(f"cannot move {source} to {target}: is another run writing there?")

    def upload(self, source: Path, target: str) -> None:
        """Copy a local file to target, creating the folder."""
        self._fs.copyFromLocalFile(False, True, self._path(source.as_uri()), self._path(target))

    def write_empty(self, uri: str) -> None:
        """Create an empty file, replacing an existing one."""
        self._fs.create(self._path(uri), True).close()

    def read_json(self, uri: str, key: str) -> dict[str, Any]:
        """Return the JSON object in a small file; raise DatasetError if it is none or lacks key."""
        stream = self._fs.open(self._path(uri))
        try:
            text = self._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
        finally:
            stream.close()
        try:
            value: dict[str, Any] = json.loads(text)
            value[key]
        except (ValueError, TypeError, LookupError) as err:
            raise DatasetError(f"{uri} is damaged: delete it and run 'make data' again") from err
        return value

    def write_json(self, uri: str, value: Any) -> None:
        """Write a JSON file under a temporary name, then rename it: it is never incomplete."""
        text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        parent, _, name = uri.rpartition("/")
        temporary = f"{parent}/_{name}.{uuid.uuid4().hex}"
        stream = self._fs.create(self._path(temporary), True)
        try:
            stream.write(bytearray(text.encode()))
        finally:
            stream.close()
        self.move(temporary, uri)
