"""What there is to do with a table, as its workers are told."""

import msgspec
import pyarrow as pa

from ..scoring import Columns

# How blocks come and go beside as CSV and JSON lines: as Arrow, or, on their way back, as Arrow
# that holds the answers alone.
COLUMNS, ANSWERS_ALONE = "columns", "answers"


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


def to_bytes(batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.Buffer:
    """Return batches as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue()


def from_bytes(stream: bytes) -> list[pa.RecordBatch]:
    """Return the batches of an Arrow stream; they refer to its memory."""
    return list(pa.ipc.open_stream(pa.py_buffer(stream)))
