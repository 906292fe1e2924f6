"""Output files of commands: whole, or not there."""

import contextlib
import fcntl
import os
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

from ..errors import InvalidInput


def check_file(path: Path, *, read: Path | None = None) -> None:
    """Raise InvalidInput unless a file can be written at path, in a folder that is there, and is
    not the one that is read."""
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder: name a file in it")
    if not path.parent.is_dir():
        raise InvalidInput(f"no folder {path.parent} to write {path.name} in: make it first")
    if read is not None and path.exists() and read.exists() and path.samefile(read):
        raise InvalidInput(f"{path} is what is read: name another file to write")
    _check_writable(path.parent)


def check_folder(folder: Path) -> None:
    """Raise InvalidInput unless files can be written in a folder, which may yet have to be made."""
    there = folder
    while not there.exists():
        there = there.parent
    if not there.is_dir():
        raise InvalidInput(f"{there} is a file: name a folder")
    _check_writable(there)


def _check_writable(folder: Path) -> None:
    if not os.access(folder, os.W_OK):
        raise InvalidInput(f"{folder} cannot be written in: allow it, or name another folder")


def write_whole(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file in one step: whoever looks sees what was there before, or all of this.

    Its folder is made where it is not there. A new file gets the mode, less the umask; one that is
    replaced keeps its own mode and owner, so that whoever could read it still can.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            if path.exists():
                _inherit(file.fileno(), path.stat())
            file.write(content)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def _inherit(descriptor: int, before: os.stat_result) -> None:
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        # Only root may give a file away; without that the file is ours, as any new one.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other commands that do so too out of a folder, while a file of it is read and written
    again; they wait."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
