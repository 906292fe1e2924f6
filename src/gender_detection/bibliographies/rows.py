"""The authors of works as rows of a table."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from .works import Author, Report, Work, finished

# Rows in a batch; a batch has whole works.
BATCH_ROWS = 20_000
OF_WORK = (
    pa.field("work", pa.string()),
    pa.field("year", pa.int32()),
    pa.field("position", pa.string()),
    pa.field("author_number", pa.int32()),
    pa.field("authors", pa.int32()),
)
Row = tuple[str, int | None, str, int, int | None, Author]


def schema_with(names: Iterable[str]) -> pa.Schema:
    """Return the columns of a table whose authors have these fields."""
    return pa.schema([*OF_WORK, *(pa.field(name, pa.string()) for name in names)])


def batches_of(
    works: Iterable[Work], schema: pa.Schema, report: Report
) -> Iterator[tuple[pa.RecordBatch, list[bool]]]:
    """Yield the authors of works as rows, and which of them have a name with U+FFFD.

    Authors who are no persons are left out, and counted in the report.
    """
    fields = [Author._fields.index(name) for name in schema.names[len(OF_WORK) :]]
    rows: list[Row] = []
    for work in works:
        if (named := finished(work, report)) is not None:
            rows.extend(_rows(named))
        if len(rows) >= BATCH_ROWS:
            yield _batch(rows, fields, schema)
            rows = []
    if rows:
        yield _batch(rows, fields, schema)


def _rows(work: Work) -> Iterator[Row]:
    number = len(work.authors)
    # Where authors are missing at the end, nobody who is named is the last one.
    total = None if work.more_authors else number
    for at, author in enumerate(work.authors, 1):
        yield work.id, work.year, _position(at, total), at, total, author


def _position(at: int, total: int | None) -> str:
    if total == 1:
        return "only"
    return "first" if at == 1 else "last" if at == total else "middle"


def _batch(
    rows: list[Row], fields: list[int], schema: pa.Schema
) -> tuple[pa.RecordBatch, list[bool]]:
    columns: list[list[object]] = [[row[at] for row in rows] for at in range(len(OF_WORK))]
    authors = [row[-1] for row in rows]
    columns += [[author[at] for author in authors] for at in fields]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    bad = [any("\ufffd" in part for part in author if part) for author in authors]
    return pa.RecordBatch.from_arrays(arrays, schema=schema), bad
