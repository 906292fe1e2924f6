"""Turns lines of text, one by one, into batches of statements, counting where each line went."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO, NamedTuple, TypeVar

import pyarrow as pa

from .reading import BATCH_ROWS, ReadStats, raw_batch

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


class Fault(NamedTuple):
    """What is wrong with a line that its writer may have meant to make a statement.

    problem names the column and, where that can be no name, the value. where is the line's place,
    if that is another than its number among the lines read.
    """

    problem: str
    reason: str = "malformed"
    where: str = ""


# What a line says: its statements, what is wrong with it, or the reason for which it makes none.
Verdict = list[Statement] | Fault | str

LONGEST_VALUE = 40


def shown(value: object) -> str:
    """Return a value for a message: quoted, on one line, and not long."""
    text = str(value)
    return repr(text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…")


def tabulate(
    source: str,
    lines: Iterable[Line],
    interpret: Callable[[Line], Verdict],
    stats: ReadStats,
    *,
    part: str = "",
) -> Iterator[pa.RecordBatch]:
    """Yield the statements that interpret finds in lines, each line counted into stats once.

    part names what the lines are of, where a source has several files; each begins at line 1.
    """
    rows: list[Statement] = []
    before = stats.lines_in if part else 0
    for line in lines:
        stats.lines_in += 1
        verdict = interpret(line)
        if isinstance(verdict, Fault):
            stats.rejects[verdict.reason] += 1
            if verdict.reason not in stats.first_faults:
                where = verdict.where or f"line {stats.lines_in - before}"
                place = f"{where} of {part}" if part else where
                stats.first_faults[verdict.reason] = f"{place}: {verdict.problem}"
            continue
        if isinstance(verdict, str):
            stats.rejects[verdict] += 1
            continue
        stats.lines_stating += 1
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
    name: str, sex: str, figure: float, *, country: str | None, year: int | None = None
) -> Verdict:
    """Return the statement that figure bearers of a name are of a sex, F or M."""
    name = name.strip()
    if not name:
        return Fault("it has no name")
    if "\ufffd" in name:
        return Fault("its name is not in UTF-8")
    if sex == "F":
        return [Statement(name, country, year, n_female=figure)]
    if sex == "M":
        return [Statement(name, country, year, n_male=figure)]
    return Fault(f"its sex is {shown(sex)}, which is not known here")


def _batch(source: str, rows: list[Statement]) -> pa.RecordBatch:
    columns = dict(zip(Statement._fields, zip(*rows, strict=True), strict=True))
    return raw_batch(source, len(rows), **columns)
