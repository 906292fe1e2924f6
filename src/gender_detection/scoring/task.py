"""The description of a scoring task that workers receive."""

import msgspec

from ..tables import Columns

# A target: Arrow with only the columns of answers.
ANSWERS_ALONE = "answers"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """How blocks are read, answered and written.

    source       CSV, JSON or COLUMNS
    target       CSV, JSON, COLUMNS, or ANSWERS_ALONE if the source is COLUMNS
    columns      the columns to read
    names        the names of the columns of answers
    header       all columns of a text source
    schema       the columns that JSON becomes, serialised by pa.Schema.serialize
    delimiter    of the source, if it is CSV
    target_delimiter  of the target, if it is CSV
    line_end     of CSV, in source and target
    compression  of the target, if it is text
    escape       whether cells of CSV that look like formulas get an apostrophe
    country, threshold, female_share, family_name_first, na_missing, matched  as in scoring.answer
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
    compression: str | None = None
    escape: bool = False
    country: str | None = None
    threshold: float | None = None
    female_share: float | None = None
    family_name_first: bool = False
    na_missing: bool = False
    matched: bool = False
