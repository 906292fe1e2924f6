"""Files that scored tables are written to."""

import os
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import InvalidInput
from .blocks import Block, from_bytes
from .formats import ARROW, EXCEL, PARQUET, Format
from .memory import Scored, write_all

# Rows that Parquet holds back until they are written together.
GROUP_ROWS = 262_144


class Target(Protocol):
    """A table being written."""

    def write(self, block: Block, scored: Scored) -> None:
        """Append a block, given what the workers made of it."""

    def finish(self) -> None:
        """Write what a whole file ends with."""

    def close(self) -> None:
        """Close the file, whether it is whole or not."""


def open_target(
    path: Path | None, form: Format, schema: pa.Schema, header: bytes, *, keeps: bool
) -> Target:
    """Open a file, or for text the standard output, to write a table of a schema to.

    header is what text begins with. Where it keeps what was read, the workers give it the answers
    alone.
    """
    if path is None:
        return TextTarget(os.fdopen(os.dup(1), "wb", buffering=0), header)
    if form.is_text:
        return TextTarget(path.open("wb", buffering=0), header)
    if form.kind == EXCEL:
        from .excel import ExcelTarget  # what it needs may not be installed

        return _Sheet(ExcelTarget(path, schema.names), keeps)
    return _Columns(path, form, schema, keeps)


class TextTarget:
    """Text, in a file that is open."""

    def __init__(self, file: IO[bytes], header: bytes) -> None:
        self._file = file
        write_all(file, header)

    def write(self, block: Block, scored: Scored) -> None:
        """Append what the workers made."""
        scored.write_to(self._file)

    def finish(self) -> None:
        """Pass on what is held back."""
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Columns:
    """Parquet, or Arrow as a file or as a stream."""

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
        """Append rows; raise InvalidInput where such a file cannot hold them."""
        batches = from_bytes(scored.text())
        if self._keeps:
            columns = [*block.kept.columns, *batches[0].columns]
            batches = [pa.RecordBatch.from_arrays(columns, schema=self._schema)]
        for batch in batches:
            try:
                if self._is_parquet:
                    self._writer.write_batch(batch, row_group_size=GROUP_ROWS)
                else:
                    self._writer.write_batch(batch)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as err:
                raise InvalidInput(
                    f"a file of this kind cannot hold this table ({str(err)[:120]}): "
                    "write .arrows or .parquet"
                ) from err

    def finish(self) -> None:
        """Write the footer."""
        self._writer.close()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()


class _Sheet:
    """A sheet of Excel."""

    def __init__(self, target: Any, keeps: bool) -> None:
        self._target, self._keeps = target, keeps

    def write(self, block: Block, scored: Scored) -> None:
        """Append rows, of Excel's own cells where they come from there."""
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
        """Close it."""
        self._target.close()
