"""Output files of commands: whole, or not there."""

import os
import uuid
from pathlib import Path

from ..errors import InvalidInput


def check_file(path: Path, *, read: Path) -> None:
    """Raise InvalidInput unless a file can be written at path, in a folder that is there, and is
    not the one that is read."""
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder: name a file in it")
    if not path.parent.is_dir():
        raise InvalidInput(f"no folder {path.parent} to write {path.name} in: make it first")
    if path.exists() and read.exists() and path.samefile(read):
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


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step: whoever looks sees what was there before, or all of this.

    Its folder is made where it is not there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        staged.write_bytes(content)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
