"""Score a table file into another file."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import pyarrow as pa

from ..errors import GenderDetectionError, InvalidInput
from ..model import Model
from ..tables import Columns
from ..tables.blocks import COLUMNS, Block, from_bytes
from ..tables.country_column import na_missing_in
from ..tables.csv_table import BOM
from ..tables.formats import CSV, EXCEL, JSON, Format
from ..tables.memory import Scored
from ..tables.people_table import columns_to_read, open_table
from ..tables.readers import CsvSource, JsonSource, Source
from ..tables.text_columns import compress, csv_header, formulas_in
from ..tables.text_layout import TextOptions
from ..tables.writers import Target, open_target
from . import answer, answer_names
from .block_scorer import Counted, csv_rows
from .encoded_answers import MATCHED_TYPE, TYPES
from .process_pool import InProcess, Workers
from .task import ANSWERS_ALONE, Task


@dataclass(frozen=True)
class JobOptions:
    """columns are those named by the user; the others are found by their names. escape_formulas:
    whether cells of CSV that look like formulas get an apostrophe. text: how a table of text is
    read; without a header, the name of a column may be its number. bom: whether CSV is written
    with a byte order mark. The rest is as in answer."""

    columns: Columns = field(default_factory=Columns)
    without_country: bool = False
    country: str | None = None
    threshold: float | None = None
    female_share: float | None = None
    family_name_first: bool = False
    escape_formulas: bool = False
    matched: bool = False
    text: TextOptions = field(default_factory=TextOptions)
    bom: bool = False


class Plan:
    """An open table, and how it is scored and written.

    columns are those to read; note is a remark on the file for the user, or None. formulas is the
    number of text cells that a spreadsheet would read as formulas in the written file, known after
    run.
    """

    formulas = 0

    def __init__(self, path: Path, source_form: Format, form: Format, options: JobOptions) -> None:
        """Open the table at path, to be written in the format form.

        Raise InvalidInput if it cannot be read, or does not have the columns.
        """
        self._source: Source = open_table(path, source_form, options.columns, options.text)
        try:
            self._prepare(source_form, form, options)
        except GenderDetectionError:
            self.close()
            raise

    def _prepare(self, source_form: Format, form: Format, options: JobOptions) -> None:
        source = self._source
        self._form, self._options = form, options
        columns = columns_to_read(source, options.columns, options.text)
        self.columns = replace(columns, country=None) if options.without_country else columns
        self.note = source.note
        self._names = answer_names(source.columns, options.matched)
        self._keeps = not form.is_text and source.kind == COLUMNS
        self._has_no_nulls = not source_form.has_nulls
        if source_form.kind == EXCEL:
            self._keeps = form.kind == EXCEL
        self._schema = source.schema
        if isinstance(source, JsonSource) and form.kind != JSON:
            self._schema = source.column_schema()
        self._guessed = source_form.delimiter is None
        if options.bom and form.kind != CSV:
            raise InvalidInput("--bom is only for writing .csv, .tsv and .txt: leave it out")
        if options.escape_formulas:
            self._check_escaping()

    def _check_escaping(self) -> None:
        """Raise InvalidInput if no cell would be escaped."""
        if self._form.kind != CSV:
            raise InvalidInput(
                "--escape-formulas is only for writing .csv and .tsv: leave it out, because text "
                "in other formats is not read as a formula"
            )
        task = self._task()
        if task.source == CSV and task.delimiter == task.target_delimiter:
            raise InvalidInput(
                "--escape-formulas has no effect, because rows of CSV are copied unchanged: write "
                ".xlsx, where text is not read as a formula, or leave it out"
            )

    def check(self, model: Model) -> None:
        """Raise InvalidInput if the columns or the options cannot be used."""
        options = self._options
        answer(
            self._schema.empty_table(),
            model,
            self.columns,
            country=options.country,
            threshold=options.threshold,
            female_share=options.female_share,
            family_name_first=options.family_name_first,
        )

    def run(
        self, target: Path | None, workers: InProcess | Workers, progress: Callable[[int], None]
    ) -> Counted:
        """Write the table with its answers to a file, or to standard output if target is None.

        Return the counts of answers and countries. progress is called after each block with the
        rows done so far. Raise the errors of workers.run.
        """
        task = self._task()
        if task.source != CSV and task.target == CSV and not task.escape:
            self.formulas = formulas_in([pa.array(self._source.columns, pa.string())])
        writer = open_target(
            target, self._form, self._target_schema(), self._header(task), keeps=self._keeps
        )
        try:
            counts = self._score(task, writer, workers, progress)
            writer.finish()
        finally:
            writer.close()
        return counts

    def _score(
        self,
        task: Task,
        target: Target,
        workers: InProcess | Workers,
        progress: Callable[[int], None],
    ) -> Counted:
        done = 0

        def write(block: Block, scored: Scored, rows: int) -> None:
            nonlocal done
            target.write(block, scored)
            self.formulas += scored.formulas
            done += rows
            progress(done)

        wanted = self.columns.used() if self._keeps else None
        blocks = self._source.blocks(wanted)
        if self._has_no_nulls and (country := self.columns.country) is not None:
            first = next(blocks, None)
            if first is None:
                return workers.run(task, (), write)
            blocks = itertools.chain([first], blocks)
            task = msgspec.structs.replace(task, na_missing=self._na_missing(task, first, country))
        if not self._keeps:
            blocks = (block._replace(kept=None) for block in blocks)
        return workers.run(task, blocks, write)

    def _na_missing(self, task: Task, first: Block, country: str) -> bool:
        """Return whether NA is a missing country in this table, as its first block shows."""
        text = bytes(first.text)
        if task.source == CSV:
            batches = [rows.cells for rows in csv_rows(task, text, first.bad, [country])]
        else:
            batches = from_bytes(text)
        return all(na_missing_in(batch, country) for batch in batches)

    @property
    def skipped_content(self) -> str | None:
        """What was skipped in the table, known after run; None if nothing."""
        return self._source.skipped_content

    @property
    def share_read(self) -> float | None:
        """The share of the table that is read, None if it is not known."""
        return self._source.share_read

    def close(self) -> None:
        """Close the table."""
        self._source.close()

    def _task(self) -> Task:
        source, form, options = self._source, self._form, self._options
        target = form.kind if form.is_text else ANSWERS_ALONE if self._keeps else COLUMNS
        delimiter = source.delimiter if isinstance(source, CsvSource) else ","
        return Task(
            source=source.kind,
            target=target,
            columns=self.columns,
            names=self._names,
            header=source.columns,
            schema=self._schema.serialize().to_pybytes() if source.kind == JSON else b"",
            delimiter=delimiter,
            # Blanks are only read: a blank cell between them would be none.
            target_delimiter=form.delimiter
            or (delimiter if self._guessed and delimiter != " " else ","),
            line_end=source.line_end if isinstance(source, CsvSource) else "\n",
            compression=form.compression,
            escape=options.escape_formulas,
            country=options.country,
            threshold=options.threshold,
            female_share=options.female_share,
            family_name_first=options.family_name_first,
            matched=options.matched,
        )

    def _target_schema(self) -> pa.Schema:
        schema = self._schema
        types = (*TYPES, MATCHED_TYPE) if self._options.matched else TYPES
        for name, kind in zip(self._names, types, strict=True):
            schema = schema.append(pa.field(name, kind))
        return schema

    def _header(self, task: Task) -> bytes:
        """Return the header of a text target: the header of the source and the answers' names."""
        if self._form.kind != CSV:
            return b""
        source = self._source
        if isinstance(source, CsvSource) and task.delimiter == task.target_delimiter:
            header = (task.delimiter.join([source.header, *self._names]) + task.line_end).encode()
        else:
            names = [*source.columns, *self._names]
            end, escape = task.line_end, task.escape
            header = bytes(csv_header(names, task.target_delimiter, end, escape=escape))
        if self._options.bom and not header.startswith(BOM):
            header = BOM + header
        return b"".join(compress([header], self._form.compression))
