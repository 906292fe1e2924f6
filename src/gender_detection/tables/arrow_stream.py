"""Read a table batch by batch from an Arrow IPC stream of untrusted bytes.

The format (https://arrow.apache.org/docs/format/Columnar.html) is a sequence of messages: a marker,
the length of the metadata, the metadata (a Flatbuffer) and a body. Each message is checked before
pyarrow reads it, because pyarrow allocates as much memory as a message claims to need.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from ..errors import InvalidInput
from .arrow_texts import compact
from .csv_table import BLOCK_ROWS, ByteStream

MOST_BODY_BYTES = 64 * 1024 * 1024
MOST_METADATA_BYTES = 8 * 1024 * 1024
PART_BYTES = 256 * 1024
CONTINUES = b"\xff\xff\xff\xff"
DAMAGED = "this is not an Arrow IPC stream, or it is damaged: write it again, as a stream"
# The mark of compression before version 1.0 of the format, which pyarrow still reads.
OLD_COMPRESSION = b"ARROW:experimental_compression"
SCHEMA, DICTIONARY, RECORDS = 1, 2, 3  # the types of messages in the format


class ArrowTable:
    """An Arrow table, of which the schema is read."""

    def __init__(self, reader: pa.RecordBatchStreamReader) -> None:
        self._reader = reader
        self.schema: pa.Schema = reader.schema
        # May raise UnicodeDecodeError: the names are not validated before.
        self.columns: tuple[str, ...] = tuple(reader.schema.names)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order, in batches of at most BLOCK_ROWS rows; can be called once.

        Raise InvalidInput if the stream is damaged, compressed or has a part that is too large, and
        the errors of the stream of bytes.
        """
        while (batch := _next_batch(self._reader)) is not None:
            if len(batch) <= BLOCK_ROWS:
                yield batch
                continue
            for at in range(0, len(batch), BLOCK_ROWS):
                part = batch.slice(at, BLOCK_ROWS)
                yield pa.RecordBatch.from_arrays(
                    [compact(column) for column in part.columns], schema=part.schema
                )


def read_arrow(stream: ByteStream) -> ArrowTable:
    """Return the table in an Arrow IPC stream; raise InvalidInput if it is not one."""
    checked = _CheckedStream(stream)
    try:
        return ArrowTable(pa.ipc.open_stream(checked))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as err:
        raise InvalidInput(DAMAGED) from err


def count_arrow_rows(stream: ByteStream, most: int) -> int:
    """Return how many rows an Arrow IPC stream claims to have, or a number above most if it has
    more than most; raise the errors of read_arrow and ArrowTable.batches.

    Reads only as far as needed, and keeps nothing in memory.
    """
    checked = _CheckedStream(stream)
    for _ in checked.parts:
        if checked.rows > most:
            break
    return checked.rows


def _next_batch(reader: pa.RecordBatchStreamReader) -> pa.RecordBatch | None:
    try:
        batch = reader.read_next_batch()
        # Unchecked offsets could point outside of the batch's memory.
        batch.validate(full=True)
    except StopIteration:
        return None
    except (pa.ArrowException, OSError) as err:
        raise InvalidInput(DAMAGED) from err
    return batch


