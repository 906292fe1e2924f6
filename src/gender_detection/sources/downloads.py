"""Read http sources: download the files of an entry, and parse their format."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa

from .catalogue import HttpSource
from .fetch import fetch
from .formats import parse_insee, parse_ssa, parse_wgnd
from .ons import parse_ons
from .reading import ReadStats, SourceReading, start_reading
from .transfer import Fetched

# Called with a source's name, the bytes received, and the total (None if unknown).
Progress = Callable[[str, int, int | None], None]

PARSERS: dict[str, Callable[[Path, HttpSource, ReadStats], Iterator[pa.RecordBatch]]] = {
    "ssa": parse_ssa,
    "wgnd": parse_wgnd,
    "insee": parse_insee,
    "ons": parse_ons,
}


def read_http(entry: HttpSource, cache_dir: Path, progress: Progress | None) -> SourceReading:
    """Download the files that are not in cache_dir/<name>, or have changed; return the reading.

    Raise DownloadError, or SourceError if a file is not in the entry's format.
    """
    folder = cache_dir / entry.name
    paths = [folder / name for name in _file_names(entry.urls)]
    files = [_fetch(entry, index, path, progress) for index, path in enumerate(paths)]

    def parse(stats: ReadStats) -> Iterator[pa.RecordBatch]:
        for path in paths:
            yield from PARSERS[entry.format](path, entry, stats)

    return start_reading(
        entry,
        _checksum(files),
        parse,
        etag=", ".join(file.etag for file in files if file.etag) or None,
        last_modified=", ".join(f.last_modified for f in files if f.last_modified) or None,
    )


def _fetch(entry: HttpSource, index: int, path: Path, progress: Progress | None) -> Fetched:
    def report(done: int, total: int | None) -> None:
        if progress:
            progress(entry.name, done, total)

    sha256 = entry.sha256[index] if entry.sha256 else ""
    return fetch(entry.urls[index], path, max_bytes=entry.max_bytes, sha256=sha256, progress=report)


def _checksum(files: list[Fetched]) -> str:
    if len(files) == 1:
        return files[0].sha256
    return hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()


def _file_names(urls: list[str]) -> list[str]:
    # The last parts of two URLs may be the same, or empty ("…/?id=1"), so files are numbered.
    names = [Path(urlsplit(url).path).name or "download" for url in urls]
    if len(names) == 1:
        return names
    return [f"{index}-{name}" for index, name in enumerate(names)]
