"""The sources of names: the catalogue, and one reader for each kind of source."""

from .catalogue import FileSource, HttpSource, PackageSource, SourceEntry, load_catalogue
from .licences import PERMISSIVE, Choice, chosen, is_permissive
from .readers import read
from .reading import RAW_SCHEMA, SourceReading

__all__ = [
    "PERMISSIVE",
    "RAW_SCHEMA",
    "Choice",
    "FileSource",
    "HttpSource",
    "PackageSource",
    "SourceEntry",
    "SourceReading",
    "chosen",
    "is_permissive",
    "load_catalogue",
    "read",
]
