"""Untrusted columns of strings and of countries, as compiled code reads them."""

import numpy as np
import pyarrow as pa
import pytest

from gender_detection.model import Model, Person
from gender_detection.model.answers import encode
from gender_detection.model.people import People
from gender_detection.model.string_buffers import StringBuffers

TEXT = pa.py_buffer(b"MariaJohn")
NULLS = pa.py_buffer(b"\x03")


def offsets(*values: int) -> pa.Buffer:
    return pa.py_buffer(np.array(values, np.int32))


def column(rows: int, buffers: list[pa.Buffer | None], offset: int = 0) -> pa.StringArray:
    return pa.Array.from_buffers(pa.string(), rows, buffers, offset=offset)


def test_sliced_column_is_read_from_its_offset(tiny_model: Model):
    names = pa.array(["Kim", None, "Maria", "", "Ольга", "John", None])

    whole = tiny_model.answer(People({"name": names}, None))

    for start in range(len(names)):
        part = tiny_model.answer(People({"name": names[start:-1]}, None))
        assert part.tolist() == whole[start:-1].tolist()


def test_null_is_empty_even_if_it_has_bytes(tiny_model: Model):
    names = column(2, [pa.py_buffer(b"\x01"), offsets(0, 5, 9), TEXT])

    codes = tiny_model.answer(People({"name": names}, None))

    assert (
        codes.tolist()
        == tiny_model.answer(People({"name": pa.array(["Maria", ""])}, None)).tolist()
    )


@pytest.mark.parametrize(
    "valid",
    [
        column(2, [None, offsets(0, 5, 9), TEXT]),
        column(1, [None, offsets(0, 5, 9), TEXT], offset=1),
        column(2, [NULLS, offsets(0, 5, 9), TEXT]),
        pa.nulls(2, pa.string()),
    ],
)
def test_valid_column_is_accepted(valid: pa.StringArray):
    assert StringBuffers(valid)


# Arrow itself checks the first and the last offset.
@pytest.mark.parametrize("between", [[10], [-1], [5, 4], [2**31 - 1, 5]])
def test_offsets_outside_the_column_are_refused(between: list[int]):
    damaged = column(len(between) + 1, [None, offsets(0, *between, 9), TEXT])

    with pytest.raises(ValueError, match="an offset is outside its buffer"):
        StringBuffers(damaged)


def test_countries_are_recognised_among_many_different_texts(tiny_model: Model):
    names = pa.array(["Andrea"] * 10_000)
    texts = [f" nowhere {at}" if at % 2 else " Italy " for at in range(len(names))]
    people = [Person(name="Andrea", country=country) for country in ("IT", None)]
    expected = [encode(one.p_female, one.basis, one.reason) for one in tiny_model.predict(people)]

    codes = tiny_model.answer(People({"name": names, "country": pa.array(texts)}, "DE"))

    assert codes.tolist() == expected * 5_000
