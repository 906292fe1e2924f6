"""The distinct rows of some columns."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int64]


def distinct_rows(columns: list[pa.Array]) -> tuple[Numbers, list[pa.Array]]:
    """Return, for rows made of some columns of strings, the number of each row's combination,
    int64 (rows,), and the combinations: each column's values at these."""
    encoded = [column.dictionary_encode(null_encoding="encode") for column in columns]
    indices = [one.indices.to_numpy(zero_copy_only=False) for one in encoded]
    if len(columns) == 1:
        # What is encoded is distinct already.
        return indices[0].astype(np.int64), [encoded[0].dictionary]
    numbers, size = indices[0].astype(np.int64), len(encoded[0].dictionary)
    for index, one in zip(indices[1:], encoded[1:], strict=True):
        # Both factors are at most the number of rows.
        numbers, size = _numbered(numbers * len(one.dictionary) + index)
    first = np.zeros(size, np.int64)
    # Of several values for one place the last one stays: backwards, that is the first row.
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    at = pa.array(first)
    return numbers, [one.dictionary.take(one.indices.take(at)) for one in encoded]


def _numbered(combined: Numbers) -> tuple[Numbers, int]:
    encoded = pa.array(combined).dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), len(encoded.dictionary)
