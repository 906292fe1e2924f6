"""The sources of names: the catalogue, and one reader for each kind of source."""

from .catalogue import FileSource, HttpSource, PackageSource, SourceEntry, load_catalogue
from .readers import read
from .reading import RAW_SCHEMA, SourceReading

__all__ = [
    "RAW_SCHEMA",
    "FileSource",
    "HttpSource",
    "PackageSource",
    "SourceEntry",
    "SourceReading",
    "load_catalogue",
    "read",
]
