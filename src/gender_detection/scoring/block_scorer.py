"""Score one block of a table: read it, answer its rows, and write the result."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..countries.report import CountryReport
from ..model import Model
from ..tables import json_lines
from ..tables.blocks import from_bytes, to_bytes
from ..tables.csv_rows import CsvRows, read_rows
from ..tables.csv_table import CsvText
from ..tables.formats import CSV, JSON
from ..tables.text_columns import Part, compress, csv_text, formulas_in, json_text
from . import ANSWERS, EncodedAnswers, answer
from .encoded_answers import AnswerTexts, answer_table, csv_ends
from .order_counts import OrderCounts, count_orders
from .task import ANSWERS_ALONE, Task

Counts = npt.NDArray[np.int64]


class Counted(NamedTuple):
    """How many rows have each answer, indexed by code, the report on their countries, what their
    names tell about their order, and which of the model's corrections were used (Corrections)."""

    answers: Counts
    countries: CountryReport
    orders: OrderCounts
    corrections_used: npt.NDArray[np.uint8]


def answers_of(model: Model, threshold: float | None) -> pa.RecordBatch:
    """Return all possible answers, as in EncodedAnswers.table."""
    return answer_table(model.threshold if threshold is None else threshold)


def csv_rows(
    task: Task, block: bytes, bad: list[bool] | None, wanted: Sequence[str]
) -> Iterator[CsvRows]:
    """Yield the rows in a block of CSV, with the columns wanted; bad is as in CsvText."""
    indices = {name: task.header.index(name) for name in wanted}
    text, line_end = CsvText(block, bad), task.line_end.encode()
    return read_rows(text, task.delimiter.encode(), len(task.header), indices, line_end)


class Scorer:
    """Scores the blocks of one task, and counts answers (counts), countries, orders and used
    corrections, as in Counted.

    formulas is the number of text cells in the last block that a spreadsheet would read as formulas
    now that they are CSV.
    """

    def __init__(self, model: Model, task: Task) -> None:
        self._model, self._task = model, task
        answers = answers_of(model, task.threshold)
        self.counts: Counts = np.zeros(len(answers), np.int64)
        self.countries = CountryReport()
        self.orders = OrderCounts()
        self.formulas = 0
        if self._appends and task.source == CSV:
            self._ends = csv_ends(answers, task.delimiter)
        elif self._appends:
            self._json = json_lines.LineReader(task.columns, task.names)
            self._ends = AnswerTexts(answers, self._json_ends)

    def __call__(self, block: bytes, bad: list[bool] | None = None) -> list[Part]:
        """Return a block with its answers in the task's target format; bad is as in CsvText.

        Raise InvalidInput if the block cannot be read.
        """
        if self._appends:
            parts = self._csv(block, bad) if self._task.source == CSV else self._json_lines(block)
            return compress(parts, self._task.compression)
        batches = list(self._read(block, bad))
        return compress(self._written(batches), self._task.compression)

    @property
    def corrections_used(self) -> npt.NDArray[np.uint8]:
        """Which of the model's corrections were used so far."""
        return self._model.corrections.used

    @property
    def _appends(self) -> bool:
        """Whether rows are copied and the answers appended as text."""
        task = self._task
        same_format = task.source == task.target and task.delimiter == task.target_delimiter
        return same_format and task.source in (CSV, JSON)

    def _csv(self, block: bytes, bad: list[bool] | None) -> list[Part]:
        parts: list[Part] = []
        for rows in csv_rows(self._task, block, bad, self._task.columns.used()):
            answered = self._answer(rows.cells, rows.bad)
            ends = self._ends.of(answered.codes)
            if self._task.matched:
                # A key has letters only, so no cell needs quotes.
                keys = answered.keys().fill_null("")
                ends = pc.binary_join_element_wise(ends, keys, self._task.delimiter)
            parts += rows.with_ends(ends, self._task.line_end.encode())
        return parts

    def _json_ends(self, answers: pa.RecordBatch) -> pa.BinaryArray:
        names = self._task.names[: len(ANSWERS)]
        return pa.array(json_lines.endings(answers, names), pa.binary())

    def _json_lines(self, block: bytes) -> list[Part]:
        cells, lines, bad = self._json.read(block)
        answered = self._answer(cells, pa.array(bad, pa.bool_()))
        ends = self._ends.of(answered.codes).to_pylist()
        if self._task.matched:
            keys = answered.keys().to_pylist()
            ends = json_lines.lengthened(ends, self._task.names[-1], keys)
        return [json_lines.appended(lines, ends)]

    def _read(self, block: bytes, bad: list[bool] | None) -> Iterator[pa.RecordBatch]:
        """Yield the rows as columns with the columns of answers, or only the latter."""
        task = self._task
        if task.source == CSV:
            for rows in csv_rows(task, block, bad, list(task.header)):
                yield self._with_answers(rows.cells, rows.bad)
        elif task.source == JSON:
            schema = pa.ipc.read_schema(pa.py_buffer(task.schema))
            table, marks = json_lines.read_columns(block, schema, task.columns)
            for batch in table.combine_chunks().to_batches():
                yield self._with_answers(batch, pa.array(marks, pa.bool_()))
        else:
            marked = None if bad is None else pa.array(bad, pa.bool_())
            for batch in from_bytes(block):
                yield self._with_answers(batch, marked)

    def _with_answers(self, rows: pa.RecordBatch, bad: pa.BooleanArray | None) -> pa.RecordBatch:
        answers = self._answer(rows, bad).columns()
        if self._task.target == ANSWERS_ALONE:
            return pa.RecordBatch.from_arrays(answers, list(self._task.names))
        for name, column in zip(self._task.names, answers, strict=True):
            rows = rows.append_column(name, column)
        return rows

    def _written(self, batches: list[pa.RecordBatch]) -> list[Part]:
        task = self._task
        if task.target == CSV:
            delimiter, end, escape = task.target_delimiter, task.line_end, task.escape
            # Cells that come from CSV were formulas to a spreadsheet before, too.
            warns = task.source != CSV and not escape
            self.formulas = sum(formulas_in(batch.columns) for batch in batches) if warns else 0
            return [csv_text(batch, delimiter, end, escape=escape) for batch in batches]
        if task.target == JSON:
            return [json_text(batch) for batch in batches]
        return [to_bytes(batches, batches[0].schema)] if batches else []

    def _answer(self, cells: pa.RecordBatch, bad: pa.BooleanArray | None) -> EncodedAnswers:
        task = self._task
        answered = answer(
            cells,
            self._model,
            task.columns,
            country=task.country,
            threshold=task.threshold,
            female_share=task.female_share,
            family_name_first=task.family_name_first,
            bad=bad,
            na_missing=task.na_missing,
            matched=task.matched,
        )
        if not task.family_name_first:
            self._count_orders(cells, bad)
        self.countries.add(answered.countries)
        self.counts += np.bincount(answered.codes, minlength=len(self.counts))
        return answered

    def _count_orders(self, cells: pa.RecordBatch, bad: pa.BooleanArray | None) -> None:
        """Count which part of their names some of the rows show to be first."""
        task = self._task
        self.orders.add(
            count_orders(
                cells,
                self._model,
                task.columns,
                country=task.country,
                bad=bad,
                na_missing=task.na_missing,
            )
        )
