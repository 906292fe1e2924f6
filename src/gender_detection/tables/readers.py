"""Read tables from files, block by block."""

import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from .. import bibliographies
from ..bibliographies import json_works
from ..errors import GenderDetectionError, InvalidInput
from . import footers, json_lines, json_people
from .arrow_files import ArrowSource, ParquetSource
from .blocks import COLUMNS, Block, to_bytes
from .csv_table import BOM, ByteStream
from .formats import CSV, EXCEL, JSON, PARQUET, Format
from .table_file import TableFile
from .text_encoding import UncertainEncoding
from .text_layout import TextOptions, open_text, open_utf8
from .text_stream import LookAhead

# Size of blocks of text. More names repeat in longer blocks, but they need more memory.
BLOCK_BYTES = 4 * 1024 * 1024
LONGEST_LINE = 64 * 1024 * 1024
BUFFER_BYTES = 1024 * 1024


class Source(Protocol):
    """An open table.

    kind     the kind of its blocks, as in Task.source
    columns  the names of its columns
    schema   the schema of its columns, strings if it is a text file
    note     a remark on the file for the user, or None
    """

    kind: str
    columns: tuple[str, ...]
    schema: pa.Schema
    note: str | None

    @property
    def skipped_content(self) -> str | None:
        """What was skipped in the file so far, None if nothing."""

    @property
    def share_read(self) -> float | None:
        """The share read so far, None if it is not known."""

    def blocks(self, wanted: Sequence[str] | None) -> Iterator[Block]:
        """Yield the rows; blocks of Arrow have only the columns wanted (None: all of them).

        Block.kept has all columns. Can be called once.
        """

    def close(self) -> None:
        """Close the file."""


def open_source(path: Path, form: Format, options: TextOptions | None = None) -> Source:
    """Open a table; raise InvalidInput if the file cannot be read as one.

    options are for text and workbooks; raise InvalidInput, too, if they do not apply to the format.
    """
    options, kind = options or TextOptions(), form.kind
    if options.sheet is not None and kind != EXCEL:
        raise InvalidInput(
            f"{path}: --sheet is only for workbooks, such as .xlsx and .ods: leave it out"
        )
    if kind == bibliographies.TEXT:
        kind = bibliographies.kind_of_text(_beginning(path)) or CSV
    if kind == CSV:
        table = CsvSource(path, form, options)
        # Who divides the cells, or names a column of the table, keeps all its columns.
        is_divided = options.several is not None or {*options.columns} & {*table.columns}
        columns = None if is_divided else bibliographies.columns_of_works(table.columns)
        return BibliographySource.of_table(path, table, columns) if columns else table
    if options.delimiter is not None or not options.has_header:
        raise InvalidInput(
            f"{path}: --delimiter and --no-header are only for .csv, .tsv and .txt: leave them out"
        )
    if kind == bibliographies.WORKS:
        return _open_document(path, options)
    if kind == JSON:
        source = JsonSource.of_file(path, options)
        return BibliographySource.of_lines(path, source) if source.holds_works() else source
    if kind in bibliographies.KINDS:
        return BibliographySource.of_file(path, kind, options)
    if options.encoding is not None:
        raise InvalidInput(
            f"{path}: --encoding is only for files of text, such as .csv: leave it out"
        )
    if form.kind == EXCEL:
        from .excel import ExcelSource  # its libraries may not be installed

        return ExcelSource(path, options)
    return ParquetSource(path) if form.kind == PARQUET else ArrowSource(path, form)


def _open_document(path: Path, options: TextOptions) -> Source:
    """Open a document of JSON, which holds works with authors, or people."""
    file = TableFile(path)
    try:
        text, notes = _open_lines(file, options)
        buffered = io.BufferedReader(text, BUFFER_BYTES)
        document = json_works.document_in(bibliographies.whole_lines(buffered.readline))
        people = None
        if not json_works.has_authors(document):
            people = json_people.people_in(document, options.columns)
        if people is not None:
            source = JsonSource(file, io.BytesIO(people), notes)
            return BibliographySource.of_lines(path, source) if source.holds_works() else source
    except GenderDetectionError:
        file.close()
        raise
    return BibliographySource(
        path, lambda: bibliographies.read(bibliographies.WORKS, [document]), file, "; ".join(notes)
    )


