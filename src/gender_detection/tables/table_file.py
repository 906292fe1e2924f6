"""The bytes of a table file, and the share read so far."""

import bz2
import gzip
import io
import lzma
import os
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Any

from .. import os_errors
from ..errors import InvalidInput

STANDARD = "-"
COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd", ".xz": "xz", ".zip": "zip"}
ZIP = ".zip"


class TableFile(io.RawIOBase):
    """The bytes of a file, or of standard input if it is called -; decompressed if the name ends in
    .gz, .bz2, .zst, .xz or .zip (of the one file in the archive).

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
        try:
            self._bytes: IO[bytes] = self._decompressed()
        except InvalidInput:
            self._raw.close()
            raise

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
        except (EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError, zipfile.BadZipFile) as err:
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

    def _decompressed(self) -> Any:
        if self._compression == "gzip":
            return gzip.GzipFile(fileobj=self._raw)
        if self._compression == "bz2":
            return bz2.BZ2File(self._raw)
        if self._compression == "xz":
            return lzma.LZMAFile(self._raw)
        if self._compression == "zip":
            return self._member()
        if self._compression == "zstd":
            import pyarrow as pa  # slow to import, and only needed for .zst

            return pa.CompressedInputStream(self._raw, "zstd")
        return self._raw

    def _member(self) -> IO[bytes]:
        """Return the one file in a ZIP archive."""
        try:
            archive = zipfile.ZipFile(self._raw)
            return archive.open(_only_member(self.path, archive))
        except (zipfile.BadZipFile, OSError, ValueError) as err:
            raise self._broken() from err
        except (RuntimeError, NotImplementedError) as err:
            raise InvalidInput(
                f"{self.path} is encrypted, or packed in an unusual way: unpack it first"
            ) from err

    def _broken(self) -> InvalidInput:
        return InvalidInput(
            f"{self.path} is not a complete {self._compression} file: compress it again"
        )

    def _fault(self, err: OSError) -> InvalidInput:
        if isinstance(err, FileNotFoundError):
            return InvalidInput(f"no file {self.path}: check the path")
        return InvalidInput(os_errors.describe_for(self.path, "cannot be read", err))


def name_within(path: Path) -> Path:
    """Return the name of the one file in a ZIP archive; raise InvalidInput if it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return Path(PurePosixPath(_only_member(path, archive).filename).name)
    except FileNotFoundError as err:
        raise InvalidInput(f"no file {path}: check the path") from err
    except zipfile.BadZipFile as err:
        raise InvalidInput(f"{path} is not a complete zip file: compress it again") from err
    except OSError as err:
        raise InvalidInput(os_errors.describe_for(path, "cannot be read", err)) from err


def _only_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Return the file in an archive, without those that macOS adds; raise InvalidInput if there
    are several, or none."""
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and not any(part.startswith((".", "__")) for part in PurePosixPath(member.filename).parts)
    ]
    if len(members) != 1:
        raise InvalidInput(
            f"{path} has {len(members)} files: unpack it, and name the table or its folder"
        )
    return members[0]
