"""Text cut into whole rows in one place and read in another gives the rows that blocks gives."""

import csv
import io

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from gender_detection.tables import read_csv
from gender_detection.tables.csv_rows import read_rows
from gender_detection.tables.csv_table import CsvText

BLOCKS = st.integers(1, 40) | st.just(1024 * 1024)
BYTES = st.lists(st.sampled_from(list(b'ab",\r\n\0\xff\xc3\xa9;')), max_size=60).map(bytes)
CELLS = st.text(st.sampled_from('ab",\r\n\0ñ李\ufeff'), max_size=4)


def read_whole(body: bytes):
    """Return the cells of each row, and the bad marks, as blocks gives them."""
    rows: list[tuple[str | None, ...]] = []
    lines: list[str] = []
    bad: list[bool] = []
    for block in read_csv(io.BytesIO(body), block_bytes=1024 * 1024).blocks():
        rows += zip(*(column.to_pylist() for column in block.cells.columns), strict=True)
        lines += block.lines.to_pylist()
        bad += block.bad.to_pylist()
    return rows, lines, bad


def read_in_parts(body: bytes, block_bytes: int):
    """Return the same by way of texts, and all rows as text with !<number> at their ends."""
    table = read_csv(io.BytesIO(body), block_bytes=block_bytes)
    wanted = {name: at for at, name in enumerate(table.columns)}
    rows: list[tuple[str | None, ...]] = []
    bad: list[bool] = []
    written = b""
    for text in table.texts():
        for part in read_rows(text, b",", len(wanted), wanted, table.line_end):
            part.cells.validate(full=True)
            numbers = range(len(rows), len(rows) + len(part.lines))
            rows += zip(*(column.to_pylist() for column in part.cells.columns), strict=True)
            bad += [False] * len(part.lines) if part.bad is None else part.bad.to_pylist()
            ends = pa.array([f"!{number}" for number in numbers], pa.string())
            written += b"".join(bytes(piece) for piece in part.with_ends(ends, table.line_end))
    return rows, bad, written


def assert_alike(body: bytes, block_bytes: int) -> None:
    rows, lines, bad = read_whole(body)
    found, marks, written = read_in_parts(body, block_bytes)

    assert (found, marks) == (rows, bad)
    end = "\r\n" if body.partition(b"\n")[0].endswith(b"\r") else "\n"
    expected = "".join(f"{line}!{at}{end}" for at, line in enumerate(lines))
    assert written.decode() == expected


@given(st.sampled_from([b"one,two\n", b"one\r\n"]), BYTES, BLOCKS)
@example(b"one,two\n", b'a"b,c\n"x,y\nz",w\n', 12)
@example(b"one,two\n", b'"a"\rb,"c\nd"\n', 14)
@example(b"one,two\n", b'x\ry,"a\nb"\n', 14)
def test_any_bytes_are_read_the_same(header: bytes, body: bytes, block_bytes: int):
    assert_alike(header + body, block_bytes)


@given(
    st.lists(st.tuples(CELLS, CELLS), max_size=8),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    BLOCKS,
)
def test_table_of_the_csv_module_is_read_the_same(rows, quoting, line_end, block_bytes):
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=quoting, lineterminator=line_end)
    writer.writerow(["one", "two"])
    writer.writerows(rows)

    assert_alike(text.getvalue().encode(), block_bytes)


def test_bytes_of_good_rows_are_not_copied():
    text = CsvText(b"Maria,IT\n" * 1000)
    (rows,) = read_rows(text, b",", 2, {"one": 0}, b"\n")

    assert rows.joined
    assert rows.cells.num_columns == 1
    assert rows.lines.buffers()[2].address == pa.py_buffer(text.text).address
