"""Reading CSV: what is written by others comes out cell for cell, and nothing is lost."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gender_detection.errors import InvalidInput
from gender_detection.tables import csv_repair, read_csv

CELL = st.text(st.sampled_from('ab",\r\n \tñ李\U0001f600\0\ufeff;0'), max_size=6)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=8)
)
BLOCKS = st.integers(1, 40) | st.just(1024 * 1024)


def read(body: bytes, *, block_bytes: int = 1024 * 1024, delimiter: str = ","):
    """Return the columns, the rows of cells, the lines as written, and the bad marks."""
    table = read_csv(io.BytesIO(body), delimiter, block_bytes=block_bytes)
    rows: list[tuple[str | None, ...]] = []
    lines: list[str] = []
    bad: list[bool] = []
    for block in table.blocks():
        block.cells.validate(full=True)
        rows += zip(*(column.to_pylist() for column in block.cells.columns), strict=True)
        lines += block.lines.to_pylist()
        bad += block.bad.to_pylist()
    return table.columns, [list(row) for row in rows], lines, bad


@given(
    TABLES,
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    BLOCKS,
    st.sampled_from(",;\t"),
)
def test_table_of_the_csv_module_keeps_its_cells_and_lines(
    rows, quoting, line_end, block_bytes, delimiter
):
    if line_end == "\n" and quoting == csv.QUOTE_MINIMAL:
        # The csv module leaves such a return unquoted, so that it may become half of a line end.
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=quoting, lineterminator=line_end, delimiter=delimiter)
    header = [f"c{at}" for at in range(len(rows[0]) if rows else 1)]
    writer.writerow(header)
    writer.writerows(rows)
    columns, found, lines, bad = read(
        text.getvalue().encode(), block_bytes=block_bytes, delimiter=delimiter
    )

    assert columns == tuple(header)
    assert found == rows
    assert not any(bad)
    rest = text.getvalue().partition(line_end)[2]
    assert rest == "".join(line + line_end for line in lines)
    table = read_csv(io.BytesIO(text.getvalue().encode()), delimiter, block_bytes=block_bytes)
    assert table.count_rows(len(rows)) == len(rows)


@given(st.lists(st.sampled_from(list(b'ab",\r\n\xff\xc3\xa9;')), max_size=60).map(bytes), BLOCKS)
@example(b'"x\ny"",z"\n', 3)
@example(b'1,2\n"a\n', 1)
@example(b'1"\n"\n\n', 2)
def test_any_bytes_are_read_the_same_for_any_block_size(body, block_bytes):
    body = b"one,two\n" + body
    _, rows, lines, bad = whole = read(body)

    assert read(body, block_bytes=block_bytes) == whole
    assert len(rows) == len(lines) == len(bad)
    for row, line in zip(rows, lines, strict=True):
        assert list(csv.reader(io.StringIO(line, newline=""), strict=True)) == [row]


@given(st.text(st.sampled_from('ab", ñ'), min_size=1, max_size=12))
def test_one_line_is_read_like_the_csv_module_unless_a_quote_stays_open(line):
    reader = csv.reader(iter([line + "\n", "\n"]))
    expected = next(reader)
    cells = csv_repair.cells_of(line.encode(), b",")

    assert (cells is None) == (reader.line_num > 1)
    if cells is not None:
        assert [cell.decode() for cell in cells] == expected


@pytest.mark.parametrize(
    ("row", "cells", "line"),
    [
        ("Maria", ["Maria", "", ""], "Maria,,"),
        ("Maria,IT", ["Maria", "IT", ""], "Maria,IT,"),
        ("Maria,IT,x,y", ["Maria", "IT", "x,y"], 'Maria,IT,"x,y"'),
        ('Maria,IT,x,"y,z"', ["Maria", "IT", 'x,"y,z"'], 'Maria,IT,"x,""y,z"""'),
        ('"Maria,IT,x', ['"Maria,IT,x', "", ""], '"""Maria,IT,x",,'),
        ('Maria,"IT,x', ['Maria,"IT,x', "", ""], '"Maria,""IT,x",,'),
    ],
)
def test_bad_row_is_kept_and_marked_among_good_ones(row, cells, line):
    _, rows, lines, bad = read(f"name,country,note\nJohn,US,\n{row}\nOlga,RU,".encode())

    assert rows == [["John", "US", ""], cells, ["Olga", "RU", ""]]
    assert lines == ["John,US,", line, "Olga,RU,"]
    assert bad == [False, True, False]


def test_bytes_that_are_not_utf8_are_replaced_and_the_row_is_marked():
    _, rows, lines, bad = read("name,n\nJos\ufffd,1\n".encode() + b"Jos\xe9,2\nOlga,3\n")

    assert rows == [["Jos\ufffd", "1"], ["Jos\ufffd", "2"], ["Olga", "3"]]
    assert lines == ["Jos\ufffd,1", "Jos\ufffd,2", "Olga,3"]
    assert bad == [False, True, False]


def test_nickname_in_quotes_is_not_an_error():
    _, rows, lines, bad = read(b'name,c\nRobert "Bob" Smith,US\n"Bob" Smith,US\n')

    assert rows == [['Robert "Bob" Smith', "US"], ["Bob Smith", "US"]]
    assert lines == ['"Robert ""Bob"" Smith",US', "Bob Smith,US"]
    assert not any(bad)


