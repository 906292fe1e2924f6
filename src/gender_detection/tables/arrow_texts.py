"""Arrow columns whose rows refer to shared texts: by indices of a dictionary, or by views.

Many rows can refer to one long text with a few bytes each, so that a column may need many times its
memory as plain strings.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InvalidInput
from .csv_table import shown

# Limits of a column that is read: the size of the largest batch, or the longest names in every row.
# A character has at most four bytes in UTF-8.
MAX_NAME_CHARACTERS = 1_000
MOST_BYTES, MOST_BYTES_A_ROW = 64 * 1024 * 1024, 4 * MAX_NAME_CHARACTERS
VIEW_INTS = 4  # a view is four 32-bit numbers; the first is the length of the text

TEXT_KINDS = (
    pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null,
)  # fmt: skip

Lengths = npt.NDArray[np.int64]


def texts_of(batch: pa.RecordBatch, name: str, *, numbers: bool = False) -> pa.Array:
    """Return a column as strings; raise InvalidInput if it has another type.

    numbers: whether whole numbers are allowed, as 380 for a country.
    """
    column = batch.column(name)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_string(column.type):
        return column
    if any(is_kind(kind) for is_kind in TEXT_KINDS):
        return written_out(column, shown([name]))
    if numbers and pa.types.is_integer(kind):
        return column.cast(pa.string())
    raise InvalidInput(f"the column {shown([name])} holds {kind} instead of text: use strings")


def written_out(column: pa.Array, called: str) -> pa.StringArray:
    """Return a column of texts, or of a dictionary of texts, as plain strings.

    Raise InvalidInput, which calls the column so, if they would need far more memory than names do.
    """
    most = max(MOST_BYTES, MOST_BYTES_A_ROW * len(column))
    if _is_view(column.type) or pa.types.is_dictionary(column.type):
        _check(_lengths(column), most, called)
    if pa.types.is_dictionary(column.type) and _is_view(column.type.value_type):
        _check(_lengths(column.dictionary), most, called)
        # Arrow cannot take from a dictionary of views.
        values = column.dictionary.cast(pa.string())
        column = pa.DictionaryArray.from_arrays(column.indices, values)
    return column.cast(pa.string())


def compact(column: pa.Array) -> pa.Array:
    """Return a part of a column without the texts that only other parts refer to.

    Otherwise Arrow writes all texts of the column of views with each part.
    """
    if not _is_view(column.type):
        return column
    kept = sum(buffer.size for buffer in column.buffers()[2:] if buffer is not None)
    if _lengths(column).sum() >= kept:
        return column
    plain = pa.string() if pa.types.is_string_view(column.type) else pa.binary()
    return column.cast(plain).cast(column.type)


def _check(lengths: Lengths, most: int, called: str) -> None:
    if lengths.sum() > most:
        raise InvalidInput(
            f"the column {called} has over {most} bytes of text in {len(lengths)} rows: remove "
            "long texts, or use another column"
        )


def _is_view(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string_view(kind) or pa.types.is_binary_view(kind))


def _lengths(column: pa.Array) -> Lengths:
    """Return the bytes of each text, 0 for null."""
    if pa.types.is_null(column.type):
        return np.zeros(len(column), np.int64)
    if pa.types.is_dictionary(column.type):
        indices = column.indices
        is_valid = indices.is_valid().to_numpy(zero_copy_only=False)
        result = np.zeros(len(indices), np.int64)
        result[is_valid] = _lengths(column.dictionary)[indices.drop_null().to_numpy()]
        return result
    if _is_view(column.type):
        views, at = column.buffers()[1], column.offset
        if views is None:
            return np.zeros(len(column), np.int64)
        numbers = np.frombuffer(views, np.int32)[VIEW_INTS * at : VIEW_INTS * (at + len(column))]
        is_valid = column.is_valid().to_numpy(zero_copy_only=False)
        return np.where(is_valid, numbers[::VIEW_INTS], 0).astype(np.int64)
    lengths: Lengths = pc.binary_length(column).fill_null(0).to_numpy().astype(np.int64)
    return lengths
