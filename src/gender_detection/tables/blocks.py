"""Blocks of rows, as readers give them and writers take them."""

from typing import Any, NamedTuple

import pyarrow as pa

# The kind of a block that is neither CSV nor JSON lines: an Arrow stream.
COLUMNS = "columns"


class Block(NamedTuple):
    """Some rows as bytes; bad as in CsvText; what the reader keeps for the writer."""

    text: bytes | memoryview
    bad: list[bool] | None = None
    kept: Any = None


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
