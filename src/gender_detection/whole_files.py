"""Atomic writes of files, their checksums, and locks of folders."""

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

from . import os_errors
from .errors import InvalidInput


def write_whole(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file atomically: readers see the previous content or all of the new one.

    A missing folder is made. A new file gets the mode, less the umask; a replaced one keeps its
    mode and owner, so that those who could read it still can.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with made_in(path.parent):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os_errors.renamed(temporary, path):
        try:
            with os.fdopen(descriptor, "wb") as file:
                if path.exists():
                    inherit(file.fileno(), path.stat())
                file.write(content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def made_in(folder: Path) -> Iterator[None]:
    """Raise InvalidInput if the block cannot make a file in a folder.

    Checking permissions is not enough: /proc claims to be writable.
    """
    try:
        yield
    except OSError as err:
        remedy = os_errors.remedy(err)
        if err.errno == errno.ENOENT or not remedy:
            remedy = "name another folder"
        message = f"no file can be made in {folder} ({os_errors.cause(err)}): {remedy}"
        raise InvalidInput(message) from err


def inherit(descriptor: int, before: os.stat_result) -> None:
    """Give a file the owner and the mode of the file that it replaces."""
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        # Only root may change the owner; otherwise it is the current user.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder to read and rewrite a file in it; other processes that lock it wait."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
