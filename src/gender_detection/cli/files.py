"""Output files of commands: whole, or not there."""

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


def check_file(path: Path, *, read: Path | None = None) -> None:
    """Raise InvalidInput unless a file can be written at path, in a folder that is there, and is
    not the one that is read."""
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder: name a file in it")
    if not path.parent.is_dir():
        raise InvalidInput(f"no folder {path.parent} to write {path.name} in: make it first")
    if path.exists() and not path.is_file():
        return  # A pipe or a device, which no file has to be made for.
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
    if os.access(folder, os.W_OK | os.X_OK):
        return
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        raise InvalidInput(f"{folder} is on a disk that is read-only: name another folder")
    raise InvalidInput(f"{folder} cannot be written in: allow it, or name another folder")


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield where to write a file that is put in its place at path, in one step, when all is done.

    What an interrupted command left of such a file is removed first, and what this one leaves when
    it fails. Mode and owner are as in write_whole. What is no file, such as a pipe, is written to
    as it is. Raise InvalidInput where nothing can be made in its folder; another OSError within
    speaks of path.
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
            # Says that it is not left over, as long as this process lives.
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
    """Yield a folder that is put in its place when all is done, as written_aside does.

    Where there is a folder already, the files replace those of their names in it, one by one.
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
    """Remove what commands that were killed left of a file or folder; not what is being made."""
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
