"""The formats of table files, recognised by the file name."""

from dataclasses import dataclass
from pathlib import Path

from .. import bibliographies as works
from ..errors import InvalidInput
from .table_file import COMPRESSIONS, STANDARD, ZIP, name_within

CSV, JSON, PARQUET, ARROW, STREAM, EXCEL = "csv", "json", "parquet", "arrow", "stream", "excel"
KINDS = {
    ".csv": CSV, ".tsv": CSV, ".jsonl": JSON, ".ndjson": JSON, ".parquet": PARQUET, ".pq": PARQUET,
    ".arrow": ARROW, ".feather": ARROW, ".arrows": STREAM, ".xlsx": EXCEL,
    ".xlsm": EXCEL, ".xls": EXCEL, ".xlsb": EXCEL, ".ods": EXCEL,
    ".bib": works.BIBTEX, ".ris": works.RIS, ".nbib": works.MEDLINE, ".json": works.WORKS,
    ".ciw": works.WEB_OF_SCIENCE, ".txt": works.TEXT,
}  # fmt: skip
WORKBOOKS = [ending for ending, kind in KINDS.items() if kind == EXCEL]
WRITTEN = [
    ending
    for ending, kind in KINDS.items()
    if kind not in works.KINDS and ending not in WORKBOOKS[1:]
]
# What to do with files of programs that have their own format.
_BIBLIOGRAPHY = "export the bibliography as RIS (.ris) or BibTeX (.bib)"
_STATISTICS = "export the data as CSV"
_NOT_READ = {
    ".enw": _BIBLIOGRAPHY, ".enl": _BIBLIOGRAPHY, ".xml": _BIBLIOGRAPHY, ".rdf": _BIBLIOGRAPHY,
    ".sav": _STATISTICS, ".dta": _STATISTICS, ".sas7bdat": _STATISTICS, ".rds": _STATISTICS,
    ".rdata": _STATISTICS, ".vcf": "export the contacts as CSV",
}  # fmt: skip
# Bibliographies whose names say so.
_SURE = (works.BIBTEX, works.RIS, works.MEDLINE, works.WEB_OF_SCIENCE)
# Files of lines, which can be compressed as a whole and decompressed while they are read.
COMPRESSIBLE = (CSV, JSON, *works.KINDS)
# Formats written as text; the others are written as columns.
TEXT = (CSV, JSON)


@dataclass(frozen=True)
class Format:
    """The format of a file: its kind, its compression, and the delimiter if the name gives it."""

    kind: str
    compression: str | None = None
    delimiter: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether the file is lines of text."""
        return self.kind in TEXT

    @property
    def has_nulls(self) -> bool:
        """Whether the format has a null; elsewhere NA may be written for a missing value."""
        return self.kind not in (CSV, EXCEL, works.TEXT)


def is_table(path: Path) -> bool:
    """Return whether a file name is surely that of a table, or of a bibliography.

    Hidden files and Spark's own are not, nor .txt and .json, which are often something else.
    """
    if path.name.startswith((".", "_")):
        return False
    suffix, _ = _suffixes(path)
    return suffix in WRITTEN or KINDS.get(suffix) in _SURE


def name_to_write(path: Path) -> Path:
    """Return a name for the table that is made of a file: a bibliography becomes a .csv."""
    suffix, _ = _suffixes(path)
    return path.with_name(f"{path.name}.csv") if KINDS.get(suffix) in works.KINDS else path


def format_of(path: Path) -> Format:
    """Return the format of a file by the ending of its name; - is CSV. Of people.zip, the name of
    the file inside counts.

    Raise InvalidInput if the ending is unknown, such files cannot be compressed as a whole, or a
    ZIP archive cannot be read.
    """
    if str(path) == STANDARD:
        return Format(CSV)
    suffix, compressed = _suffixes(path)
    if compressed == ZIP and suffix not in KINDS:
        suffix, _ = _suffixes(name_within(path))
    if suffix in _NOT_READ:
        raise InvalidInput(f"{path}: {suffix} is not read: {_NOT_READ[suffix]} instead")
    if suffix not in KINDS:
        raise _unknown(path)
    kind, compression = KINDS[suffix], COMPRESSIONS.get(compressed)
    if compression is not None and kind not in COMPRESSIBLE:
        raise InvalidInput(
            f"{path}: a {suffix} file cannot be compressed as a whole: use a name without "
            f"{compressed}"
        )
    return Format(kind, compression, "\t" if suffix == ".tsv" else None)


def written_format_of(path: Path) -> Format:
    """Return the format to write by the ending of a name; raise InvalidInput also if it is only
    read."""
    if path.suffix.lower() == ZIP:
        raise InvalidInput(f"{path}: .zip is only read: end the name of the output with .gz")
    if _suffixes(path)[0] in _NOT_READ:
        raise _unknown(path)
    form = format_of(path)
    if form.kind == EXCEL and path.suffix.lower() not in WRITTEN:
        raise InvalidInput(
            f"{path}: {path.suffix.lower()} files are only read: end the name of the output with "
            ".xlsx"
        )
    if form.kind in works.KINDS:
        raise InvalidInput(
            f"{path}: bibliographies are only read: end the name of the output with one of "
            f"{', '.join(WRITTEN)}"
        )
    return form


def _unknown(path: Path) -> InvalidInput:
    return InvalidInput(
        f"{path}: unknown table format: end the name with one of {', '.join(KINDS)}, then with "
        f"one of {', '.join(COMPRESSIONS)} if the file is compressed"
    )


def format_to_read(path: Path) -> Format:
    """Return the format of a file that is only read: as format_of, but CSV if the ending is
    unknown, as that of a pipe is."""
    suffix, compressed = _suffixes(path)
    is_known = suffix in KINDS or suffix in _NOT_READ or compressed == ZIP
    return format_of(path) if is_known else Format(CSV)


def _suffixes(path: Path) -> tuple[str, str]:
    """Return the endings of the name in lower case: of the kind, and of the compression or ""."""
    name, compressed = path, ""
    if path.suffix.lower() in COMPRESSIONS:
        name, compressed = path.with_suffix(""), path.suffix.lower()
    return name.suffix.lower(), compressed
