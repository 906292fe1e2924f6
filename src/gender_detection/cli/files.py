"""Output files of commands, which appear complete or not at all."""

import contextlib
import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from .. import os_errors
from ..errors import InvalidInput
from ..whole_files import inherit, made_in
from .remote import Given, Remote, check_writable, stored


def check_file(path: Given, *, read: Given | None = None) -> None:
    """Raise InvalidInput unless a file can be written at path: its folder exists, and it is not
    the file that is read. Of an address, only what can be known without asking is checked."""
    if isinstance(path, Remote):
        check_writable(path)
    elif path.is_dir():
        raise InvalidInput(f"{path} is a folder: name a file in it")
    elif not path.parent.is_dir():
        raise InvalidInput(f"no folder {path.parent} to write {path.name} in: create it first")
    elif path.exists() and not path.is_file():
        return  # a pipe or a device: no file is created
    if read is not None and _are_same(path, read):
        raise InvalidInput(f"{path} is the input itself: name another file for the output")
    if isinstance(path, Path):
        _check_writable(path.parent)


def _are_same(path: Given, read: Given) -> bool:
    if isinstance(path, Path) and isinstance(read, Path):
        return path.exists() and read.exists() and path.samefile(read)
    return path == read


def check_folder(folder: Path) -> None:
    """Raise InvalidInput unless files can be written in a folder, which need not exist yet."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir():
        raise InvalidInput(f"{existing} is a file: name a folder")
    _check_writable(existing)


def _check_writable(folder: Path) -> None:
    if os.access(folder, os.W_OK | os.X_OK):
        return
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        raise InvalidInput(f"{folder} is on a read-only disk: name another folder")
    raise InvalidInput(
        f"no permission to write in {folder}: change its permissions, or name another folder"
    )


def written(out: Given) -> contextlib.AbstractContextManager[Path]:
    """Yield the path of a temporary file, which becomes the output when the block succeeds.

    Raise InvalidInput as written_aside, and stored for an address.
    """
    return stored(out) if isinstance(out, Remote) else written_aside(out)


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield the path of a temporary file, which is moved to path when the block succeeds.

    Temporary files of interrupted commands are removed first, and this one if the block fails.
    Mode and owner are as in write_whole. If path is not a regular file, such as a pipe, path itself
    is yielded. Raise InvalidInput if no file can be created in the folder; an OSError in the block
    names path instead of the temporary file.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    _clear(path)
    aside = _aside(path)
    with made_in(path.parent):
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os_errors.renamed(aside, path):
        try:
            # The lock shows other processes that this file is in use.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists():
                inherit(descriptor, path.stat())
            yield aside
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
            os.close(descriptor)


@contextlib.contextmanager
def folder_written_aside(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder, which is moved to folder when the block succeeds.

    If folder exists, the files are moved into it one by one. Otherwise as written_aside.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    aside = _aside(folder)
    with made_in(folder.parent):
        aside.mkdir()
    with os_errors.renamed(aside, folder):
        descriptor = os.open(aside, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield aside
            if not folder.exists():
                aside.rename(folder)
                return
            for file in sorted(path for path in aside.rglob("*") if path.is_file()):
                target = folder / file.relative_to(aside)
                target.parent.mkdir(parents=True, exist_ok=True)
                file.replace(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            os.close(descriptor)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")


def _clear(path: Path) -> None:
    """Remove the temporary files or folders that killed commands left; keep those in use."""
    left_over = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{32}}\.part")
    for entry in path.parent.iterdir():
        if not left_over.fullmatch(entry.name):
            continue
        with contextlib.suppress(OSError):
            descriptor = os.open(entry, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
            finally:
                os.close(descriptor)
