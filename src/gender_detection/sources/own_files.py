"""Read file sources: a CSV or Parquet table of the user."""

import csv
import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from .. import os_errors
from ..countries import code_of
from ..errors import SourceError, SourceUnavailable
from ..missing import is_missing
from .catalogue import FileSource
from .reading import BATCH_ROWS, ReadStats, SourceReading, start_reading
from .tabulate import Fault, Statement, Verdict, shown, tabulate, text_lines

SEX = {"f": "F", "female": "F", "m": "M", "male": "M"}

LAST_YEAR = 9999

# The position of a row, and its cells in the file's order.
Row = tuple[str, Sequence[Any]]


def read_file(entry: FileSource) -> SourceReading:
    """Return the reading of a table; compressed files (`.gz`, ...) are unpacked while reading.

    Raise SourceError if the file cannot be read, does not have the sha256 of the entry, or lacks a
    column of the entry.
    """
    checksum = _checksum(entry)
    if entry.sha256 and entry.sha256 != checksum:
        raise SourceError(
            f"source {entry.name}: {entry.path} has sha256 {checksum}, the catalogue says "
            f"{entry.sha256}: put the right file there, or correct or remove sha256"
        )
    parse = _parse_csv if entry.format == "csv" else _parse_parquet
    return start_reading(entry, checksum, partial(parse, entry))


