"""A file that holds a table: its bytes, how far it is read, and what parts its cells."""

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
PACKERS = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}


class TableFile(io.RawIOBase):
    """The bytes of a file, or of the standard input where it is called -, unpacked where its name
    ends in .gz, .bz2 or .zst.

    Opening and reading raise InvalidInput, with file and remedy, where it cannot be read.
    """

    def __init__(self, path: Path):
        super().__init__()
        self.path = path
        try:
            self._packed = (
                open(0, "rb", closefd=False)  # noqa: SIM115 - closed in close
                if str(path) == STANDARD
                else path.open("rb")
            )
        except OSError as err:
            raise self._fault(err) from err
        self._packer = PACKERS.get(path.suffix.lower())
        self._bytes: IO[bytes] = _unpacked(self._packed, self._packer)

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
            if self._packer == "zstd":
                return self._bytes.readinto(buffer)  # type: ignore[attr-defined, no-any-return]
            return self._bytes.readinto1(buffer)  # type: ignore[attr-defined, no-any-return]
        except (EOFError, zlib.error, gzip.BadGzipFile) as err:
            raise self._broken() from err
        except OSError as err:
            # What is no file of its kind is told without a number by bz2 and zstd.
            raise self._fault(err) if err.errno else self._broken() from err

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._bytes.close()
            self._packed.close()
        super().close()

    def _broken(self) -> InvalidInput:
        return InvalidInput(f"{self.path} is no whole {self._packer} file: pack it again")

    def _fault(self, err: OSError) -> InvalidInput:
        if isinstance(err, FileNotFoundError):
            return InvalidInput(f"no file {self.path}: check the path")
        return InvalidInput(os_errors.describe_for(self.path, "cannot be read", err))


def _unpacked(packed: IO[bytes], packer: str | None) -> Any:
    if packer == "gzip":
        return gzip.GzipFile(fileobj=packed)
    if packer == "bz2":
        return bz2.BZ2File(packed)
    if packer == "zstd":
        import pyarrow as pa  # those who read no such file need not wait for it

        return pa.CompressedInputStream(packed, "zstd")
    return packed


def delimiter_of(path: Path, header: str) -> str:
    """Return what parts the cells: tabs where the name (before .gz and the like) ends in .tsv,
    otherwise what parts the header, of comma, semicolon and tab."""
    name = path.with_suffix("") if path.suffix.lower() in PACKERS else path
    return "\t" if name.suffix.lower() == ".tsv" else max(",;\t", key=header.count)
