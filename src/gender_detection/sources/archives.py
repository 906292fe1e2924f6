"""Read the members of a zip archive in place: nothing is unpacked to disk."""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from ..errors import SourceError

# Archives of names have at most one file per year.
MAX_MEMBERS = 10_000


@contextmanager
def open_archive(path: Path, source: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive; raise SourceError if it is damaged or unsafe, also while it is read.

    Unsafe are absolute names, names that leave the folder, symbolic links, encrypted members, and
    more than MAX_MEMBERS members.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise SourceError(
                    f"source {source}: {path.name} has {len(members)} files, more than "
                    f"{MAX_MEMBERS}: check that {path} is the right archive"
                )
            for member in members:
                _check(member, path, source)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as err:
        raise SourceError(
            f"source {source}: {path.name} is not a zip archive, or is damaged ({err}): delete "
            f"{path} and run again"
        ) from err


def matching(archive: zipfile.ZipFile, pattern: str) -> list[tuple[re.Match[str], zipfile.ZipInfo]]:
    """Return the members whose file name matches pattern, with the match, sorted by name."""
    found = []
    for member in sorted(archive.infolist(), key=lambda m: m.filename):
        match = re.fullmatch(pattern, PurePosixPath(member.filename).name)
        if match and not member.is_dir():
            found.append((match, member))
    return found


def open_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int, source: str
) -> IO[bytes]:
    """Open one member for reading; raise SourceError if it unpacks to more than max_bytes.

    The archive states the size. zipfile reads no more than that, and a longer member fails its
    checksum.
    """
    if member.file_size > max_bytes:
        raise SourceError(
            f"source {source}: {member.filename} unpacks to more than {max_bytes} bytes: if it "
            "is the right file, raise max_unpacked_bytes in the catalogue"
        )
    return archive.open(member)


def _check(member: zipfile.ZipInfo, path: Path, source: str) -> None:
    name = member.orig_filename.replace("\\", "/")
    leaves_folder = ".." in name.split("/")
    absolute = name.startswith("/") or bool(re.match(r"[A-Za-z]:", name))
    link = stat.S_ISLNK(member.external_attr >> 16)
    encrypted = bool(member.flag_bits & 1)
    if leaves_folder or absolute or link or encrypted or "\0" in name:
        raise SourceError(
            f"source {source}: {path.name} holds {name!r}, which leaves the archive's folder, is a "
            f"link or is encrypted: delete {path} and check where it came from"
        )
