"""Write scored tables to files."""

import os
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import InvalidInput
from .blocks import Block, from_bytes
from .formats import ARROW, CSV, EXCEL, JSON, PARQUET, Format
from .memory import Scored, write_all
from .text_columns import Part, compress, csv_header, csv_text, json_text

# Rows in a row group of Parquet.
GROUP_ROWS = 262_144


class Target(Protocol):
    """A table being written."""

    def write(self, block: Block, scored: Scored) -> None:
        """Append a block, given the workers' result."""

    def finish(self) -> None:
        """Write the end of the file."""

    def close(self) -> None:
        """Close the file, complete or not."""


def open_target(
    path: Path | None, form: Format, schema: pa.Schema, header: bytes, *, keeps: bool
) -> Target:
    """Open a file, or standard output for text, to write a table with a schema to it.

    header is the beginning of a text file. keeps: whether the workers return only the answers, and
    the other columns are taken from Block.kept.
    """
    if path is None:
        return TextTarget(os.fdopen(os.dup(1), "wb", buffering=0), header)
    if form.is_text:
        return TextTarget(path.open("wb", buffering=0), header)
    if form.kind == EXCEL:
        from .excel import ExcelTarget  # openpyxl may not be installed

        return _Sheet(ExcelTarget(path, schema.names), keeps)
    return _Columns(path, form, schema, keeps)


def write_table(path: Path, form: Format, table: pa.Table) -> None:
    """Write a small table of one's own to a file.

    In CSV, a cell that a spreadsheet would read as a formula gets an apostrophe before it. Raise
    InvalidInput if the format cannot store the table.
    """
    names = table.schema.names
    batches = table.combine_chunks().to_batches()
    if form.kind == CSV:
        delimiter = form.delimiter or ","
        header = csv_header(names, delimiter, "\n", escape=True)
        parts: list[Part] = [csv_text(rows, delimiter, "\n", escape=True) for rows in batches]
        path.write_bytes(b"".join(compress([header, *parts], form.compression)))
    elif form.kind == JSON:
        path.write_bytes(
            b"".join(compress([json_text(rows) for rows in batches], form.compression))
        )
    elif form.kind == EXCEL:
        from .excel import ExcelTarget  # openpyxl may not be installed

        sheet = ExcelTarget(path, names)
        try:
            for rows in batches:
                sheet.write(list(zip(*rows.to_pydict().values(), strict=True)))
            sheet.finish()
        finally:
            sheet.close()
    else:
        target = _Columns(path, form, table.schema, keeps=False)
        target.write_batches(batches)
        target.finish()


class TextTarget:
    """An open text file."""

    def __init__(self, file: IO[bytes], header: bytes) -> None:
        self._file = file
        write_all(file, header)

    def write(self, block: Block, scored: Scored) -> None:
        """Append the workers' result."""
        scored.write_to(self._file)

    def finish(self) -> None:
        """Flush the file."""
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Columns:
    """A Parquet file, or Arrow as a file or as a stream."""

    def __init__(self, path: Path, form: Format, schema: pa.Schema, keeps: bool) -> None:
        self._keeps, self._schema = keeps, schema
        self._is_parquet = form.kind == PARQUET
        self._writer: Any
        if self._is_parquet:
            self._writer = pq.ParquetWriter(path, schema)
        elif form.kind == ARROW:
            self._writer = pa.ipc.new_file(str(path), schema)
        else:
            self._writer = pa.ipc.new_stream(str(path), schema)

    def write(self, block: Block, scored: Scored) -> None:
        """Append rows; raise InvalidInput if the format cannot store them."""
        batches = from_bytes(scored.text())
        if self._keeps:
            columns = [*block.kept.columns, *batches[0].columns]
            batches = [pa.RecordBatch.from_arrays(columns, schema=self._schema)]
        self.write_batches(batches)

    def write_batches(self, batches: list[pa.RecordBatch]) -> None:
        """Append rows; raise InvalidInput if the format cannot store them."""
        for batch in batches:
            try:
                if self._is_parquet:
                    self._writer.write_batch(batch, row_group_size=GROUP_ROWS)
                else:
                    self._writer.write_batch(batch)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as err:
                raise InvalidInput(
                    f"this file format cannot store the table ({str(err)[:120]}): "
                    "write .arrows or .parquet"
                ) from err

    def finish(self) -> None:
        """Write the footer."""
        self._writer.close()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()


class _Sheet:
    """An Excel sheet."""

    def __init__(self, target: Any, keeps: bool) -> None:
        self._target, self._keeps = target, keeps

    def write(self, block: Block, scored: Scored) -> None:
        """Append rows; those read from Excel keep their cells."""
        for batch in from_bytes(scored.text()):
            answers = list(zip(*batch.to_pydict().values(), strict=True))
            if not self._keeps:
                rows = answers
            else:
                kept = block.kept
                if isinstance(kept, pa.RecordBatch):
                    kept = list(zip(*kept.to_pydict().values(), strict=True))
                rows = [(*row, *answer) for row, answer in zip(kept, answers, strict=True)]
            self._target.write(rows)

    def finish(self) -> None:
        """Write the file."""
        self._target.finish()

    def close(self) -> None:
        """Close the file."""
        self._target.close()
