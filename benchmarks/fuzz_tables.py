"""Tables of people for the fuzzer: CSV and Arrow streams that the API must take."""

import csv
import io
from typing import Any

import pyarrow as pa
import schemathesis
from hypothesis import strategies as st

CSV = "text/csv"
ARROW = "application/vnd.apache.arrow.stream"
TABLES = {CSV, ARROW}
NAMED = (
    ["name"],
    ["Full Name", "country"],
    ["given_name", "family_name"],
    ["first-name", "surname", "country_code"],
)
OTHERS = ("year", "note", "gender", "Größe", 'a "b"', "a,b", "\u200b")
MOST_ROWS = 6
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NAME = st.sampled_from(["Maria Rossi", "Andrea", "J. R.", "", " ", "李", "Dr. Kim"]) | TEXT
COLUMNS = st.builds(
    lambda named, others: [*named, *others],
    st.sampled_from(NAMED),
    st.lists(st.sampled_from(OTHERS), unique=True, max_size=3),
)
KINDS = (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()))


@st.composite
def csv_tables(draw: st.DrawFn) -> bytes:
    """Return CSV with a header row as RFC 4180 has it, in UTF-8."""
    columns = draw(COLUMNS)
    rows = draw(st.lists(st.lists(NAME, min_size=len(columns), max_size=len(columns)),
                         max_size=MOST_ROWS))  # fmt: skip
    text = io.StringIO(newline="")
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    writer = csv.writer(text, lineterminator=line_end, quoting=draw(st.sampled_from([0, 1])))
    writer.writerow(columns)
    writer.writerows(rows)
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return mark + text.getvalue().encode()


@st.composite
def arrow_tables(draw: st.DrawFn) -> bytes:
    """Return an Arrow IPC stream of a few batches, columns of text as they may be encoded."""
    columns = draw(COLUMNS)
    kinds = [draw(st.sampled_from(KINDS)) for _ in columns]
    schema = pa.schema(list(zip(columns, kinds, strict=True)))
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        for _ in range(draw(st.integers(0, 2))):
            size = draw(st.integers(0, MOST_ROWS))
            cells = st.lists(st.none() | NAME, min_size=size, max_size=size)
            arrays = [pa.array(draw(cells), pa.string()).cast(kind) for kind in kinds]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
    return sink.getvalue()


def arrow_example() -> bytes:
    """Return a stream of two persons, to be damaged."""
    batch = pa.record_batch({"name": ["Maria Rossi", "Andrea"], "country": ["IT", None]})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue()


def register() -> None:
    """Make schemathesis send such tables."""
    schemathesis.openapi.media_type(CSV, csv_tables())
    schemathesis.openapi.media_type(ARROW, arrow_tables())


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Put tables first, so that options are tried with them; take their examples as bytes."""
    for item in raw_schema["paths"].values():
        for operation in item.values():
            if "requestBody" not in operation:
                continue
            content = operation["requestBody"]["content"]
            tables = {name: content.pop(name) for name in (CSV, ARROW) if name in content}
            for table in tables.values():
                for example in table.get("examples", {}).values():
                    example["value"] = example["value"].encode()
            operation["requestBody"]["content"] = {**tables, **content}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Group by columns that are there, which no schema can ask for."""
    if case.media_type == CSV and case.query and "by" in case.query and not _is_negative(case):
        columns = next(csv.reader(io.StringIO(case.body.decode("utf-8-sig"))))
        case.query["by"] = ",".join(name for name in columns if not set(name) & set(',"'))


def _is_negative(case: Any) -> bool:
    return case.meta is None or case.meta.generation.mode.is_negative
