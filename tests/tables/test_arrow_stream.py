"""Arrow IPC streams from anybody: read as written, or refused before they do harm."""

import contextlib
import io
import struct

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.errors import InvalidInput
from gender_detection.tables import arrow_stream, count_arrow_rows, read_arrow

NAMES = ["Maria", None, "\u674e", ""] * 10
TABLE = pa.table(
    {
        "name": NAMES,
        "kind": pa.array(NAMES).dictionary_encode(),
        "view": pa.array(NAMES, pa.string_view()),
        "list": [[1, 2], None, [], [3]] * 10,
        "nothing": pa.nulls(40),
    }
)


def dumped(table: pa.Table, rows: int | None = None, **options: object) -> bytes:
    sink = io.BytesIO()
    write = pa.ipc.IpcWriteOptions(**options)
    with pa.ipc.new_stream(sink, table.schema, options=write) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue()


def read(body: bytes) -> pa.Table:
    table = read_arrow(io.BytesIO(body))
    return pa.Table.from_batches(table.batches(), table.schema)


@pytest.mark.parametrize("rows", [1, 7, 1000])
@pytest.mark.parametrize("end", [0, 8])
def test_stream_is_read_as_written_with_or_without_its_end_marker(rows, end):
    body = dumped(TABLE, rows)

    assert read(body[: len(body) - end]) == TABLE


def test_dictionaries_that_grow_and_are_replaced_are_read():
    parts = [pa.array(values).dictionary_encode() for values in (["a"], ["a", "b"], ["c"])]
    table = pa.Table.from_batches([pa.record_batch({"name": part}) for part in parts])

    for deltas in (True, False):
        assert read(dumped(table, emit_dictionary_deltas=deltas)) == table


def test_table_without_rows_has_its_schema():
    table = read_arrow(io.BytesIO(dumped(TABLE.slice(0, 0))))

    assert table.schema == TABLE.schema
    assert not list(table.batches())


def test_large_batch_is_returned_in_slices():
    table = pa.table({"name": ["x"] * 50_000})
    sizes = [len(batch) for batch in read_arrow(io.BytesIO(dumped(table))).batches()]

    assert sizes == [20_000, 20_000, 10_000]


def test_only_the_needed_part_of_the_stream_is_read():
    stream = io.BytesIO(dumped(pa.table({"name": ["x" * 100] * 50_000}), 1_000))
    batches = read_arrow(stream).batches()
    next(batches)

    assert stream.tell() < 400_000
    assert sum(map(len, batches)) == 49_000


@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=4),
    st.floats(0, 1),
)
def test_damaged_stream_is_refused_or_read(changes, kept):
    body = bytearray(dumped(TABLE, 20))
    for share, value in changes:
        body[int(share * len(body))] = value
    with contextlib.suppress(InvalidInput):
        read(bytes(body[: int(kept * len(body))])).to_pylist()


@pytest.mark.parametrize("compression", ["lz4", "zstd"])
def test_compressed_stream_is_refused_as_it_may_be_of_any_size(compression):
    for table in (TABLE, TABLE.select(["kind"])):
        with pytest.raises(InvalidInput, match="compressed: write it without compression"):
            read(dumped(table, compression=compression))


def test_batch_that_is_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(arrow_stream, "MOST_BODY_BYTES", 10_000)
    table = pa.table({"name": ["x" * 9_000, "y" * 9_000]})
    stream = io.BytesIO(dumped(table))

    assert read(dumped(table, 1)) == table
    with pytest.raises(InvalidInput, match="more than 10000 bytes: write smaller batches"):
        list(read_arrow(stream).batches())
    assert stream.tell() < 2_000


def test_dictionaries_have_a_total_limit(monkeypatch):
    monkeypatch.setattr(arrow_stream, "MOST_BODY_BYTES", 10_000)
    one, two = pa.array(["x" * 6_000]), pa.array(["x" * 6_000, "y" * 3_000, "z" * 3_000])
    several = pa.table({"a": one.dictionary_encode(), "b": one.dictionary_encode()})
    parts = [pa.record_batch({"a": a.dictionary_encode()}) for a in (one, two)]
    growing = dumped(pa.Table.from_batches(parts), emit_dictionary_deltas=True)
    replaced = pa.Table.from_batches(
        [parts[0], parts[0].set_column(0, "a", two[1:2].dictionary_encode())]
    )

    assert read(dumped(replaced)) == replaced
    for body in (dumped(several), growing):
        with pytest.raises(InvalidInput, match="all dictionaries together"):
            read(body)


def test_rows_without_any_bytes_are_refused():
    body = dumped(pa.table({"name": pa.nulls(1_000)}))
    assert len(body) < 1000

    with pytest.raises(
        InvalidInput, match=r"more rows \(1000\) than bytes \(0\): write the column of"
    ):
        read(body)


