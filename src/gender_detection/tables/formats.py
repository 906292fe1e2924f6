"""The forms that a file of a table may have, told by its name."""

from dataclasses import dataclass
from pathlib import Path

from ..errors import InvalidInput
from .table_file import PACKERS, STANDARD

CSV, JSON, PARQUET, ARROW, STREAM, EXCEL = "csv", "json", "parquet", "arrow", "stream", "excel"
KINDS = {
    ".csv": CSV, ".tsv": CSV, ".jsonl": JSON, ".ndjson": JSON, ".parquet": PARQUET, ".pq": PARQUET,
    ".arrow": ARROW, ".feather": ARROW, ".arrows": STREAM, ".xlsx": EXCEL,
}  # fmt: skip
# What is made of lines or messages, and so can be packed as a whole and unpacked as it is read.
PACKABLE = (CSV, JSON)
# What is written as text; the others are written as columns.
TEXT = (CSV, JSON)


@dataclass(frozen=True)
class Format:
    """The form of a file: a kind, how it is packed, and, if its name says so, the delimiter."""

    kind: str
    packing: str | None = None
    delimiter: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether it is lines of text."""
        return self.kind in TEXT


def is_table(path: Path) -> bool:
    """Return whether a file's name is that of a table; hidden files are none, nor are Spark's."""
    if path.name.startswith((".", "_")):
        return False
    kind, _ = _suffixes(path)
    return kind in KINDS


def format_of(path: Path) -> Format:
    """Return the form of a file by the end of its name; - is CSV.

    Raise InvalidInput where that says nothing, or such files are not packed as a whole.
    """
    if str(path) == STANDARD:
        return Format(CSV)
    suffix, packed = _suffixes(path)
    if suffix not in KINDS:
        raise InvalidInput(
            f"{path}: its name does not tell what it is: end it with one of {', '.join(KINDS)}, "
            f"then {', '.join(PACKERS)} if it is compressed"
        )
    kind, packing = KINDS[suffix], PACKERS.get(packed)
    if packing is not None and kind not in PACKABLE:
        raise InvalidInput(
            f"{path}: a file {suffix} cannot be compressed as a whole: leave {packed} out"
        )
    return Format(kind, packing, "\t" if suffix == ".tsv" else None)


def _suffixes(path: Path) -> tuple[str, str]:
    """Return what the name ends in, lower case: the kind, then the packing or nothing."""
    name, packed = path, ""
    if path.suffix.lower() in PACKERS:
        name, packed = path.with_suffix(""), path.suffix.lower()
    return name.suffix.lower(), packed
