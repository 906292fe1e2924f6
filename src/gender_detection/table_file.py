"""A file that holds a table: its bytes, how far it is read, and what parts its cells."""

import gzip
import io
import os
import zlib
from pathlib import Path
from typing import IO

from .errors import InvalidInput


class TableFile(io.RawIOBase):
    """The bytes of a file, unpacked where its name ends in .gz.

    Opening and reading raise InvalidInput, with file and remedy, where it cannot be read.
    """

    def __init__(self, path: Path):
        super().__init__()
        self.path = path
        try:
            self._packed = path.open("rb")
        except OSError as err:
            raise self._fault(err) from err
        self._bytes: IO[bytes] = self._packed
        if path.suffix.lower() == ".gz":
            self._bytes = gzip.GzipFile(fileobj=self._packed)  # type: ignore[assignment]

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes read so far; None where it has no size, like a pipe."""
        if self.closed or not self._packed.seekable():
            return None
        size = os.fstat(self._packed.fileno()).st_size
        return min(self._packed.tell() / size, 1.0) if size else None

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def, override]
        """Fill a buffer as far as there are bytes at once, and return how many; 0 at the end."""
        try:
            return self._bytes.readinto1(buffer)  # type: ignore[attr-defined, no-any-return]
        except (EOFError, zlib.error, gzip.BadGzipFile) as err:
            raise InvalidInput(f"{self.path} is no whole gzip file: pack it again") from err
        except OSError as err:
            raise self._fault(err) from err

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._bytes.close()
            self._packed.close()
        super().close()

    def _fault(self, err: OSError) -> InvalidInput:
        if isinstance(err, FileNotFoundError):
            return InvalidInput(f"no file {self.path}: check the path")
        return InvalidInput(f"{self.path} cannot be read ({err.strerror}): give a file that can")


def delimiter_of(path: Path, header: str) -> str:
    """Return what parts the cells: tabs where the name (before .gz) ends in .tsv, otherwise what
    parts the header, of comma, semicolon and tab."""
    name = path.name.lower().removesuffix(".gz")
    return "\t" if name.endswith(".tsv") else max(",;\t", key=header.count)