def test_offsets_that_point_elsewhere_are_refused():
    body = dumped(pa.table({"name": ["x" * 8] * 3}))
    right = struct.pack("<4i", 0, 8, 16, 24)
    assert right in body

    with pytest.raises(InvalidInput, match="or it is damaged"):
        read(body.replace(right, struct.pack("<4i", 0, 8, 2**30, 24)))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is empty"),
        (b"name\nMaria\n", "this is not an Arrow IPC stream"),
        (b"ARROW1\0\0" + dumped(TABLE), "this is not an Arrow IPC stream"),
        (b"\xff\xff\xff\xff\xff\xff\xff\x7f", "this is not an Arrow IPC stream"),
        (b"\xff\xff\xff\xff\x00\x00\x00\x00", "this is not an Arrow IPC stream"),
        (dumped(TABLE.rename_columns(["name", "QQQ", "c", "d", "e"])).replace(b"QQQ", b"Q\xffQ"),
         "this is not an Arrow IPC stream"),
        (dumped(TABLE) + b"x", "bytes follow the end of the Arrow stream"),
        (dumped(TABLE) * 2, "bytes follow the end of the Arrow stream"),
    ],
)  # fmt: skip
def test_invalid_stream_is_reported(body, message):
    with pytest.raises(InvalidInput, match=message):
        read(body)


class BrokenStream(io.BytesIO):
    """Fails in its middle, as a body does whose client has gone."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 2_000:
            raise KeyError("gone")
        return super().read(500 if size is None else min(size, 500))


def test_error_of_the_stream_itself_is_raised():
    table = pa.table({"name": ["x" * 1_000] * 10})
    with pytest.raises(KeyError, match="gone"):
        list(read_arrow(BrokenStream(dumped(table, 1))).batches())


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_rows_are_counted_without_reading_them(rows):
    assert count_arrow_rows(io.BytesIO(dumped(TABLE, rows)), 1000) == len(TABLE)
    assert count_arrow_rows(io.BytesIO(dumped(TABLE.slice(0, 0))), 1000) == 0


def test_counting_reads_no_further_than_necessary():
    body = io.BytesIO(dumped(TABLE, 4))

    assert count_arrow_rows(body, 7) == 8
    assert body.tell() < len(body.getvalue()) / 2


def test_rows_of_a_damaged_stream_are_not_counted():
    for body in (b"", b"name", dumped(TABLE) + b"x"):
        with pytest.raises(InvalidInput):
            count_arrow_rows(io.BytesIO(body), 1000)


MANY = 100_000
OUT_OF_LITTLE = {
    "bits": {"name": pa.nulls(MANY), "active": pa.array([True] * MANY)},
    "bits for names": {"name": pa.array([True, False] * (MANY // 2))},
    "runs": {"name": pa.RunEndEncodedArray.from_arrays(pa.array([MANY], pa.int32()), ["Maria"])},
    "no bytes": {"name": pa.nulls(MANY), "nothing": pa.array([b""] * MANY, pa.binary(0))},
    "no members": {
        "name": pa.nulls(MANY),
        "nothing": pa.StructArray.from_buffers(pa.struct([]), MANY, [None]),
    },
}
OF_PEOPLE = {
    "short names": pa.array(["Al", "Bo"] * (MANY // 2)),
    "no names": pa.array([""] * MANY),
    "nulls": pa.nulls(MANY, pa.string()),
    "views": pa.array(["Al", "Bo"] * (MANY // 2), pa.string_view()),
    "one name": pa.array(["Al"] * MANY).dictionary_encode().cast(
        pa.dictionary(pa.int8(), pa.string())
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", OUT_OF_LITTLE)
def test_rows_smaller_than_a_byte_are_refused_with_the_remedy(kind):
    body = dumped(pa.table(OUT_OF_LITTLE[kind]))
    assert len(body) < MANY

    for take in (read, lambda body: count_arrow_rows(io.BytesIO(body), MANY)):
        with pytest.raises(InvalidInput, match=r"more rows \(100000\) than bytes .*as strings, or"):
            take(body)


@pytest.mark.parametrize("rows", [1, 7, MANY])
@pytest.mark.parametrize("kind", OF_PEOPLE)
def test_people_are_never_refused_for_their_small_size(kind, rows):
    table = pa.table({"name": OF_PEOPLE[kind].slice(0, min(MANY, 100 * rows))})

    assert read(dumped(table, rows)) == table


@pytest.mark.parametrize("codec", ["lz4", "zstd"])
def test_compression_of_the_old_format_is_refused(codec):
    batch = pa.record_batch({"name": pa.array(["Maria"] * MANY)})
    sink = io.BytesIO()
    version = pa.ipc.IpcWriteOptions(metadata_version=pa.ipc.MetadataVersion.V4)
    with pa.ipc.new_stream(sink, batch.schema, options=version) as writer:
        writer.write_batch(batch, {"ARROW:experimental_compression": codec})

    with pytest.raises(InvalidInput, match="is compressed: write it without compression"):
        read(sink.getvalue())


def test_parts_of_a_batch_do_not_repeat_all_of_its_texts():
    """Views point to texts that are kept once: a part written with all of them would be as large
    as the whole."""
    texts = ["a text that is too long for a view " + str(number) for number in range(MANY)]
    columns = {"name": texts, "bytes": pa.array([text.encode() for text in texts])}
    kinds = {"name": pa.string_view(), "bytes": pa.binary_view()}
    whole = pa.table({name: pa.array(columns[name]).cast(kind) for name, kind in kinds.items()})
    body = dumped(whole)

    parts = list(read_arrow(io.BytesIO(body)).batches())

    assert pa.Table.from_batches(parts) == whole
    assert len(parts) > 3
    assert len(dumped(pa.Table.from_batches(parts))) < 1.1 * len(body)