def _parse_csv(entry: FileSource, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    with _readable(entry), _open(entry, unpacked=True) as stream:
        rows = csv.reader(line + "\n" for line in text_lines(stream))
        header = next(rows, [])
        stats.lines_in += 1
        stats.rejects["header"] += 1
        interpret = _interpreter(entry, header)
        yield from tabulate(entry.name, _numbered(rows), interpret, stats)


def _numbered(rows: Any) -> Iterator[Row]:
    """Yield each row of a csv.reader with the line of the file where it begins."""
    last_line = rows.line_num
    for row in rows:
        yield f"line {last_line + 1}", row
        last_line = rows.line_num


def _parse_parquet(entry: FileSource, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    filesystem, path = _located(entry)
    with _readable(entry), filesystem.open_input_file(path) as file:
        table = pq.ParquetFile(file)
        interpret = _interpreter(entry, table.schema_arrow.names)
        for batch in table.iter_batches(BATCH_ROWS):
            cells = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            first = stats.lines_in + 1
            rows = ((f"row {number}", row) for number, row in enumerate(cells, start=first))
            yield from tabulate(entry.name, rows, interpret, stats)


def _interpreter(entry: FileSource, header: list[str]) -> Callable[[Row], Verdict]:
    """Return the function from row to statement; raise SourceError if a column is missing."""
    for ours, theirs in entry.columns.items():
        if theirs not in header:
            raise SourceError(
                f"source {entry.name}: {entry.path} has no column {theirs!r} (for {ours}): use "
                f"one of {', '.join(header)}"
            )
    indices = {ours: header.index(theirs) for ours, theirs in entry.columns.items()}
    make_statement = _statement if entry.part == "given" else _family_statement

    def interpret(row: Row) -> Verdict:
        where, cells = row
        if len(cells) != len(header):
            return Fault(
                f"it has {len(cells)} cells, but the header has {len(header)}", where=where
            )
        try:
            return make_statement(_Cells({ours: cells[i] for ours, i in indices.items()}))
        except _Unusable as err:
            problem = f"column {entry.columns[err.column]!r} ({err.column}) {err.problem}"
            return Fault(problem, err.reason, where)

    return interpret


class _Unusable(Exception):
    """A cell has a value that its column does not allow."""

    def __init__(self, column: str, problem: str, reason: str = "malformed") -> None:
        super().__init__(problem)
        self.column, self.problem, self.reason = column, problem, reason


class _Cells(dict[str, Any]):
    """Our columns -> the cells of a row; an invalid cell raises _Unusable."""

    def text(self, column: str) -> str:
        """Return a cell without surrounding spaces, "" if its value is missing."""
        cell = self.get(column)
        if cell is None:
            return ""
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        text = str(cell).strip()
        return "" if is_missing(text) else text

    def country(self) -> str | None:
        """Return the country as alpha-2, None (the world) if it is missing."""
        text = self.text("country")
        code = code_of(text)
        if text and code is None:
            raise _Unusable("country", f"holds {shown(text)}, which is not a country")
        return code

    def number(self, column: str, maximum: float = math.inf) -> float | None:
        """Return a number from 0 to maximum, None if it is missing."""
        text = self.text(column)
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            raise _Unusable(column, f"holds {shown(text)}, which is not a number") from None
        if not (0 <= number <= maximum and math.isfinite(number)):
            bounds = "of 0 or more" if maximum == math.inf else f"from 0 to {maximum:g}"
            raise _Unusable(column, f"holds {shown(text)} instead of a number {bounds}")
        return number

    def year(self) -> int | None:
        """Return the year, None if it is missing."""
        number = self.number("year", LAST_YEAR)
        if number is not None and not number.is_integer():
            raise _Unusable("year", f"holds {shown(number)}, which is not a whole number")
        return None if number is None else int(number)

    def sex(self) -> str | None:
        """Return F or M, None if it is missing."""
        text = self.text("gender")
        sex = SEX.get(text.lower())
        if text and sex is None:
            problem = f"holds {shown(text)} instead of {', '.join(SEX)}"
            raise _Unusable("gender", problem, "gender_not_known")
        return sex


def _statement(cells: _Cells) -> Verdict:
    name = cells.text("name")
    if not name:
        return "no_name"
    country, year = cells.country(), cells.year()
    n_female, n_male = cells.number("n_female"), cells.number("n_male")
    p_female = cells.number("p_female", maximum=1)
    if "gender" in cells:
        sex = cells.sex()
        if sex is None:
            return "gender_not_known"
        # A table of people has no counts: each row is one bearer.
        count = cells.number("count") if "count" in cells else 1.0
        n_female, n_male = (count, None) if sex == "F" else (None, count)
    if n_female is None and n_male is None and p_female is None:
        return "no_figure"
    return [Statement(name, country, year, n_female, n_male, p_female)]


def _family_statement(cells: _Cells) -> Verdict:
    name, country = cells.text("name"), cells.country()
    if not name:
        return "no_name"
    bearers = cells.number("bearers")
    if bearers is None:
        return "no_figure"
    return [Statement(name, country, part="family", n_bearers=bearers)]


def _checksum(entry: FileSource) -> str:
    digest = hashlib.sha256()
    with _readable(entry), _open(entry, unpacked=False) as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _located(entry: FileSource) -> tuple[pafs.FileSystem, str]:
    if "://" in entry.path:
        with _readable(entry):
            located: tuple[pafs.FileSystem, str] = pafs.FileSystem.from_uri(entry.path)
            return located
    return pafs.LocalFileSystem(), entry.path


def _open(entry: FileSource, *, unpacked: bool) -> pa.NativeFile:
    filesystem, path = _located(entry)
    return filesystem.open_input_stream(path, compression="detect" if unpacked else None)


@contextmanager
def _readable(entry: FileSource) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        why = f"{os_errors.cause(err)}; {os_errors.remedy(err) or 'put a readable file there'}"
        # On another machine, a file may be unavailable for a while; on this machine, it is missing.
        remote = "://" in entry.path and not entry.path.startswith("file:")
        may_succeed_later = remote and not os_errors.is_lasting(err)
        kind = SourceUnavailable if may_succeed_later else SourceError
        raise kind(_unreadable(entry, why)) from err
    except (pa.ArrowException, csv.Error) as err:
        raise SourceError(
            _unreadable(entry, f"{err}; correct the file, or format in its entry")
        ) from err


def _unreadable(entry: FileSource, why: str) -> str:
    return f"source {entry.name}: {entry.path} cannot be read as {entry.format}: {why}"
