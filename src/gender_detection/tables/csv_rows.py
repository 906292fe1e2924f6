"""Read rows of CSV as columns with pyarrow, and keep the rows as written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from .csv_layout import NEWLINE, RETURN, Layout, lay_out
from .csv_repair import LONGEST_ROW, lay_out_repaired, repair_csv
from .csv_table import BOM, CsvText


@dataclass(frozen=True)
class CsvRows:
    """Some rows of a table; cells, lines and bad have the same length.

    cells   the requested columns, as strings without null; an empty cell is ""
    lines   the rows as CSV without line ends or, if joined, each except the first with the line end
            of the one before
    bad     which rows do not match the header, None if all do
    joined  whether lines have line ends
    """

    cells: pa.RecordBatch
    lines: pa.StringArray
    bad: pa.BooleanArray | None
    joined: bool

    def with_ends(self, ends: pa.StringArray, line_end: bytes) -> list[pa.Buffer | bytes]:
        """Return the rows as parts of a text, with one of ends appended to each row."""
        if not len(self.lines):
            return []
        if self.joined:
            return [_text_of(pc.binary_join_element_wise(self.lines, ends, "")), line_end]
        end = pa.scalar(line_end.decode(), pa.string())
        return [_text_of(pc.binary_join_element_wise(self.lines, ends, end, ""))]


def read_rows(
    text: CsvText, delimiter: bytes, width: int, wanted: Mapping[str, int], line_end: bytes
) -> Iterator[CsvRows]:
    """Yield the rows in a text of CsvTable.texts, with the columns wanted: index by name.

    Rows that do not have width cells are repaired by repair_csv. line_end is that of most rows.
    Raise InvalidInput for a row that is too long.
    """
    whole = bytes(text.text)  # makes no copy of bytes
    if text.bad is not None:
        layout = lay_out_repaired(whole, text.bad, delimiter, width)
        yield _plain_rows(layout, wanted, text.bad)
    elif (rows := _read_fast(whole, delimiter, width, wanted, line_end)) is not None:
        yield rows
    else:
        yield from _read_slowly(whole, delimiter, width, wanted)


def _read_slowly(
    text: bytes, delimiter: bytes, width: int, wanted: Mapping[str, int]
) -> Iterator[CsvRows]:
    layout = lay_out(text, delimiter, width) if _is_utf8(text) else None
    if layout is not None and layout.longest_line <= LONGEST_ROW:
        yield _plain_rows(layout, wanted, None)
        return
    while text:
        repaired = repair_csv(text, delimiter, width, final=True)
        text = text[repaired.used :]
        if repaired.bad:
            layout = lay_out_repaired(repaired.text, repaired.bad, delimiter, width)
            yield _plain_rows(layout, wanted, repaired.bad)


def _plain_rows(layout: Layout, wanted: Mapping[str, int], bad: list[bool] | None) -> CsvRows:
    cells = pa.RecordBatch.from_pydict({name: layout.column(at) for name, at in wanted.items()})
    marks = None if bad is None else pa.array(bad, pa.bool_())
    return CsvRows(cells, layout.lines, marks, joined=False)


def _read_fast(
    text: bytes, delimiter: bytes, width: int, wanted: Mapping[str, int], line_end: bytes
) -> CsvRows | None:
    """Return the rows; None if any is not plain, has line ends in a cell, or another line end."""
    lines = _lines(text, line_end)
    if lines is None or text.startswith(BOM) or not _is_utf8(text):
        return None
    names = [str(at) for at in range(width)]
    kept = [names[at] for at in wanted.values()]
    try:
        table = pyarrow.csv.read_csv(
            pa.py_buffer(text),
            pyarrow.csv.ReadOptions(
                use_threads=False, block_size=len(text) + 1, column_names=names
            ),
            pyarrow.csv.ParseOptions(
                delimiter=delimiter.decode(), newlines_in_values=True, ignore_empty_lines=width > 1
            ),
            pyarrow.csv.ConvertOptions(
                include_columns=kept,
                column_types=dict.fromkeys(kept, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if len(table) != len(lines) or (pc.max(pc.binary_length(lines)).as_py() or 0) > LONGEST_ROW:
        return None
    cells = [column.combine_chunks() for column in table.columns]
    return CsvRows(pa.RecordBatch.from_arrays(cells, list(wanted)), lines, None, joined=True)


def _lines(text: bytes, line_end: bytes) -> pa.StringArray | None:
    """Return the lines of text, each except the first with the line end of the one before.

    So no byte is copied. None if a line has another line end.
    """
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == NEWLINE)
    returns = text.count(b"\r")
    if line_end == b"\r\n":
        if returns != len(ends) or not (data[ends - 1] == RETURN).all():
            return None
        ends -= 1
    elif returns:
        return None
    offsets = np.zeros(len(ends) + 1, np.int32)
    offsets[1:] = ends
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(text))


def _is_utf8(text: bytes) -> bool:
    offsets = pa.py_buffer(np.array([0, len(text)], np.int32))
    try:
        pa.StringArray.from_buffers(1, offsets, pa.py_buffer(text)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _text_of(texts: pa.StringArray) -> pa.Buffer:
    """Return all texts in one buffer; the array must be new and not a slice."""
    return texts.buffers()[2]
