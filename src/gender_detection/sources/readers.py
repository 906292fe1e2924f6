"""Read any source of the catalogue."""

from pathlib import Path

from .catalogue import HttpSource, PackageSource, SourceEntry
from .downloads import Progress, read_http
from .own_files import read_file
from .packages import read_package
from .reading import SourceReading


def read(entry: SourceEntry, cache_dir: Path, progress: Progress | None = None) -> SourceReading:
    """Return the reading of a source: its statements, then its counts (see SourceReading).

    Downloads are kept in cache_dir/<name>, and progress is called during them. Raise SourceError or
    DownloadError, here or while the statements are read.
    """
    if isinstance(entry, PackageSource):
        return read_package(entry)
    if isinstance(entry, HttpSource):
        return read_http(entry, cache_dir, progress)
    return read_file(entry)
