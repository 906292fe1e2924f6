"""Blocks of rows, which readers produce and writers take."""

from typing import Any, NamedTuple

import pyarrow as pa

# The kind of blocks that are Arrow streams instead of CSV or JSON lines.
COLUMNS = "columns"


class Block(NamedTuple):
    """Some rows as bytes; bad is as in CsvText; kept is what the reader keeps for the writer.

    numbers are those of the rows in the file, None if they count on from the block before.
    """

    text: bytes | memoryview
    bad: list[bool] | None = None
    kept: Any = None
    numbers: list[int] | None = None


def to_bytes(batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.Buffer:
    """Return batches as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue()


def from_bytes(stream: bytes) -> list[pa.RecordBatch]:
    """Return the batches of an Arrow stream, which share its memory."""
    return list(pa.ipc.open_stream(pa.py_buffer(stream)))
