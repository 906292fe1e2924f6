"""Hypothesis strategies for tables of people: CSV and Arrow streams that the API must accept."""

import csv
import io
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
from hypothesis import strategies as st

CSV = "text/csv"
ARROW = "application/vnd.apache.arrow.stream"
# Sets of columns, each column with the member of a JSON person that it stands for.
NAMED = (
    {"name": "name"},
    {"Full Name": "name", "country": "country"},
    {"given_name": "given_name", "family_name": "family_name"},
    {"first-name": "given_name", "surname": "family_name", "country_code": "country"},
)
MEMBERS = {column: member for columns in NAMED for column, member in columns.items()}
OTHERS = ("year", "note", "gender", "Größe", 'a "b"', "a,b", "\u200b")
MOST_ROWS = 6
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
CELL = st.sampled_from(["Maria Rossi", "Andrea", "J. R.", "", " ", "李", "Dr. Kim", "IT"]) | TEXT
COLUMNS = st.builds(
    lambda named, others: [*named, *others],
    st.sampled_from(NAMED),
    st.lists(st.sampled_from(OTHERS), unique=True, max_size=3),
)
KINDS = (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()))


@dataclass(frozen=True)
class Table:
    """Rows of cells, None where a cell is null, and the body of a request that holds them."""

    columns: list[str]
    rows: list[list[str | None]]
    body: bytes


@st.composite
def csv_tables(draw: st.DrawFn) -> Table:
    """Return CSV in UTF-8 with a header row, as in RFC 4180."""
    columns = draw(COLUMNS)
    row = st.lists(CELL, min_size=len(columns), max_size=len(columns))
    rows = draw(st.lists(row, max_size=MOST_ROWS))
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    quoting: Literal[0, 1] = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    if line_end == "\n" and quoting == csv.QUOTE_MINIMAL:
        # The csv module leaves CR unquoted then, so that it may become half of a line end.
        rows = [[cell.replace("\r", "") for cell in cells] for cells in rows]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=line_end, quoting=quoting)
    writer.writerow(columns)
    writer.writerows(rows)
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return Table(columns, [list(cells) for cells in rows], mark + text.getvalue().encode())


@st.composite
def arrow_tables(draw: st.DrawFn) -> Table:
    """Return an Arrow stream of a few batches, with columns of text in any encoding."""
    columns = draw(COLUMNS)
    kinds = [draw(st.sampled_from(KINDS)) for _ in columns]
    schema = pa.schema(list(zip(columns, kinds, strict=True)))
    rows: list[list[str | None]] = []
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        for _ in range(draw(st.integers(0, 2))):
            size = draw(st.integers(0, MOST_ROWS))
            cells = st.lists(st.none() | CELL, min_size=size, max_size=size)
            texts = [pa.array(draw(cells), pa.string()) for _ in kinds]
            arrays = [text.cast(kind) for text, kind in zip(texts, kinds, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += map(list, zip(*(text.to_pylist() for text in texts), strict=True))
    return Table(columns, rows, sink.getvalue())


def arrow_example() -> bytes:
    """Return a stream of two persons."""
    batch = pa.record_batch({"name": ["Maria Rossi", "Andrea"], "country": ["IT", None]})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue()
