"""The distinct rows of some columns."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int32]
# From this share on, to number the distinct rows costs more than to ask for some of them twice.
MOSTLY = 0.7
FEW = 10_000
# One row in so many tells which share that will be, or so many rows.
SAMPLE, MOST_SAMPLED = 16, 1 << 16


def distinct_rows(columns: list[pa.Array]) -> tuple[Numbers, list[pa.Array]]:
    """Return, for rows made of some columns of strings, or of dictionaries of them, the number of
    each row's combination, int32 (rows,), and the combinations: each column's values at these."""
    return _combined(_encoded(columns))


def asked_rows(columns: list[pa.Array]) -> tuple[Numbers | None, list[pa.Array]]:
    """Return what distinct_rows does, or None and the columns where most of many rows differ."""
    rows = len(columns[0])
    if rows > FEW and max(expected_share(column) for column in columns) > MOSTLY:
        return None, columns
    return distinct_rows(columns)


def expected_share(column: pa.Array) -> float:
    """Return which share of a column's rows differ, to judge by some of them.

    Of n rows, K n^b are distinct (Heaps' law), and b is the share of those met only once (Gnedin,
    Hansen, Pitman 2007, Notes on the occupancy problem with infinitely many boxes, section 8).
    """
    size = max(1, min(len(column) // SAMPLE, MOST_SAMPLED))
    (sample,) = _encoded([column.slice(0, size)])
    met = np.bincount(sample.indices.to_numpy(zero_copy_only=False))
    distinct, once = np.count_nonzero(met), np.count_nonzero(met == 1)
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
        # What is encoded is distinct already.
        return indices[0], [encoded[0].dictionary]
    numbers, size = indices[0], len(encoded[0].dictionary)
    for index, one in zip(indices[1:], encoded[1:], strict=True):
        # Both factors are at most the number of rows.
        numbers, size = _numbered(numbers.astype(np.int64) * len(one.dictionary) + index)
    first = np.zeros(size, np.int64)
    # Of several values for one place the last one stays: backwards, that is the first row.
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    at = pa.array(first)
    return numbers, [one.dictionary.take(one.indices.take(at)) for one in encoded]


def _numbered(combined: npt.NDArray[np.int64]) -> tuple[Numbers, int]:
    encoded = pa.array(combined).dictionary_encode()
    return encoded.indices.to_numpy(), len(encoded.dictionary)
