"""Tables in POST /predict: CSV and Arrow streams, answered a block of rows at a time."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc
from flask import Response, request
from werkzeug.exceptions import HTTPException

from gender_detection.errors import ColumnNotFound, InvalidInput
from gender_detection.model import Model
from gender_detection.scoring import answer, answer_names, score
from gender_detection.scoring.encoded_answers import AnswerTexts, csv_ends
from gender_detection.serving.environ import CALLER
from gender_detection.tables import count_arrow_rows, read_arrow
from gender_detection.tables.country_column import na_missing_in

from ..http.bodies import TableBody, table_body
from ..http.problems import Problem, request_id
from ..http.queries import QueryOptions, options_of
from ..http.schemas import ARROW, CSV, PredictOptions
from ..http.table_options import TableReading
from ..metrics.definitions import PREDICT_ROUTE
from ..metrics.recorder import Metrics
from ..metrics.table_counts import TableCounts
from ..security.access import NOBODY, Access

log = logging.getLogger(__name__)

CSV_ANSWER = "text/csv; charset=utf-8; header=present"


def predict_table(
    model: Model, max_bytes: int, metrics: Metrics, access: Access | None
) -> Response:
    """Return the answer to the request's table: its rows with their answers, as a stream.

    One model answers all rows. Raise Problem if the request or the first block of the table is
    invalid, or has more rows than the caller may send. A later error breaks off the transfer.
    """
    options = options_of(PredictOptions, of_table=True)
    reading = TableReading.taken_from(options)
    body = table_body(max_bytes)
    charge_rows(body, reading, access)
    own = (options.get("threshold"), options.get("female_share"))
    counts = TableCounts(metrics, PREDICT_ROUTE, metrics.row_of(model, *own))
    parts = (_csv if request.mimetype == CSV else _arrow)(body, reading, model, options, counts)
    body_parts = started(parts)
    threshold = options.get("threshold", model.threshold)
    headers = {
        "X-Model-Version": model.version,
        "X-Data-Version": model.data_version,
        "X-Threshold": str(threshold),
        **counts.reading(),
        **counts.warnings(),
    }
    return Response(
        body_parts,
        headers=headers,
        content_type=CSV_ANSWER if request.mimetype == CSV else ARROW,
    )


def charge_rows(body: TableBody, reading: TableReading, access: Access | None) -> None:
    """Count the rows of the request's table against the caller's limits, before any is answered.

    Raise Problem if they are too many, or cannot be read. Without a limit nothing is read.
    """
    caller = request.environ.get(CALLER, NOBODY)
    if access is None or (max_names := access.max_names(caller)) is None:
        return
    with _as_problems():
        rows = (
            reading.opened(body).read_csv().count_rows(max_names)
            if request.mimetype == CSV
            else count_arrow_rows(body, max_names)
        )
    access.charge(caller, rows)
    body.rewind()


def started(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Return the parts of an answer after making the first; raise Problem if that fails."""
    with _as_problems():
        first = next(parts)
    return _rest(first, parts, request_id())


@contextmanager
def _as_problems() -> Iterator[None]:
    """Turn the errors of reading a table into Problems."""
    try:
        yield
    except ColumnNotFound as err:
        raise Problem(404, str(err), kind="no-such-column", title="No such column") from err
    except InvalidInput as err:
        raise Problem(422, str(err), kind="invalid-table", title="Invalid table") from err


def _rest(first: bytes, parts: Iterator[bytes], request_id: str) -> Iterator[bytes]:
    """Yield all parts; log it if the answer breaks off."""
    sent = 0
    try:
        while part := first or next(parts, b""):
            yield part
            sent, first = sent + len(part), b""
    except (InvalidInput, Problem, HTTPException) as err:
        # These messages never quote a row.
        log.error(
            "answer to a table broken off request_id=%s after bytes=%d: %s", request_id, sent, err
        )
        raise
    finally:
        parts.close()  # type: ignore[attr-defined]


def _csv(
    body: TableBody,
    reading: TableReading,
    model: Model,
    options: QueryOptions,
    counts: TableCounts,
) -> Iterator[bytes]:
    opened = reading.opened(body)
    counts.notes = opened.notes
    table, delimiter = opened.read_csv(), opened.delimiter
    counts.columns = columns = reading.columns(table.columns)
    header = [table.header.decode(), *answer_names(table.columns)]
    head = delimiter.join(header).encode() + table.line_end
    ends: AnswerTexts | None = None
    for block in table.blocks(columns.used()):
        if head:
            options = options | {"na_missing": na_missing_in(block.cells, columns.country)}
        answers = answer(
            block.cells, model, columns, bad=block.bad, on_answers=counts.count, **options
        )
        counts.block(answers)
        if ends is None:
            ends = csv_ends(answers.table, delimiter, table.line_end.decode())
        yield head + _lines(block.lines, ends.of(answers.codes))
        head = b""
    counts.end()
    if head:
        yield head


def _lines(lines: pa.StringArray, ends: pa.StringArray) -> bytes:
    body: bytes = pc.binary_join_element_wise(lines, ends, "").buffers()[2].to_pybytes()
    return body


def _arrow(
    body: TableBody,
    reading: TableReading,
    model: Model,
    options: QueryOptions,
    counts: TableCounts,
) -> Iterator[bytes]:
    table = read_arrow(body)
    counts.columns = columns = reading.columns(table.columns)
    empty = pa.record_batch([pa.nulls(0, kind) for kind in table.schema.types], table.schema)
    sink = io.BytesIO()
    # An empty batch gives the schema of the answer, and raises what is wrong with the columns.
    schema = score(empty, model, columns, plain=True, **options).schema
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in table.batches():
            answers = answer(batch, model, columns, on_answers=counts.count, **options)
            counts.block(answers)
            scored = [*batch.columns, *answers.columns()]
            writer.write_batch(pa.RecordBatch.from_arrays(scored, schema=schema))
            yield _drain(sink)
    counts.end()
    yield _drain(sink)


def _drain(sink: io.BytesIO) -> bytes:
    """Return what was written, and empty the buffer."""
    written = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return written
