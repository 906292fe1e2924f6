"""Blocks in memory that processes share: files that are in no folder."""

import errno
import os
import tempfile
from collections.abc import Iterable
from typing import IO

from .text_columns import Part


class Scored:
    """What became of a block: the beginning of a file in memory.

    formulas is as in Scorer.
    """

    def __init__(self, file: int, size: int, formulas: int = 0) -> None:
        self._file, self._size, self.formulas = file, size, formulas

    def text(self) -> bytes:
        """Return it."""
        return take(self._file, 0, self._size)

    def write_to(self, file: IO[bytes]) -> None:
        """Append it to an unbuffered file; where the kernel can, without a look at it."""
        at = 0
        try:
            while at < self._size:
                at += os.sendfile(file.fileno(), self._file, at, self._size - at)
        except OSError as err:
            if err.errno not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSOCK, errno.EOPNOTSUPP):
                raise
            write_all(file, take(self._file, at, self._size - at))


def write_all(file: IO[bytes], text: bytes) -> None:
    """Append text to an unbuffered file, which may take it in pieces."""
    left = memoryview(text)
    while left:
        left = left[file.write(left) :]


def new_memory() -> int:
    """Return a file that is in no folder, in memory where that can be had."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("block")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def put(file: int, parts: Iterable[Part]) -> int:
    """Write parts from the beginning of a file on, and return how many bytes they are."""
    at = 0
    for part in parts:
        left = memoryview(part)
        while left:
            written = os.pwrite(file, left, at)
            at, left = at + written, left[written:]
    return at


def take(file: int, at: int, size: int) -> bytes:
    """Return a part of a file, which a single read may give in pieces."""
    parts = []
    while size:
        part = os.pread(file, size, at)
        parts.append(part)
        at, size = at + len(part), size - len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
