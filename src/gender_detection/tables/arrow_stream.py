"""A table as an Arrow IPC stream, read a batch at a time from a stream of bytes nobody vouches for.

The format is that of https://arrow.apache.org/docs/format/Columnar.html: messages, each of a
marker, the length of its metadata, the metadata (a Flatbuffer) and a body. Each is looked at before
pyarrow gets to see it, since its word would be taken for how much memory to ask for.
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
DAMAGED = "this is no Arrow IPC stream, or a damaged one: write it anew, as a stream"
# How compression was told before version 1.0 of the format; pyarrow still reads it.
OLD_COMPRESSION = b"ARROW:experimental_compression"
SCHEMA, DICTIONARY, RECORDS = 1, 2, 3  # as the format numbers its messages


class ArrowTable:
    """A table whose schema is read."""

    def __init__(self, reader: pa.RecordBatchStreamReader) -> None:
        self._reader = reader
        self.schema: pa.Schema = reader.schema
        # Raises UnicodeDecodeError: that names are UTF-8 is not known before they are read.
        self.columns: tuple[str, ...] = tuple(reader.schema.names)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows in their order, batches of at most BLOCK_ROWS rows; can be done once.

        Raise InvalidInput where the stream is damaged, compressed or has a part that is too large,
        and whatever the stream of bytes raises.
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
    """Return the table in an Arrow IPC stream; raise InvalidInput where there is none."""
    checked = _CheckedStream(stream)
    try:
        return ArrowTable(pa.ipc.open_stream(checked))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as err:
        raise InvalidInput(DAMAGED) from err


def count_arrow_rows(stream: ByteStream, most: int) -> int:
    """Return how many rows the table in an Arrow IPC stream claims, or, where they are more than
    most, some number above it; raise InvalidInput as read_arrow and its batches do.

    Reads no further than it has to, and keeps nothing.
    """
    checked = _CheckedStream(stream)
    for _ in checked.parts:
        if checked.rows > most:
            break
    return checked.rows


def _next_batch(reader: pa.RecordBatchStreamReader) -> pa.RecordBatch | None:
    try:
        batch = reader.read_next_batch()
        # Offsets that point elsewhere would be followed there.
        batch.validate(full=True)
    except StopIteration:
        return None
    except (pa.ArrowException, OSError) as err:
        raise InvalidInput(DAMAGED) from err
    return batch


class _CheckedStream:
    """A file of the messages of a stream, none of which asks for more memory than it may.

    parts are those of the messages, each yielded once it has passed; rows are those of the batches
    among them.
    """

    closed = False

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self.parts = self._checked_parts()
        self.rows = 0
        self._part: bytes | bytearray = b""
        self._dictionaries: dict[int, int] = {}

    def read(self, size: int) -> bytes | bytearray:
        """Return size bytes, or all there are."""
        if not self._part:
            self._part = next(self.parts, b"")
        if len(self._part) <= size:
            # As it is: a body is large, and pyarrow asks for all of it.
            taken, self._part = self._part, b""
        else:
            taken, self._part = self._part[:size], self._part[size:]
        left = size - len(taken)
        return taken + self.read(left) if left and taken else taken

    def close(self) -> None:
        """Do nothing: the stream is closed by who opened it."""

    def _checked_parts(self) -> Iterator[bytes | bytearray]:
        """Yield the parts of each message, once it has passed."""
        if not (marker := self._take(4)):
            raise InvalidInput("the body is empty: send an Arrow IPC stream")
        while marker:
            size = _unpack("<i", self._take(4), 0)
            if marker != CONTINUES or not 0 <= size <= MOST_METADATA_BYTES:
                raise InvalidInput(DAMAGED)
            if not size and self._take(1):
                raise InvalidInput("bytes follow the end of the Arrow stream: send one alone")
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
        """Return the length of the body to come."""
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
                f"a batch, or the dictionaries together, have more than {MOST_BODY_BYTES} bytes: "
                "write smaller batches"
            )
        # A name takes a byte at least, as the place of one in a dictionary; less is no names.
        if not 0 <= message.rows <= message.body:
            raise InvalidInput(
                f"a batch has more rows ({message.rows}) than bytes ({message.body}): write the "
                "column of names as strings, or as a dictionary of strings"
            )
        if message.kind == RECORDS:
            self.rows += message.rows
        return message.body

    def _take(self, size: int) -> bytearray:
        """Return that many bytes, or fewer at the end; what is claimed is not asked for at once."""
        taken = bytearray()
        while len(taken) < size and (part := self._stream.read(min(size - len(taken), PART_BYTES))):
            taken += part
        return taken


class _Message(NamedTuple):
    """What a message's metadata claim; compressed, delta and so on where it has such a thing."""

    kind: int
    body: int
    rows: int = 0
    compressed: bool = False
    dictionary: int = 0
    delta: bool = False


def _message(metadata: bytearray) -> _Message:
    """Read what has to be known of a Message; its fields are counted as in Message.fbs."""
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
    """Return where a field of a table stands, 0 where it is left out."""
    fields = table - _unpack("<i", metadata, table)
    place = 4 + 2 * number
    if place >= _unpack("<H", metadata, fields):
        return 0
    offset = _unpack("<H", metadata, fields + place)
    return table + offset if offset else 0


def _table(metadata: bytearray, place: int) -> int:
    return place + _unpack("<I", metadata, place)


def _number(form: str, metadata: bytearray, place: int) -> int:
    return _unpack(form, metadata, place) if place else 0


def _unpack(form: str, data: bytearray, place: int) -> int:
    # A place before the beginning would be counted from the end.
    if place < 0 or place + struct.calcsize(form) > len(data):
        raise InvalidInput(DAMAGED)
    (number,) = struct.unpack_from(form, data, place)
    return int(number)
