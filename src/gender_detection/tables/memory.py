"""Memory shared by processes for blocks: anonymous files."""

import errno
import os
import tempfile
from collections.abc import Iterable
from typing import IO

from .text_columns import Part


class Scored:
    """A scored block: the beginning of a file in memory. formulas is as in Scorer."""

    def __init__(self, file: int, size: int, formulas: int = 0) -> None:
        self._file, self._size, self.formulas = file, size, formulas

    def text(self) -> bytes:
        """Return the bytes of the block."""
        return take(self._file, 0, self._size)

    def write_to(self, file: IO[bytes]) -> None:
        """Append the block to an unbuffered file, with sendfile if the system supports it."""
        at = 0
        try:
            while at < self._size:
                at += os.sendfile(file.fileno(), self._file, at, self._size - at)
        except OSError as err:
            if err.errno not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSOCK, errno.EOPNOTSUPP):
                raise
            write_all(file, take(self._file, at, self._size - at))


def write_all(file: IO[bytes], text: bytes) -> None:
    """Append text to an unbuffered file, which may take several writes."""
    left = memoryview(text)
    while left:
        left = left[file.write(left) :]


def new_memory() -> int:
    """Return the descriptor of an anonymous file, in memory if the system supports it."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("block")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def put(file: int, parts: Iterable[Part]) -> int:
    """Write parts at the beginning of a file, and return their size in bytes."""
    at = 0
    for part in parts:
        left = memoryview(part)
        while left:
            written = os.pwrite(file, left, at)
            at, left = at + written, left[written:]
    return at


def take(file: int, at: int, size: int) -> bytes:
    """Return size bytes of a file from a position on, which may take several reads."""
    parts = []
    while size:
        part = os.pread(file, size, at)
        parts.append(part)
        at, size = at + len(part), size - len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