def test_text_is_never_read_as_a_number_or_a_missing_value():
    cells = ["007", "1e5", "NA", "null", "", " x ", "TRUE", "1.0", "-", "=1+1", "'", "2020-01-01"]
    _, rows, _, _ = read("\n".join(["a,b", *(f"{cell},{cell}" for cell in cells)]).encode())

    assert rows == [[cell, cell] for cell in cells]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blank_line_is_a_row_only_in_a_single_column_table(end):
    assert read(f"name{end}Maria{end}{end}John".encode())[1] == [["Maria"], [""], ["John"]]
    _, rows, _, bad = read(f"name,c{end}Maria,IT{end}{end}John,US{end}{end}".encode())
    assert (rows, bad) == ([["Maria", "IT"], ["John", "US"]], [False, False])


def test_lone_carriage_return_belongs_to_its_cell():
    _, rows, lines, bad = read(b"a,b\nx\ry,1\nz,2\r\n")

    assert rows == [["x\ry", "1"], ["z", "2"]]
    assert lines == ['"x\ry",1', "z,2"]
    assert not any(bad)


@pytest.mark.parametrize(
    ("body", "columns", "header", "line_end"),
    [
        (b"name", ("name",), b"name", b"\n"),
        (b"\xef\xbb\xbfname,b\r\n", ("name", "b"), b"\xef\xbb\xbfname,b", b"\r\n"),
        (b'\xef\xbb\xbf"na""m\ne",\n', ('na"m\ne', ""), b'\xef\xbb\xbf"na""m\ne",', b"\n"),
    ],
)
@pytest.mark.parametrize("block_bytes", [1, 1024])
def test_header_is_kept_unchanged(body, columns, header, line_end, block_bytes):
    table = read_csv(io.BytesIO(body), block_bytes=block_bytes)

    assert (table.columns, table.header, table.line_end) == (columns, header, line_end)
    assert not list(table.blocks())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the table is empty"),
        (b"\xef\xbb\xbf", "the table is empty"),
        (b"\n\nname\n", "its first line is blank"),
        (b"name\xff\n", "the header is not UTF-8"),
        ("name,country\n".encode("utf-16"), "the header is not UTF-8"),
        ("name,country\n".encode("utf-16-le"), "this is not text"),
        (b"PK\x03\x04\0\0", "this is not text"),
        (b"name\rMaria\r", "lines end with CR alone"),
        (b'"name,country\nMaria,IT\n', "a quote in the header is not closed"),
        (b"name,country,name\n", "'name' more than once"),
        (b"name,,\n", "'' more than once"),
    ],
)
def test_missing_or_invalid_header_is_reported_with_the_remedy(body, message):
    with pytest.raises(InvalidInput, match=message):
        read_csv(io.BytesIO(body))


def test_only_requested_columns_are_returned_in_that_order():
    table = read_csv(io.BytesIO(b"a,b,c\n1,2,3\n"))
    (block,) = table.blocks(["c", "a"])

    assert block.cells.to_pydict() == {"c": ["3"], "a": ["1"]}
    assert block.lines.to_pylist() == ["1,2,3"]


def test_blocks_are_returned_before_the_whole_stream_is_read():
    stream = io.BytesIO(b"name\n" + b"Maria\n" * 100_000)
    blocks = read_csv(stream, block_bytes=60_000).blocks()
    block = next(blocks)

    assert stream.tell() <= 120_000
    assert len(block.lines) == 10_000
    assert len(block.lines) + sum(len(block.lines) for block in blocks) == 100_000


def test_many_short_rows_below_a_wide_header_are_padded_in_steps():
    table = read_csv(
        io.BytesIO(b",".join(b"c%d" % at for at in range(2_000)) + b"\n" + b"x\n" * 2_999)
    )
    sizes = [block.lines.nbytes for block in table.blocks(["c0"])]

    assert max(sizes) < 2 * csv_repair.MOST_TEXT
    assert len(sizes) > 5


@given(st.lists(st.sampled_from(list(b'a",\r\n\xff\xc3\xa9')), max_size=60).map(bytes), BLOCKS)
@example(b'a,b\n1,O"Neil\n2,x\n3,y\n', 1024)
@example(b'a,b\n"1,x\n2,x\n3,y\n', 1024)
def test_number_of_rows_read_equals_the_count(body, block_bytes):
    try:
        _, rows, _, _ = read(body, block_bytes=block_bytes)
    except InvalidInput:
        return
    counted = read_csv(io.BytesIO(body), block_bytes=block_bytes).count_rows(len(body))

    # A blank line is counted, and left out of a table with several columns.
    assert len(rows) <= counted <= len(rows) + body.count(b"\n")
    if b"\n\n" not in body and b"\n\r" not in body:
        assert counted == len(rows)


def test_counting_reads_no_further_than_necessary():
    body = io.BytesIO(b"name\n" + b"Maria\n" * 1_000_000)

    assert read_csv(body).count_rows(1000) > 1000
    assert body.tell() < 1_000_000
