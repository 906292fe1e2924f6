"""Messages for errors of the operating system, with what the user can do."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REMEDIES = {
    errno.ENOSPC: "free some space on the disk",
    errno.EDQUOT: "free some space there; your disk quota is used up",
    errno.EACCES: "allow access to it, or choose another path",
    errno.EPERM: "allow access to it, or choose another path",
    errno.EROFS: "choose a path that can be written to",
    errno.ENOENT: "check the path",
    errno.ENOTDIR: "check the path; a part of it is a file",
    errno.EISDIR: "name a file instead of a folder",
    errno.EEXIST: "choose another name; this one exists already",
    errno.EMFILE: "allow more open files (ulimit -n)",
    errno.ENFILE: "close other programs; this machine has too many open files",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EFBIG: "choose a path whose file system and limits allow larger files",
    errno.ENOMEM: "close other programs; memory is short",
    errno.EIO: "check the disk; the log of the system has details",
}
# Raised while bytes are written; the error has no file name then.
WRITE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Trying again does not help.
_LASTING = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR,
    errno.EEXIST, errno.ENAMETOOLONG, errno.EFBIG,
)  # fmt: skip


def cause(err: OSError) -> str:
    """Return the system's message without number and path: "No space left on device"."""
    return os.strerror(err.errno) if err.errno else str(err)


def remedy(err: OSError) -> str:
    """Return what the user can do; "" if that is unknown."""
    return REMEDIES.get(err.errno or 0, "")


def describe(err: OSError) -> str:
    """Return one line with the file, the system's message and the remedy."""
    parts = [str(err.filename) if err.filename else "", cause(err), remedy(err)]
    return ": ".join(part for part in parts if part)


def describe_for(path: object, what: str, err: OSError) -> str:
    """Return one line for a path: "/x/a.csv cannot be read (Permission denied): allow …"."""
    problem = f"{path} {what} ({cause(err)})"
    return f"{problem}: {remedy(err)}" if remedy(err) else problem


def is_lasting(err: OSError) -> bool:
    """Return whether trying again would fail in the same way."""
    return err.errno in _LASTING


@contextmanager
def renamed(temporary: Path, path: Path) -> Iterator[None]:
    """Report errors of a temporary file or folder under its final path, which the user knows."""
    try:
        yield
    except OSError as err:
        if not err.errno:
            raise
        file = str(path) if err.filename is None and err.errno in WRITE_ERRORS else err.filename
        if file is not None:
            # The file may be in a temporary folder.
            file = os.fsdecode(file).replace(str(temporary), str(path))
        raise OSError(err.errno, os.strerror(err.errno), file) from err
