"""Read name_data.json, the table in the nomquamgender package (Van Buskirk et al.)."""

from collections.abc import Iterator

import msgspec
import numpy as np
import pyarrow as pa

from ..errors import SourceError
from .reading import BATCH_ROWS, ReadStats, raw_batch


class _Row(msgspec.Struct, array_like=True, gc=False):
    """The table's value for a key; a fourth item, its uncertainty by threshold, is not read.

    count is 0 if all sources of the package score the name without counting bearers.
    """

    n_sources: int
    count: int
    p_female: float


def parse_nomquamgender(data: bytes, source: str, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    """Yield one worldwide statement for each key of the table, in its order.

    Raise SourceError if data is not such a table.
    """
    try:
        table = msgspec.json.decode(data, type=dict[str, _Row])
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        raise SourceError(
            f"source {source}: not a table of name -> [sources, count, p_female, …]: {err}; "
            "install the version that the catalogue names"
        ) from err
    names = list(table)
    numbers = np.fromiter(
        ((row.n_sources, row.count, row.p_female) for row in table.values()),
        np.dtype((float, 3)),
        len(table),
    )
    n_sources, count, p_female = numbers.T
    for start in range(0, len(names), BATCH_ROWS):
        rows = slice(start, start + BATCH_ROWS)
        chunk = names[rows]
        stats.lines_in += len(chunk)
        stats.lines_stating += len(chunk)
        yield raw_batch(
            source,
            len(chunk),
            name=chunk,
            n_female=count[rows] * p_female[rows],
            n_male=count[rows] * (1 - p_female[rows]),
            p_female=p_female[rows],
            n_sources=n_sources[rows].astype(np.int32),
        )
