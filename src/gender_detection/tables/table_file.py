"""The bytes of a table file, the share read so far, and the delimiter of its cells."""

import bz2
import gzip
import io
import os
import zlib
from pathlib import Path
from typing import IO, Any

from .. import os_errors
from ..errors import InvalidInput

STANDARD = "-"
COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}


class TableFile(io.RawIOBase):
    """The bytes of a file, or of standard input if it is called -; decompressed if the name ends in
    .gz, .bz2 or .zst.

    Opening and reading raise InvalidInput, with file and remedy, if the file cannot be read.
    """

    def __init__(self, path: Path):
        super().__init__()
        self.path = path
        try:
            self._raw = (
                open(0, "rb", closefd=False)  # noqa: SIM115 - closed in close
                if str(path) == STANDARD
                else path.open("rb")
            )
        except OSError as err:
            raise self._fault(err) from err
        self._compression = COMPRESSIONS.get(path.suffix.lower())
        self._bytes: IO[bytes] = _decompressed(self._raw, self._compression)

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes read so far; None if it has no size, like a pipe."""
        if self.closed or not self._raw.seekable():
            return None
        size = os.fstat(self._raw.fileno()).st_size
        return min(self._raw.tell() / size, 1.0) if size else None

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        """Read the available bytes into a buffer and return how many; 0 at the end."""
        try:
            if self._compression == "zstd":
                return self._bytes.readinto(buffer)  # type: ignore[attr-defined, no-any-return]
            return self._bytes.readinto1(buffer)  # type: ignore[attr-defined, no-any-return]
        except (EOFError, zlib.error, gzip.BadGzipFile) as err:
            raise self._broken() from err
        except OSError as err:
            # bz2 and zstd raise OSError without a number for an invalid file.
            raise self._fault(err) if err.errno else self._broken() from err

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._bytes.close()
            self._raw.close()
        super().close()

    def _broken(self) -> InvalidInput:
        return InvalidInput(
            f"{self.path} is not a complete {self._compression} file: compress it again"
        )

    def _fault(self, err: OSError) -> InvalidInput:
        if isinstance(err, FileNotFoundError):
            return InvalidInput(f"no file {self.path}: check the path")
        return InvalidInput(os_errors.describe_for(self.path, "cannot be read", err))


def _decompressed(raw: IO[bytes], compression: str | None) -> Any:
    if compression == "gzip":
        return gzip.GzipFile(fileobj=raw)
    if compression == "bz2":
        return bz2.BZ2File(raw)
    if compression == "zstd":
        import pyarrow as pa  # slow to import, and only needed for .zst

        return pa.CompressedInputStream(raw, "zstd")
    return raw
