"""Finds the data file of a package source where it is installed, without importing the package."""

import hashlib
from importlib import metadata
from pathlib import Path

from ..errors import SourceError
from .catalogue import PackageSource
from .nam_dict import parse_nam_dict
from .nomquamgender import parse_nomquamgender
from .reading import SourceReading, start_reading


def read_package(entry: PackageSource) -> SourceReading:
    """Return the reading of a file inside an installed distribution.

    Raises SourceError if the distribution is missing, of another version, or its file altered.
    """
    data = _installed_file(entry).read_bytes()
    checksum = hashlib.sha256(data).hexdigest()
    if entry.sha256 and checksum != entry.sha256:
        raise SourceError(
            f"source {entry.name}: {entry.path} in {entry.distribution} {entry.version} has sha256 "
            f"{checksum}, the catalogue says {entry.sha256}; install the distribution again"
        )
    if entry.format == "nomquamgender":
        return start_reading(entry, checksum, lambda t: parse_nomquamgender(data, entry.name, t))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as err:
        raise SourceError(f"source {entry.name}: {entry.path} is not UTF-8: {err}") from err
    return start_reading(entry, checksum, lambda t: parse_nam_dict(text, entry.name, t))


def _installed_file(entry: PackageSource) -> Path:
    wanted = f"{entry.distribution}=={entry.version}"
    try:
        distribution = metadata.distribution(entry.distribution)
    except metadata.PackageNotFoundError as err:
        raise SourceError(
            f"source {entry.name}: {entry.distribution} is not installed: pip install {wanted}"
        ) from err
    if distribution.version != entry.version:
        raise SourceError(
            f"source {entry.name}: {entry.distribution} {distribution.version} is installed, the "
            f"catalogue describes {entry.version}: pip install {wanted}"
        )
    file = Path(str(distribution.locate_file(entry.path)))
    if not file.is_file():
        raise SourceError(
            f"source {entry.name}: {entry.distribution} {entry.version} has no {entry.path}; "
            f"install it again: pip install --force-reinstall {wanted}"
        )
    return file
