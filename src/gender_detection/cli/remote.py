"""Tables at addresses such as https://… or s3://…: copied to this machine to be read, and back."""

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ..errors import InvalidInput
from ..interrupts import ending_at_once
from .progress import ProgressLine, megabytes
from .remote_copies import Reporting, Sized, ended_by_ctrl_c, is_disk_full, no_space, private_copy

HTTP = ("http", "https")
# Where a folder of the store, and not a user, is before the @.
CONTAINER_FIRST = ("az", "abfs", "abfss", "adl")
PACKAGES = {
    "s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs",
    "az": "adlfs", "abfs": "adlfs", "abfss": "adlfs", "adl": "adlfs",
}  # fmt: skip
# Seconds without an answer or a byte. A whole table may take longer than the 5 minutes of aiohttp.
PATIENCE = 60


@dataclass(frozen=True)
class Remote:
    """A file or a folder at an address. As text, it has no password and no signature."""

    uri: str

    @property
    def protocol(self) -> str:
        """The part before ://."""
        return self.uri.partition("://")[0].lower()

    @property
    def is_http(self) -> bool:
        """Whether it is on a web server, which has no folders and is only read."""
        return self.protocol in HTTP

    @property
    def name(self) -> str:
        """The name of the file, by which its format is told."""
        name = str(self).rstrip("/").rpartition("/")[2]
        return unquote(name) if self.is_http else name

    def __str__(self) -> str:
        """Return the address without what may be secret: user, password, query and fragment."""
        _, _, rest = self.uri.partition("://")
        host, slash, path = re.split(r"[?#]" if self.is_http else r"\?", rest)[0].partition("/")
        user, _, after = host.rpartition("@")
        if ":" in user or self.protocol not in CONTAINER_FIRST:
            host = after
        return f"{self.protocol}://{host}{slash}{path}"

    def __repr__(self) -> str:
        """Return the same for a message of a program."""
        return f"Remote({str(self)!r})"


Given = Path | Remote


def path_or_address(text: str) -> Given:
    """Return what an argument names; raise ArgumentTypeError if it is an address of no file.

    file:// is a path.
    """
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        return Path(text)
    remote = Remote(text)
    if remote.protocol == "file":
        parts = urlsplit(text)
        if parts.netloc not in ("", "localhost") or not parts.path:
            raise argparse.ArgumentTypeError(
                f"{remote} names a computer: write file:/// and the whole path, or the path alone"
            )
        return Path(unquote(parts.path))
    if not remote.is_http and "::" in text:
        raise argparse.ArgumentTypeError(
            f"{remote}: addresses within others (::) are not read: copy the table out first"
        )
    return remote


def file_name(given: Given) -> Path:
    """Return the name by which the format of a file is told."""
    return given if isinstance(given, Path) else Path(given.name or "table")


def check_packages(given: Given) -> None:
    """Raise InvalidInput if a package is missing that an address needs, or no package knows it.

    To be called before there is something to clean up, because Ctrl-C ends the process at once.
    """
    if isinstance(given, Path):
        return
    # Slow to import, and not part of the runtime.
    try:
        with ending_at_once():
            import fsspec

            fsspec.get_filesystem_class(given.protocol)
    except ImportError as err:
        raise InvalidInput(
            f"{given} needs packages that are not installed: {_packages(given, err)}"
        ) from err
    except ValueError as err:
        raise InvalidInput(
            f"{given}: no such kind of address: use https://, s3://, gs://, az:// or a path"
        ) from err


def _packages(remote: Remote, err: ImportError) -> str:
    """Return how to install the packages that an address needs."""
    package = PACKAGES.get(remote.protocol, "")
    if package or remote.is_http or err.name == "fsspec":
        more = f" {package}" if package else ""
        return f"run \"pip install 'gender-detection[remote]'{more}\", or copy the table"
    return f"{err}, or copy the table"  # what fsspec says of other protocols


def _opened(remote: Remote) -> tuple[Any, str]:
    """Return the file system of an address, and its path there."""
    import fsspec

    if not remote.is_http:
        system, path = fsspec.core.url_to_fs(remote.uri)
        return system, path
    import aiohttp

    uri = remote.uri.partition("#")[0]
    session = {
        # As curl, it asks the proxy that the environment names.
        "trust_env": True,
        "timeout": aiohttp.ClientTimeout(total=None, sock_connect=PATIENCE, sock_read=PATIENCE),
        # The bytes of the file itself: people.csv.gz is often sent with Content-Encoding: gzip.
        "headers": {"Accept-Encoding": "identity"},
        "auto_decompress": False,
    }
    # What is quoted already stays as it is, because a signature is one of these letters.
    is_quoted = re.fullmatch(r"[!-~]+", uri) is not None
    system = fsspec.filesystem(
        remote.protocol, client_kwargs=session, encoded=is_quoted, skip_instance_cache=True
    )
    return system, uri


def is_folder(given: Given) -> bool:
    """Return whether this is a folder; an address of a web server is always a file.

    Raise InvalidInput if a store cannot be asked.
    """
    if isinstance(given, Path):
        return given.is_dir()
    if given.is_http:
        return False
    with Reporting(given):
        system, path = _opened(given)
        return bool(system.isdir(path))


def files_below(folder: Remote) -> list[tuple[Remote, str]]:
    """Return the files in a folder of a store and its subfolders, with their paths below it.

    Raise InvalidInput if it cannot be listed, or two of them have the same path.
    """
    with Reporting(folder):
        system, path = _opened(folder)
        below = [found.removeprefix(path.rstrip("/")) for found in sorted(system.find(path))]
    root = folder.uri.rstrip("/")
    # Names in a store may have several slashes together; a path must not begin with one.
    files = [(Remote(f"{root}/{name.removeprefix('/')}"), name.lstrip("/")) for name in below]
    names = Counter(name for _, name in files)
    for file, name in files:
        if names[name] > 1:
            raise InvalidInput(
                f"{file} has the same path below {folder} as another file, apart from slashes: "
                "rename one of them"
            )
    return files


@contextmanager
def fetched(given: Given) -> Iterator[Path]:
    """Yield the path of a file on this machine: its own, or that of a copy, which is removed.

    Raise InvalidInput if it cannot be copied.
    """
    if isinstance(given, Path):
        yield given
        return
    with private_copy(given.name) as copy:
        with Reporting(given, copy), _progress() as counted:
            system, path = _opened(given)
            with ended_by_ctrl_c(system):
                system.get_file(path, str(copy), callback=counted.callback(copy))
            counted.check_complete(given, copy)
        yield copy


def check_writable(out: Remote) -> None:
    """Raise InvalidInput if files cannot be written at an address."""
    if out.is_http:
        raise InvalidInput(
            f"{out}: web servers are only read: write to a path or to a store, such as s3://"
        )
    check_packages(out)


@contextmanager
def stored(out: Remote) -> Iterator[Path]:
    """Yield the path of a temporary file, which is copied to an address when the block succeeds.

    Stores show a file when it is complete. Raise InvalidInput if it cannot be copied.
    """
    with private_copy(out.name) as copy:
        try:
            yield copy
        except OSError as err:
            if is_disk_full(err, copy):
                raise no_space(out, copy, "written") from err
            raise
        with Reporting(out, copy, "written"), _progress() as counted:
            system, path = _opened(out)
            with ended_by_ctrl_c(system):
                system.put_file(str(copy), path, callback=counted.callback(None))


@contextmanager
def _progress() -> Iterator[Sized]:
    """Show the bytes that are copied."""
    counted = Sized()
    with ProgressLine(lambda: counted.share, amount=megabytes) as progress:
        counted.show = progress
        yield counted
