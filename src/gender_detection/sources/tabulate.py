"""Turn lines of text into batches of statements, and count the lines by result."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO, NamedTuple, TypeVar

import pyarrow as pa

from .reading import BATCH_ROWS, ReadStats, raw_batch

Line = TypeVar("Line")


class Statement(NamedTuple):
    """A row of RAW_SCHEMA without its source; None if the source gives no value."""

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
    """The problem of a line that was probably meant as a statement.

    problem has the column and the value, unless the value may be a name. where is the line's
    position, if it is not its number among the lines read.
    """

    problem: str
    reason: str = "malformed"
    where: str = ""


# The result of a line: its statements, its problem, or the reason why it has no statement.
Verdict = list[Statement] | Fault | str

MAX_VALUE_LENGTH = 40


def shown(value: object) -> str:
    """Return a value for a message: quoted, on one line, and shortened."""
    text = str(value)
    return repr(text if len(text) <= MAX_VALUE_LENGTH else text[:MAX_VALUE_LENGTH] + "…")


def tabulate(
    source: str,
    lines: Iterable[Line],
    interpret: Callable[[Line], Verdict],
    stats: ReadStats,
    *,
    part: str = "",
) -> Iterator[pa.RecordBatch]:
    """Yield the statements that interpret finds in lines, and count each line in stats once.

    part is the name of the file, if a source has several; each begins at line 1.
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
                position = f"{where} of {part}" if part else where
                stats.first_faults[verdict.reason] = f"{position}: {verdict.problem}"
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
    """Yield the lines of a UTF-8 stream without line ends; invalid bytes become U+FFFD.

    Only LF and CR LF end a line: names may contain the other line ends of str.splitlines.
    """
    for line in io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="\n"):
        yield line.removesuffix("\n").removesuffix("\r")


def gendered(
    name: str, sex: str, figure: float, *, country: str | None, year: int | None = None
) -> Verdict:
    """Return the statement that a name has figure bearers of a sex, F or M."""
    name = name.strip()
    if not name:
        return Fault("it has no name")
    if "\ufffd" in name:
        return Fault("its name is not in UTF-8")
    if sex == "F":
        return [Statement(name, country, year, n_female=figure)]
    if sex == "M":
        return [Statement(name, country, year, n_male=figure)]
    return Fault(f"its sex is {shown(sex)}, which is unknown")


def _batch(source: str, rows: list[Statement]) -> pa.RecordBatch:
    columns = dict(zip(Statement._fields, zip(*rows, strict=True), strict=True))
    return raw_batch(source, len(rows), **columns)
