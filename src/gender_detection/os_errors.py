"""What the operating system refused, told so that a user knows what to do about it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REMEDIES = {
    errno.ENOSPC: "free some space on the disk",
    errno.EDQUOT: "free some of your space there: the quota is used up",
    errno.EACCES: "allow access to it, or name another place",
    errno.EPERM: "allow access to it, or name another place",
    errno.EROFS: "name a place that can be written to",
    errno.ENOENT: "check the path",
    errno.ENOTDIR: "check the path, a part of which is a file",
    errno.EISDIR: "name a file, which this is not",
    errno.EEXIST: "choose another name: something has this one",
    errno.EMFILE: "allow this program more open files (ulimit -n)",
    errno.ENFILE: "close other programs: this machine can open no more files",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EFBIG: "name a place whose file system, and limits, allow larger files",
    errno.ENOMEM: "close other programs: memory is short",
    errno.EIO: "see what the system's log says of the disk",
}
# What is found out when bytes are written, at which point the system names no file.
_OF_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# What a second try would find as it was.
_LASTING = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR,
    errno.EEXIST, errno.ENAMETOOLONG, errno.EFBIG,
)  # fmt: skip


def cause(err: OSError) -> str:
    """Return what the system says, without number or path: "No space left on device"."""
    return os.strerror(err.errno) if err.errno else str(err)


def remedy(err: OSError) -> str:
    """Return what to do about it; nothing where that is not known."""
    return REMEDIES.get(err.errno or 0, "")


def describe(err: OSError) -> str:
    """Return in one line which file is concerned, what the system says, and what to do."""
    parts = [str(err.filename) if err.filename else "", cause(err), remedy(err)]
    return ": ".join(part for part in parts if part)


def describe_for(path: object, what: str, err: OSError) -> str:
    """Return the same of a path: "/x/a.csv cannot be read (Permission denied): allow …"."""
    done = f"{path} {what} ({cause(err)})"
    return f"{done}: {remedy(err)}" if remedy(err) else done


def is_lasting(err: OSError) -> bool:
    """Return whether another try would fail in the same way."""
    return err.errno in _LASTING


@contextmanager
def renamed(aside: Path, path: Path) -> Iterator[None]:
    """Let what goes wrong within, of a file or folder written aside, be told of the path that it is
    to have: nobody knows the other one."""
    try:
        yield
    except OSError as err:
        if not err.errno:
            raise
        file = str(path) if err.filename is None and err.errno in _OF_WRITING else err.filename
        if file is not None:
            # Whoever makes it adds the rest of the path: a file in a folder that is written aside.
            file = os.fsdecode(file).replace(str(aside), str(path))
        raise OSError(err.errno, os.strerror(err.errno), file) from err
