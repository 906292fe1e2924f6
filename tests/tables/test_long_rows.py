"""A row too long to hold people is kept in its place, and marked bad, however it is read."""

import io

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gender_detection.errors import InvalidInput
from gender_detection.tables import csv_repair, csv_rows, csv_table, read_csv
from gender_detection.tables.csv_repair import repair_csv
from gender_detection.tables.csv_rows import read_rows

MIB = 1024 * 1024
LONG, KEPT = 20, 40
BYTES = st.lists(st.sampled_from(list(b'aab",\n\r\xff')), max_size=160).map(bytes)


def blocks(body: bytes, block_bytes: int = 256 * 1024):
    """Return the rows as read in one process: their cells, their lines, and the bad marks."""
    rows: list[tuple[str | None, ...]] = []
    lines: list[str] = []
    bad: list[bool] = []
    for block in read_csv(io.BytesIO(body), block_bytes=block_bytes).blocks():
        rows += zip(*(column.to_pylist() for column in block.cells.columns), strict=True)
        lines += block.lines.to_pylist()
        bad += block.bad.to_pylist()
    return rows, lines, bad


def texts(body: bytes, block_bytes: int = 4 * MIB):
    """Return the same, by way of text that is cut in one process and read in another."""
    table = read_csv(io.BytesIO(body), block_bytes=block_bytes)
    wanted = {name: at for at, name in enumerate(table.columns)}
    rows: list[tuple[str | None, ...]] = []
    lines: list[str] = []
    bad: list[bool] = []
    for text in table.texts():
        for part in read_rows(text, b",", len(wanted), wanted, table.line_end):
            rows += zip(*(column.to_pylist() for column in part.cells.columns), strict=True)
            bad += [False] * len(part.lines) if part.bad is None else part.bad.to_pylist()
            ends = pa.array(["\1"] * len(part.lines), pa.string())
            written = b"".join(map(bytes, part.with_ends(ends, b"\2"))).decode()
            lines += written.replace("\1\n", "\1\2").split("\1\2")[:-1]
    return rows, lines, bad


READERS = pytest.mark.parametrize("read", [blocks, texts])


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    limit_to(monkeypatch)


def limit_to(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (csv_repair, csv_table, csv_rows):
        monkeypatch.setattr(module, "LONGEST_ROW", LONG)
    monkeypatch.setattr(csv_repair, "LONGEST_KEPT", KEPT)


@READERS
@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("x" * (2 * MIB) + ",2", ["x" * (2 * MIB), "2"]),
        ('"' + "x," * (3 * MIB) + '",2', ["x," * (3 * MIB), "2"]),
        ('2,"' + '""\n' * MIB + '"', ["2", '"\n' * MIB]),
    ],
    ids=["bare", "quoted", "lines and quotes within"],
)
def test_row_of_megabytes_is_bad_and_returned_unchanged(read, row, cells):
    rows, lines, bad = read(f"name,n\nMaria,1\n{row}\nJohn,3\n".encode())

    assert lines == ["Maria,1", row, "John,3"]
    assert rows == [("Maria", "1"), tuple(cells), ("John", "3")]
    assert bad == [False, True, False]


@READERS
@pytest.mark.parametrize(
    ("row", "cells", "line"),
    [
        ("x" * (2 * MIB), ["x" * (2 * MIB), ""], "x" * (2 * MIB) + ","),
        ("x" + ",y" * MIB, ["x", "y" + ",y" * (MIB - 1)], 'x,"y' + ",y" * (MIB - 1) + '"'),
        ('"x' + "y" * MIB, ['"x' + "y" * MIB, ""], '"""x' + "y" * MIB + '",'),
    ],
    ids=["too few cells", "too many", "quote never closed"],
)
def test_row_of_megabytes_with_another_error_is_repaired_like_a_short_one(read, row, cells, line):
    rows, lines, bad = read(f"name,n\nMaria,1\n{row}\nJohn,3\n".encode())

    assert lines == ["Maria,1", line, "John,3"]
    assert rows[1] == tuple(cells)
    assert bad == [False, True, False]


@READERS
def test_last_row_of_megabytes_needs_no_line_end(read):
    _, lines, bad = read(b"name,n\nMaria,1\n" + b"x" * (2 * MIB) + b",2")

    assert (lines[1], bad) == ("x" * (2 * MIB) + ",2", [False, True])


@READERS
def test_row_over_the_maximum_length_is_reported(read):
    body = b"name\nMaria\n" + b"x" * (csv_repair.LONGEST_KEPT + 1)
    with pytest.raises(
        InvalidInput, match="a row is longer than 16777216 bytes: remove long texts"
    ):
        read(body)
    with pytest.raises(
        InvalidInput, match="a row is longer than 16777216 bytes: remove long texts"
    ):
        read(body + b"\nJohn\n", 32 * MIB)


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_header_of_over_a_megabyte_is_refused(quote):
    with pytest.raises(InvalidInput, match="a row is longer than 1048576 bytes"):
        read_csv(io.BytesIO(quote + b"x" * (3 * MIB)))


@READERS
@pytest.mark.parametrize("block_bytes", [64, MIB])
@pytest.mark.usefixtures("small_limits")
def test_unclosed_quote_affects_only_its_line(read, block_bytes):
    after = [f"Maria {at},IT" for at in range(2_000)]
    body = "\n".join(["name,c", "Olga,RU", '"John,US', *after, ""]).encode()
    _, lines, bad = read(body, block_bytes)

    assert lines == ["Olga,RU", '"""John,US",', *after]
    assert bad == [False, True] + [False] * 2_000


@READERS
@given(body=BYTES, block_bytes=st.integers(1, 70))
@example(body=b'"' + b"x\n" * 12 + b'",b\na,b\n', block_bytes=7)
@example(body=b'"' + b"x\n" * 30 + b'",b\na,b\n', block_bytes=7)
@example(body=b"a" * 30 + b'\n"a\n' + b"b" * 40, block_bytes=3)
def test_any_bytes_are_read_the_same_for_any_row_length(read, body, block_bytes):
    def outcome(reader, size: int):
        try:
            return reader(b"one,two\n" + body, size)
        except InvalidInput as err:
            return str(err)

    with pytest.MonkeyPatch.context() as monkeypatch:
        limit_to(monkeypatch)
        assert outcome(read, block_bytes) == outcome(blocks, MIB)


def test_unclosed_quotes_are_followed_to_a_limit_without_repeated_reading(monkeypatch):
    monkeypatch.setattr(csv_repair, "LONGEST_KEPT", 200_000)
    looked_at = most = 0

    def counted(text, *args, **options):
        nonlocal looked_at, most
        looked_at, most = looked_at + len(text), max(most, len(text))
        return repair_csv(text, *args, **options)

    monkeypatch.setattr(csv_table, "repair_csv", counted)
    body = b"name\n" + (b'"Maria\n' + b"John\n" * 100_000) * 4
    _, _, bad = blocks(body, 10_000)

    assert bad.count(True) == 4
    assert len(bad) == 400_004
    # Once for a row that may end, and some times while what is looked at doubles.
    assert looked_at < 3 * len(body)
    assert most < 500_000


def test_long_row_is_not_searched_again_with_each_block(monkeypatch):
    looked_at = []

    def counted(text, *args, **options):
        looked_at.append(len(text))
        return repair_csv(text, *args, **options)

    monkeypatch.setattr(csv_table, "repair_csv", counted)
    body = b'name\n"' + b"x\n" * (4 * MIB) + b'"\nMaria\n'
    blocks(body, 1_000)

    assert sum(looked_at) < 4 * len(body)