class _CheckedStream:
    """The messages of a stream as a file; none of them needs more memory than allowed.

    parts yields the parts of the messages after their checks; rows counts the rows of the batches
    so far.
    """

    closed = False

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self.parts = self._checked_parts()
        self.rows = 0
        self._part: bytes | bytearray = b""
        self._dictionaries: dict[int, int] = {}

    def read(self, size: int) -> bytes | bytearray:
        """Return size bytes, or fewer at the end."""
        if not self._part:
            self._part = next(self.parts, b"")
        if len(self._part) <= size:
            # Not copied: a body is large, and pyarrow reads all of it at once.
            taken, self._part = self._part, b""
        else:
            taken, self._part = self._part[:size], self._part[size:]
        left = size - len(taken)
        return taken + self.read(left) if left and taken else taken

    def close(self) -> None:
        """Do nothing: the owner of the stream closes it."""

    def _checked_parts(self) -> Iterator[bytes | bytearray]:
        """Yield the parts of each message after its checks."""
        if not (marker := self._take(4)):
            raise InvalidInput("the body is empty: send an Arrow IPC stream")
        while marker:
            size = _unpack("<i", self._take(4), 0)
            if marker != CONTINUES or not 0 <= size <= MOST_METADATA_BYTES:
                raise InvalidInput(DAMAGED)
            if not size and self._take(1):
                raise InvalidInput("bytes follow the end of the Arrow stream: send only one stream")
            yield marker + struct.pack("<i", size)
            if not size:
                break
            metadata = self._take(size)
            length = self._checked(_message(metadata), OLD_COMPRESSION in metadata)
            yield metadata
            if length:
                yield self._take(length)
            marker = self._take(4)

    def _checked(self, message: "_Message", was_compressed: bool) -> int:
        """Return the length of the message's body; raise InvalidInput if it is not allowed."""
        if message.kind not in (SCHEMA, DICTIONARY, RECORDS) or message.body < 0:
            raise InvalidInput(DAMAGED)
        if message.compressed or (was_compressed and message.kind != SCHEMA):
            raise InvalidInput("the Arrow stream is compressed: write it without compression")
        held = message.body
        if message.kind == DICTIONARY:
            before = self._dictionaries.get(message.dictionary, 0) if message.delta else 0
            self._dictionaries[message.dictionary] = before + message.body
            held = sum(self._dictionaries.values())
        if held > MOST_BODY_BYTES:
            raise InvalidInput(
                f"a batch, or all dictionaries together, has more than {MOST_BODY_BYTES} bytes: "
                "write smaller batches"
            )
        # A name, or its index in a dictionary, needs at least one byte.
        if not 0 <= message.rows <= message.body:
            raise InvalidInput(
                f"a batch has more rows ({message.rows}) than bytes ({message.body}): write the "
                "column of names as strings, or as a dictionary of strings"
            )
        if message.kind == RECORDS:
            self.rows += message.rows
        return message.body

    def _take(self, size: int) -> bytearray:
        """Return size bytes, or fewer at the end; memory grows only with what is received."""
        taken = bytearray()
        while len(taken) < size and (part := self._stream.read(min(size - len(taken), PART_BYTES))):
            taken += part
        return taken


class _Message(NamedTuple):
    """The fields of a message's metadata that are checked."""

    kind: int
    body: int
    rows: int = 0
    compressed: bool = False
    dictionary: int = 0
    delta: bool = False


def _message(metadata: bytearray) -> _Message:
    """Read a Message; its fields are numbered as in Message.fbs."""
    root = _unpack("<I", metadata, 0)
    kind = _number("<B", metadata, _field(metadata, root, 1))
    body = _number("<q", metadata, _field(metadata, root, 3))
    header = _table(metadata, _field(metadata, root, 2))
    if kind == RECORDS:
        return _Message(kind, body, *_records(metadata, header))
    if kind == DICTIONARY:
        values = _table(metadata, _field(metadata, header, 1))
        number = _number("<q", metadata, _field(metadata, header, 0))
        delta = bool(_number("<B", metadata, _field(metadata, header, 2)))
        return _Message(kind, body, *_records(metadata, values), number, delta)
    return _Message(kind, body)


def _records(metadata: bytearray, batch: int) -> tuple[int, bool]:
    rows = _number("<q", metadata, _field(metadata, batch, 0))
    return rows, bool(_field(metadata, batch, 3))


def _field(metadata: bytearray, table: int, number: int) -> int:
    """Return the position of a table's field, 0 if it is absent."""
    fields = table - _unpack("<i", metadata, table)
    entry = 4 + 2 * number
    if entry >= _unpack("<H", metadata, fields):
        return 0
    offset = _unpack("<H", metadata, fields + entry)
    return table + offset if offset else 0


def _table(metadata: bytearray, position: int) -> int:
    return position + _unpack("<I", metadata, position)


def _number(form: str, metadata: bytearray, position: int) -> int:
    return _unpack(form, metadata, position) if position else 0


def _unpack(form: str, data: bytearray, position: int) -> int:
    # unpack_from would count a negative position from the end.
    if position < 0 or position + struct.calcsize(form) > len(data):
        raise InvalidInput(DAMAGED)
    (number,) = struct.unpack_from(form, data, position)
    return int(number)