def _open_lines(file: TableFile, options: TextOptions) -> tuple[LookAhead, list[str]]:
    """Return text in UTF-8 and notes; as it is if its encoding is not certain."""
    buffered = LookAhead(io.BufferedReader(file, BUFFER_BYTES))
    try:
        return open_utf8(buffered, options, BUFFER_BYTES, detect=True)
    except UncertainEncoding as err:
        text, notes = open_utf8(buffered, options, BUFFER_BYTES)
        return text, [*notes, str(err)]


def _beginning(path: Path) -> bytes:
    """Return the first bytes of a file of text."""
    file = TableFile(path)
    try:
        return io.BufferedReader(file, BUFFER_BYTES).peek()
    finally:
        file.close()


class CsvSource:
    """A table in CSV, in any encoding and layout that text_layout reads; its blocks are UTF-8."""

    kind = CSV
    skipped_content: str | None = None

    def __init__(self, path: Path, form: Format, options: TextOptions) -> None:
        self._file = TableFile(path)
        stream = io.BufferedReader(self._file, BUFFER_BYTES)
        opened = open_text(stream, replace(options, delimiter=options.delimiter or form.delimiter))
        self._table = opened.read_csv(BLOCK_BYTES)
        self.note = "; ".join(opened.notes) or None
        self.columns = self._table.columns
        self.schema = pa.schema([(name, pa.string()) for name in self.columns])
        self.delimiter, self.line_end = opened.delimiter, self._table.line_end.decode()
        self.header = self._table.header.decode()
        # The number of the first row in the file, after lines that are left out and the header.
        self.first_row = 1 + opened.left_out + opened.has_header

    def rows(self, wanted: Sequence[str]) -> Iterator[dict[str, str] | None]:
        """Yield the cells of each row by column, None for a bad row; instead of blocks."""
        for block in self._table.blocks(wanted):
            for row, is_bad in zip(block.cells.to_pylist(), block.bad.to_pylist(), strict=True):
                yield None if is_bad else row

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes."""
        return self._file.share_read

    def blocks(self, wanted: Sequence[str] | None) -> Iterator[Block]:
        """Yield whole rows, as text; a total at the end is a bad row."""
        texts = footers.marked(self._table.texts(), self._table.delimiter, len(self.columns))
        return (Block(text.text, text.bad) for text in texts)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class JsonSource:
    """JSON lines; schema is that of the first block."""

    kind = JSON
    skipped_content: str | None = None

    def __init__(self, file: TableFile, stream: ByteStream, notes: Sequence[str]) -> None:
        """Read lines in UTF-8 without a byte order mark, which are in the file."""
        self._file, self._stream, self.note = file, stream, "; ".join(notes) or None
        self._first, self._rest = self._next_lines(b"")
        self.columns = json_lines.fields_of(self._first)
        # Lines with different types cannot become columns, but can be written as lines.
        self.schema = pa.schema([(name, pa.string()) for name in self.columns])

    @classmethod
    def of_file(cls, path: Path, options: TextOptions) -> "JsonSource":
        """Open a file; raise InvalidInput if it cannot be read, or has no object."""
        file = TableFile(path)
        try:
            stream, notes = _open_lines(file, options)
            if stream.look(len(BOM)).startswith(BOM):
                stream.drop(len(BOM))
            return cls(file, stream, notes)
        except GenderDetectionError:
            file.close()
            raise

    def column_schema(self) -> pa.Schema:
        """Return the columns of the first block; raise InvalidInput if its lines differ."""
        return json_lines.schema_of(self._first)

    def holds_works(self) -> bool:
        """Return whether the lines are works with authors, and not people."""
        return json_works.holds_works(json_lines.lines_of(self._first))

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes."""
        return self._file.share_read

    def blocks(self, wanted: Sequence[str] | None) -> Iterator[Block]:
        """Yield whole lines, as text."""
        lines, rest = self._first, self._rest
        while lines:
            yield Block(lines)
            lines, rest = self._next_lines(rest)

    def _next_lines(self, rest: bytes) -> tuple[bytes, bytes]:
        """Return whole lines, b"" at the end of the file, and the beginning of the next line."""
        while part := self._stream.read(BLOCK_BYTES):
            lines, end, after = part.rpartition(b"\n")
            if end:
                return rest + lines + end, after
            rest += part
            if len(rest) > LONGEST_LINE:
                raise InvalidInput(
                    f"a line is longer than {LONGEST_LINE} bytes: write one object per line"
                )
        return rest, b""

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class BibliographySource:
    """The authors of the works in a bibliography, in the columns that its format has."""

    kind = COLUMNS
    note: str | None

    def __init__(
        self,
        path: Path,
        read: Callable[[], bibliographies.Bibliography],
        file: Any,
        note: str | None = None,
    ) -> None:
        """Read the first authors; file has share_read and close. note is on the file's text."""
        self._file = file
        self.note = "; ".join(filter(None, ["a row for each author of a work", note]))
        try:
            self._read = read()
            self._batches = self._read.batches()
            first = next(self._batches, None)
            if first is None:
                raise InvalidInput(_without_authors(path, self.skipped_content))
        except InvalidInput:
            self.close()
            raise
        self._first, self.schema = first, self._read.schema
        self.columns = tuple(self.schema.names)

    @classmethod
    def of_file(cls, path: Path, kind: str, options: TextOptions) -> "BibliographySource":
        """Open a file; raise InvalidInput if it cannot be read, or names no author."""
        file = TableFile(path)
        text, notes = _open_lines(file, options)
        lines = bibliographies.whole_lines(io.BufferedReader(text, BUFFER_BYTES).readline)
        return cls(path, lambda: bibliographies.read(kind, lines), file, "; ".join(notes))

    @classmethod
    def of_lines(cls, path: Path, source: JsonSource) -> "BibliographySource":
        """Take over JSON lines that hold works; raise InvalidInput if they name no author."""
        lines = (line for block in source.blocks(None) for line in bytes(block.text).splitlines())
        return cls(
            path, lambda: bibliographies.read(bibliographies.WORK_LINES, lines), source, source.note
        )

    @classmethod
    def of_table(
        cls, path: Path, table: CsvSource, columns: bibliographies.WorkColumns
    ) -> "BibliographySource":
        """Take over a table with a row for each work; raise InvalidInput if it names no author."""
        rows = table.rows(columns.used())
        note = "; ".join(
            filter(None, [table.note, "--several ';' keeps the other columns instead"])
        )
        return cls(path, lambda: bibliographies.read_exported_table(rows, columns), table, note)

    @property
    def skipped_content(self) -> str | None:
        """What was left out or not understood so far."""
        return self._read.report.sentence()

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes."""
        share: float | None = self._file.share_read
        return share

    def blocks(self, wanted: Sequence[str] | None) -> Iterator[Block]:
        """Yield the authors of whole works; one whose name is not in UTF-8 is a bad row."""
        for batch, bad in itertools.chain([self._first], self._batches):
            sent = batch if wanted is None else batch.select(list(wanted))
            yield Block(to_bytes([sent], sent.schema).to_pybytes(), bad, batch)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _without_authors(path: Path, skipped: str | None) -> str:
    found = f" ({skipped})" if skipped else ""
    return (
        f"{path} names no author of a work{found}: check that it was exported in the format of "
        "its ending; in JSON of people, name the field of names (--name-column)"
    )
