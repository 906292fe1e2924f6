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
    """Return whether a file name is that of a table which could be written too.

    Hidden files, Spark's own and bibliographies are not.
    """
    if path.name.startswith((".", "_")):
        return False
    kind, _ = _suffixes(path)
    return kind in WRITTEN


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
    if suffix not in KINDS:
        raise InvalidInput(
            f"{path}: unknown table format: end the name with one of {', '.join(KINDS)}, then with "
            f"one of {', '.join(COMPRESSIONS)} if the file is compressed"
        )
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


def format_to_read(path: Path) -> Format:
    """Return the format of a file that is only read: as format_of, but CSV if the ending is
    unknown, as that of a pipe is."""
    suffix, compressed = _suffixes(path)
    return format_of(path) if suffix in KINDS or compressed == ZIP else Format(CSV)


def _suffixes(path: Path) -> tuple[str, str]:
    """Return the endings of the name in lower case: of the kind, and of the compression or ""."""
    name, compressed = path, ""
    if path.suffix.lower() in COMPRESSIONS:
        name, compressed = path.with_suffix(""), path.suffix.lower()
    return name.suffix.lower(), compressed
