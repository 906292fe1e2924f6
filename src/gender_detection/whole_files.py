"""Files written in one step, and folders that one process at a time changes."""

import contextlib
import errno
import fcntl
import os
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

from . import os_errors
from .errors import InvalidInput


def write_whole(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file in one step: whoever looks sees what was there before, or all of this.

    Its folder is made where it is not there. A new file gets the mode, less the umask; one that is
    replaced keeps its own mode and owner, so that whoever could read it still can.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with made_in(path.parent):
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os_errors.renamed(staged, path):
        try:
            with os.fdopen(descriptor, "wb") as file:
                if path.exists():
                    inherit(file.fileno(), path.stat())
                file.write(content)
            staged.replace(path)
        finally:
            staged.unlink(missing_ok=True)


@contextlib.contextmanager
def made_in(folder: Path) -> Iterator[None]:
    """Raise InvalidInput where a hidden file or folder cannot be made in a folder.

    Some folders, such as /proc, say that they can be written in and yet take no file.
    """
    try:
        yield
    except OSError as err:
        remedy = os_errors.remedy(err)
        if err.errno == errno.ENOENT or not remedy:
            remedy = "name another folder"
        told = f"no file can be made in {folder} ({os_errors.cause(err)}): {remedy}"
        raise InvalidInput(told) from err


def inherit(descriptor: int, before: os.stat_result) -> None:
    """Give a file the owner and the mode of the one that it is to replace."""
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        # Only root may give a file away; without that the file is ours, as any new one.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep others that do so too out of a folder, while a file of it is read and written
    again; they wait."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
