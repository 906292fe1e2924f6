"""What there is to do with a table, as its workers are told."""

import msgspec

from ..tables import Columns

# Scored blocks may also come back as Arrow that holds the answers alone.
ANSWERS_ALONE = "answers"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """How blocks are read, answered and written.

    source    CSV, JSON or COLUMNS
    target    CSV, JSON, COLUMNS, or ANSWERS_ALONE where the source is COLUMNS
    columns   those to read
    names     what the answers are called
    header    all columns of a source that is text
    schema    what columns JSON is to become, as pa.Schema.serialize gives it
    packing   how text is compressed
    na_missing  as in scoring.answer
    escape    whether cells of CSV that are taken for formulas get an apostrophe
    The delimiters are those of CSV, line_end of both.
    """

    source: str
    target: str
    columns: Columns
    names: tuple[str, ...]
    header: tuple[str, ...] = ()
    schema: bytes = b""
    delimiter: str = ","
    target_delimiter: str = ","
    line_end: str = "\n"
    packing: str | None = None
    escape: bool = False
    country: str | None = None
    threshold: float | None = None
    female_share: float | None = None
    na_missing: bool = False
