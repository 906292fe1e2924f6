"""Texts of Arrow columns that are kept once and pointed to: by a dictionary's places, or by views.

A few bytes may point to the same long text for each row, so that a column takes any multiple of its
memory where it is written out.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InvalidInput

# Of the columns that are read, in one piece: as much as a batch may have at all, or the longest
# names there are in every row. MAX_NAME_CHARACTERS have at most four bytes each in UTF-8.
MAX_NAME_CHARACTERS = 1_000
MOST_BYTES, MOST_BYTES_A_ROW = 64 * 1024 * 1024, 4 * MAX_NAME_CHARACTERS
VIEW_INTS = 4  # A view is four numbers of 32 bits, the first of which is the text's length.

Lengths = npt.NDArray[np.int64]


def written_out(column: pa.Array, shown: str) -> pa.StringArray:
    """Return a column of texts, a dictionary of them included, as plain strings.

    Raise InvalidInput, which names the column as shown, where they would take far more memory than
    names do.
    """
    most = max(MOST_BYTES, MOST_BYTES_A_ROW * len(column))
    if _is_view(column.type) or pa.types.is_dictionary(column.type):
        _check(_lengths(column), most, shown)
    if pa.types.is_dictionary(column.type) and _is_view(column.type.value_type):
        _check(_lengths(column.dictionary), most, shown)
        # Of views nothing can be taken.
        values = column.dictionary.cast(pa.string())
        column = pa.DictionaryArray.from_arrays(column.indices, values)
    return column.cast(pa.string())


def compact(column: pa.Array) -> pa.Array:
    """Return a part of a column without the texts that only other parts point to.

    What is written of views is all that they might point to.
    """
    if not _is_view(column.type):
        return column
    kept = sum(buffer.size for buffer in column.buffers()[2:] if buffer is not None)
    if _lengths(column).sum() >= kept:
        return column
    plain = pa.string() if pa.types.is_string_view(column.type) else pa.binary()
    return column.cast(plain).cast(column.type)


def _check(lengths: Lengths, most: int, shown: str) -> None:
    if lengths.sum() > most:
        raise InvalidInput(
            f"the column {shown} has over {most} bytes of text in {len(lengths)} rows: leave long "
            "texts out of it, or name another column"
        )


def _is_view(kind: pa.DataType) -> bool:
    return pa.types.is_string_view(kind) or pa.types.is_binary_view(kind)


def _lengths(column: pa.Array) -> Lengths:
    """Return the bytes of each text, 0 for null."""
    if pa.types.is_null(column.type):
        return np.zeros(len(column), np.int64)
    if pa.types.is_dictionary(column.type):
        places = column.indices
        there = places.is_valid().to_numpy(zero_copy_only=False)
        found = np.zeros(len(places), np.int64)
        found[there] = _lengths(column.dictionary)[places.drop_null().to_numpy()]
        return found
    if _is_view(column.type):
        views, at = column.buffers()[1], column.offset
        if views is None:
            return np.zeros(len(column), np.int64)
        numbers = np.frombuffer(views, np.int32)[VIEW_INTS * at : VIEW_INTS * (at + len(column))]
        there = column.is_valid().to_numpy(zero_copy_only=False)
        return np.where(there, numbers[::VIEW_INTS], 0).astype(np.int64)
    lengths: Lengths = pc.binary_length(column).fill_null(0).to_numpy().astype(np.int64)
    return lengths
