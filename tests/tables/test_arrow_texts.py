"""Texts that many rows point to: written out where that is what names take, refused beyond."""

import struct

import pyarrow as pa
import pytest

from gender_detection.errors import InvalidInput
from gender_detection.tables.arrow_texts import compact, written_out

NAMES = ["Maria", None, "", "李", "a name that is too long for a view", "Maria"]
LONG, ROWS = "x" * 10_000, 10_000


def views(texts: list[str], places: list[int]) -> pa.Array:
    """Return views of texts, of which many rows may have the same."""
    data = "".join(texts).encode()
    starts = [sum(len(text.encode()) for text in texts[:at]) for at in range(len(texts))]
    packed = b"".join(
        struct.pack("<i4sii", len(texts[at].encode()), texts[at].encode()[:4], 0, starts[at])
        for at in places
    )
    buffers = [None, pa.py_buffer(packed), pa.py_buffer(data)]
    made = pa.Array.from_buffers(pa.string_view(), len(places), buffers)
    made.validate(full=True)
    return made


def dictionary(kind: pa.DataType) -> pa.DictionaryArray:
    values = pa.array(["Maria", None, "", "李", NAMES[4]], kind)
    return pa.DictionaryArray.from_arrays(pa.array([0, None, 2, 3, 4, 0], pa.int8()), values)


@pytest.mark.parametrize(
    "column",
    [
        pa.array(NAMES, pa.large_string()),
        pa.array(NAMES, pa.string_view()),
        dictionary(pa.string()),
        dictionary(pa.large_string()),
        dictionary(pa.string_view()),
    ],
    ids=lambda column: str(column.type),
)
def test_texts_are_written_out_unchanged(column):
    assert written_out(column, "'name'").to_pylist() == NAMES
    assert written_out(column.slice(2, 3), "'name'").to_pylist() == NAMES[2:5]


def test_null_column_is_read_as_none():
    for column in (
        pa.nulls(3),
        pa.DictionaryArray.from_arrays(pa.nulls(3, pa.int8()), pa.nulls(0)),
    ):
        assert written_out(column, "'name'").to_pylist() == [None] * 3


@pytest.mark.parametrize(
    "column",
    [
        pa.DictionaryArray.from_arrays(pa.array([0] * ROWS, pa.int8()), pa.array([LONG])),
        views([LONG], [0] * ROWS),
        pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), views([LONG], [0] * ROWS)),
    ],
    ids=lambda column: str(column.type),
)
def test_few_bytes_that_expand_to_very_many_are_refused_with_the_remedy(column):
    with pytest.raises(
        InvalidInput, match=r"'name' has over 67108864 bytes of text.*: remove long"
    ):
        written_out(column, "'name'")


def test_one_long_text_is_accepted():
    column = pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), pa.array([LONG]))

    assert written_out(column, "'name'").to_pylist() == [LONG]


def test_compact_views_are_equal_and_have_no_unused_bytes():
    column = views([f"text number {n}, a long one" for n in range(1000)], list(range(1000)))
    part = column.slice(10, 20)

    small = compact(part)

    assert small == part
    assert small.type == part.type
    assert sum(buffer.size for buffer in small.buffers()[2:]) < 1000
    # Where texts are shared, to part them would take more.
    shared = views([LONG], [0] * 100)
    assert compact(shared) is shared
