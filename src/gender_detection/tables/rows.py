"""Read the rows of a table of people as columns of strings, whatever its format."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..model.people import ROLES
from .arrow_texts import texts_of
from .blocks import Block, from_bytes
from .column_roles import Columns
from .csv_rows import read_rows
from .csv_table import CsvText
from .formats import JSON
from .json_lines import LineReader
from .readers import CsvSource, Source
from .text_columns import as_texts

# The parts of a block: columns of strings, and which rows are bad, None if none is.
_Parts = Iterator[tuple[pa.RecordBatch, pa.BooleanArray | None]]


class Rows(NamedTuple):
    """Some rows of a table; all have the same length.

    cells    the columns wanted, as strings or null
    bad      which rows cannot be read
    numbers  those of the rows in the file, int64 of shape (rows,). The first row of the file is
             number 1, which is mostly the header in CSV and workbooks
    """

    cells: pa.RecordBatch
    bad: pa.BooleanArray
    numbers: npt.NDArray[np.int64]


def rows_of(source: Source, roles: Columns, wanted: Sequence[str]) -> Iterator[Rows]:
    """Yield the rows of an open table in order, with the columns wanted as strings.

    Columns with a role must be text, as in scoring.answer: in JSON lines, a row with another type
    is bad. The values of the others may have any type. Can be called once. Raise InvalidInput, also
    later, if a column with a role has another type or the file cannot be read.
    """
    parts = _reader(source, roles, wanted)
    number = source.first_row if isinstance(source, CsvSource) else 1
    for block in source.blocks(wanted):
        known = block.numbers
        for cells, bad in parts(block):
            end = number + len(cells)
            numbers = np.arange(number, end) if known is None else np.array(known[: len(cells)])
            known = None if known is None else known[len(cells) :]
            marks = pa.array(np.zeros(len(cells), bool)) if bad is None else bad
            yield Rows(cells, marks, numbers.astype(np.int64))
            number = end


def _reader(source: Source, roles: Columns, wanted: Sequence[str]) -> Callable[[Block], _Parts]:
    """Return a function that reads the blocks of a source."""
    if isinstance(source, CsvSource):
        return lambda block: _csv(source, block, wanted)
    if source.kind == JSON:
        used = {role: name for role in ROLES if (name := getattr(roles, role)) in wanted}
        others = [name for name in wanted if name not in used.values()]
        lines = LineReader(Columns(**used), others=others)
        return lambda block: _lines(lines, block, wanted)
    return lambda block: _columns(block, roles)


def _csv(source: CsvSource, block: Block, wanted: Sequence[str]) -> _Parts:
    indices = {name: source.columns.index(name) for name in wanted}
    text, width = CsvText(block.text, block.bad), len(source.columns)
    delimiter, line_end = source.delimiter.encode(), source.line_end.encode()
    for rows in read_rows(text, delimiter, width, indices, line_end):
        yield rows.cells, rows.bad


def _lines(reader: LineReader, block: Block, wanted: Sequence[str]) -> _Parts:
    cells, _, bad = reader.read(bytes(block.text))
    yield cells.select(list(wanted)), pa.array(bad, pa.bool_())


def _columns(block: Block, roles: Columns) -> _Parts:
    names = {roles.name, roles.given_name, roles.family_name}
    bad = None if block.bad is None else pa.array(block.bad, pa.bool_())
    for batch in from_bytes(bytes(block.text)):
        columns = [
            texts_of(batch, name, numbers=name == roles.country)
            if name in names or name == roles.country
            else as_texts(batch.column(name))
            for name in batch.schema.names
        ]
        yield pa.RecordBatch.from_arrays(columns, batch.schema.names), bad
