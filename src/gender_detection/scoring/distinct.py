"""The distinct rows of some columns."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int32]
# Above this share of distinct rows, finding them costs more than answering some rows twice.
MOSTLY = 0.7
FEW = 10_000
# The share is estimated from one row in SAMPLE, and at most MOST_SAMPLED rows.
SAMPLE, MOST_SAMPLED = 16, 1 << 16


def distinct_rows(columns: list[pa.Array]) -> tuple[Numbers, list[pa.Array]]:
    """Return the number of each row's combination of values, int32 of shape (rows,), and each
    column's values in the distinct combinations.

    The columns hold strings or dictionaries of strings.
    """
    return _combined(_encoded(columns))


def rows_to_answer(columns: list[pa.Array]) -> tuple[Numbers | None, list[pa.Array]]:
    """Return the result of distinct_rows, or None and the columns if most of many rows differ."""
    rows = len(columns[0])
    if rows > FEW and max(expected_share(column) for column in columns) > MOSTLY:
        return None, columns
    return distinct_rows(columns)


def expected_share(column: pa.Array) -> float:
    """Return an estimate of the share of distinct values in a column, from a sample of its rows.

    Of n rows, K n^b are distinct (Heaps' law); b is the share of distinct values that occur once
    (Gnedin, Hansen, Pitman 2007, Notes on the occupancy problem with infinitely many boxes,
    section 8).
    """
    size = max(1, min(len(column) // SAMPLE, MOST_SAMPLED))
    (sample,) = _encoded([column.slice(0, size)])
    counts = np.bincount(sample.indices.to_numpy(zero_copy_only=False))
    distinct, once = np.count_nonzero(counts), np.count_nonzero(counts == 1)
    return float(distinct / size * (len(column) / size) ** (once / distinct - 1))


def _encoded(columns: list[pa.Array]) -> list[pa.DictionaryArray]:
    return [
        column
        if pa.types.is_dictionary(column.type)
        else column.dictionary_encode(null_encoding="encode")
        for column in columns
    ]


def _combined(encoded: list[pa.DictionaryArray]) -> tuple[Numbers, list[pa.Array]]:
    indices = [one.indices.to_numpy(zero_copy_only=False) for one in encoded]
    if len(encoded) == 1:
        # The values of a dictionary are distinct already.
        return indices[0], [encoded[0].dictionary]
    numbers, size = indices[0], len(encoded[0].dictionary)
    for index, one in zip(indices[1:], encoded[1:], strict=True):
        # Both factors are at most the number of rows.
        numbers, size = _numbered(numbers.astype(np.int64) * len(one.dictionary) + index)
    first = np.zeros(size, np.int64)
    # The last of several assignments counts: in reverse order, that of the first row.
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    at = pa.array(first)
    return numbers, [one.dictionary.take(one.indices.take(at)) for one in encoded]


def _numbered(combined: npt.NDArray[np.int64]) -> tuple[Numbers, int]:
    encoded = pa.array(combined).dictionary_encode()
    return encoded.indices.to_numpy(), len(encoded.dictionary)
