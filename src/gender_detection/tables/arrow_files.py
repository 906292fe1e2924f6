"""Read Parquet and Arrow files, batch by batch."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .. import os_errors
from ..errors import InvalidInput
from .blocks import COLUMNS, Block, to_bytes
from .formats import ARROW, Format
from .table_file import TableFile

BLOCK_ROWS = 100_000
BUFFER_BYTES = 1024 * 1024
# What pyarrow raises for a damaged file; texts in it, such as names of columns, may not be UTF-8.
DAMAGE = (pa.ArrowException, OSError, UnicodeDecodeError)


class _Batches:
    """Common parts of the sources that Arrow reads in batches."""

    kind = COLUMNS
    note: str | None = None
    skipped_content: str | None = None
    schema: pa.Schema
    columns: tuple[str, ...]
    _done = 0
    _all: int | None = None

    @property
    def share_read(self) -> float | None:
        """The share of the rows or batches in the file."""
        return self._done / self._all if self._all else None

    def blocks(self, wanted: Sequence[str] | None) -> Iterator[Block]:
        """Yield batches of at most BLOCK_ROWS."""
        for whole in self._batches():
            for at in range(0, len(whole), BLOCK_ROWS):
                batch = whole.slice(at, BLOCK_ROWS)
                sent = batch if wanted is None else batch.select(list(wanted))
                yield Block(to_bytes([sent], sent.schema).to_pybytes(), None, batch)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        raise NotImplementedError


class ParquetSource(_Batches):
    """A Parquet file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bytes = TableFile(path)  # raises an error with the remedy if it cannot be read
        self._bytes.close()
        try:
            self._file = pq.ParquetFile(path, pre_buffer=False, buffer_size=BUFFER_BYTES)
            self.schema = self._file.schema_arrow
            self.columns = tuple(self.schema.names)
        except DAMAGE as err:
            raise _damaged(path, "Parquet", err) from err
        self._all = self._file.metadata.num_rows

    def _batches(self) -> Iterator[pa.RecordBatch]:
        batches = self._file.iter_batches(BLOCK_ROWS)
        while True:
            try:
                batch = next(batches, None)
                if batch is not None:
                    # Parquet does not check that texts are UTF-8.
                    batch.validate(full=True)
            except DAMAGE as err:
                raise _damaged(self._path, "Parquet", err) from err
            if batch is None:
                return
            self._done += len(batch)
            yield batch

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class ArrowSource(_Batches):
    """An Arrow file or stream, mapped into memory."""

    def __init__(self, path: Path, form: Format) -> None:
        self._path = path
        self._bytes = TableFile(path)
        self._bytes.close()
        try:
            self._map = pa.memory_map(str(path))
            if form.kind == ARROW:
                self._file = pa.ipc.open_file(self._map)
                self._all = self._file.num_record_batches
            else:
                self._file = pa.ipc.open_stream(self._map)
            self.schema = self._file.schema
            self.columns = tuple(self.schema.names)
        except DAMAGE as err:
            raise _damaged(path, "Arrow", err) from err

    @property
    def share_read(self) -> float | None:
        """The share of the batches in a file, or of the bytes of a stream."""
        if self._all is None and not self._map.closed:
            return min(float(self._map.tell() / self._map.size()), 1.0)
        return super().share_read

    def _batches(self) -> Iterator[pa.RecordBatch]:
        while True:
            try:
                if self._all is None:
                    batch = self._file.read_next_batch()
                elif self._done < self._all:
                    batch = self._file.get_batch(self._done)
                else:
                    return
                # Unchecked offsets could point outside of the batch's memory.
                batch.validate(full=True)
            except StopIteration:
                return
            except DAMAGE as err:
                raise _damaged(self._path, "Arrow", err) from err
            self._done += 1
            yield batch

    def close(self) -> None:
        """Close the file."""
        self._map.close()


def _damaged(path: Path, kind: str, err: Exception) -> InvalidInput:
    # Errors of the system have a number; Arrow's own errors have none.
    if isinstance(err, OSError) and err.errno:
        return InvalidInput(os_errors.describe_for(path, "cannot be read", err))
    return InvalidInput(f"{path} is not in {kind} format, or is damaged: write it again")
