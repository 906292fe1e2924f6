"""Turns lines of text, one by one, into batches of statements, counting where each line went."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO, NamedTuple, TypeVar

import pyarrow as pa

from .reading import BATCH_ROWS, Tally, raw_batch

Line = TypeVar("Line")


class Statement(NamedTuple):
    """A row of RAW_SCHEMA but for its source; None where the source is silent."""

    name: str
    country: str | None = None
    year: int | None = None
    n_female: float | None = None
    n_male: float | None = None
    p_female: float | None = None
    n_sources: int | None = None
    part: str = "given"
    n_bearers: float | None = None


# What a line says: its statements, or the reason for which it makes none.
Verdict = list[Statement] | str


def tabulate(
    source: str, lines: Iterable[Line], interpret: Callable[[Line], Verdict], tally: Tally
) -> Iterator[pa.RecordBatch]:
    """Yield the statements that interpret finds in lines, each line counted into tally once."""
    rows: list[Statement] = []
    for line in lines:
        tally.lines_in += 1
        verdict = interpret(line)
        if isinstance(verdict, str):
            tally.rejects[verdict] += 1
            if verdict == "malformed" and not tally.first_malformed:
                tally.first_malformed = tally.lines_in
            continue
        tally.lines_stating += 1
        rows += verdict
        if len(rows) >= BATCH_ROWS:
            yield _batch(source, rows)
            rows = []
    if rows:
        yield _batch(source, rows)


def text_lines(stream: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a UTF-8 stream without their ends; bytes that are not UTF-8 as U+FFFD.

    Lines end at LF or CR LF only: names may hold the other characters that str.splitlines splits
    at.
    """
    for line in io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="\n"):
        yield line.removesuffix("\n").removesuffix("\r")


def gendered(
    name: str, sex: str | None, figure: float, *, country: str | None, year: int | None = None
) -> Verdict:
    """Return the statement that figure bearers of a name are of a sex, F or M."""
    name = name.strip()
    if not name or "\ufffd" in name:
        return "malformed"
    if sex == "F":
        return [Statement(name, country, year, n_female=figure)]
    if sex == "M":
        return [Statement(name, country, year, n_male=figure)]
    return "malformed"


def _batch(source: str, rows: list[Statement]) -> pa.RecordBatch:
    columns = dict(zip(Statement._fields, zip(*rows, strict=True), strict=True))
    return raw_batch(source, len(rows), **columns)
