"""The distinct rows of some columns."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int32]
# From this share on, to number the distinct rows costs more than to ask for some of them twice.
MOSTLY = 0.7
FEW = 10_000
# One row in so many tells most tables of that kind, by this share, at a fraction of the price.
SAMPLE, MOSTLY_IN_SAMPLE = 16, 0.97


def distinct_rows(columns: list[pa.Array]) -> tuple[Numbers, list[pa.Array]]:
    """Return, for rows made of some columns of strings, or of dictionaries of them, the number of
    each row's combination, int32 (rows,), and the combinations: each column's values at these."""
    return _combined(_encoded(columns))


def asked_rows(columns: list[pa.Array]) -> tuple[Numbers | None, list[pa.Array]]:
    """Return what distinct_rows does, or None and the columns where most of many rows differ."""
    rows = len(columns[0])
    sample = [column.slice(0, rows // SAMPLE) for column in columns]
    if rows > FEW and _share(_encoded(sample)) > MOSTLY_IN_SAMPLE:
        return None, columns
    encoded = _encoded(columns)
    if rows > FEW and _share(encoded) > MOSTLY:
        return None, columns
    return _combined(encoded)


def _share(encoded: list[pa.DictionaryArray]) -> float:
    """Return at least which share of the rows differ."""
    return max(len(one.dictionary) for one in encoded) / max(len(encoded[0]), 1)


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
