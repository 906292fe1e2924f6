"""Reader of file sources: a user's own CSV or Parquet table with named columns."""

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

# Where a row is, and its cells in the file's order.
Row = tuple[str, Sequence[Any]]


def read_file(entry: FileSource) -> SourceReading:
    """Return the reading of a table; `.gz` and the like are unpacked as they are read.

    Raises SourceError if the file cannot be read, is not the one of the entry's sha256, or lacks a
    column that the entry names.
    """
    checksum = _checksum(entry)
    if entry.sha256 and entry.sha256 != checksum:
        raise SourceError(
            f"source {entry.name}: {entry.path} has sha256 {checksum}, the catalogue says "
            f"{entry.sha256}; bring the right file, or correct or leave out sha256"
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
    """Yield each row of a csv.reader with the line of the file that it begins on."""
    ended = rows.line_num
    for row in rows:
        yield f"line {ended + 1}", row
        ended = rows.line_num


def _parse_parquet(entry: FileSource, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    filesystem, path = _located(entry)
    with _readable(entry), filesystem.open_input_file(path) as file:
        table = pq.ParquetFile(file)
        interpret = _interpreter(entry, table.schema_arrow.names)
        for batch in table.iter_batches(BATCH_ROWS):
            cells = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            rows = ((f"row {at}", row) for at, row in enumerate(cells, start=stats.lines_in + 1))
            yield from tabulate(entry.name, rows, interpret, stats)


def _interpreter(entry: FileSource, header: list[str]) -> Callable[[Row], Verdict]:
    """Return what makes a statement of a row; SourceError if a mapped column is not there."""
    for ours, theirs in entry.columns.items():
        if theirs not in header:
            raise SourceError(
                f"source {entry.name}: {entry.path} has no column {theirs!r} (for {ours}); it has "
                f"{', '.join(header)}"
            )
    places = {ours: header.index(theirs) for ours, theirs in entry.columns.items()}
    state = _statement if entry.part == "given" else _family_statement

    def interpret(row: Row) -> Verdict:
        where, cells = row
        if len(cells) != len(header):
            return Fault(f"it has {len(cells)} cells, the header {len(header)}", where=where)
        try:
            return state(_Cells({ours: cells[place] for ours, place in places.items()}))
        except _Unusable as err:
            problem = f"column {entry.columns[err.column]!r} ({err.column}) {err.problem}"
            return Fault(problem, err.reason, where)

    return interpret


class _Unusable(Exception):
    """A cell is not what its column is to hold."""

    def __init__(self, column: str, problem: str, reason: str = "malformed") -> None:
        super().__init__(problem)
        self.column, self.problem, self.reason = column, problem, reason


class _Cells(dict[str, Any]):
    """Our columns -> the cells of a row; what cannot be used is raised as _Unusable."""

    def text(self, column: str) -> str:
        """Return a cell without spaces around, "" where it says that its value is missing."""
        cell = self.get(column)
        if cell is None:
            return ""
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        text = str(cell).strip()
        return "" if is_missing(text) else text

    def country(self) -> str | None:
        """Return the country as alpha-2; None where there is none: the world."""
        text = self.text("country")
        code = code_of(text)
        if text and code is None:
            raise _Unusable("country", f"holds {shown(text)}, which is no country known here")
        return code

    def number(self, column: str, most: float = math.inf) -> float | None:
        """Return a number from 0 to most, None where there is none."""
        text = self.text(column)
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            raise _Unusable(column, f"holds {shown(text)}, which is no number") from None
        if not (0 <= number <= most and math.isfinite(number)):
            bounds = "0 or more" if most == math.inf else f"from 0 to {most:g}"
            raise _Unusable(column, f"holds {shown(text)}, where numbers are {bounds}")
        return number

    def year(self) -> int | None:
        """Return the year, None where there is none."""
        number = self.number("year", LAST_YEAR)
        if number is not None and not number.is_integer():
            raise _Unusable("year", f"holds {shown(number)}, which is no whole year")
        return None if number is None else int(number)

    def sex(self) -> str | None:
        """Return F or M, None where there is neither."""
        text = self.text("gender")
        sex = SEX.get(text.lower())
        if text and sex is None:
            problem = f"holds {shown(text)}, which is none of {', '.join(SEX)}"
            raise _Unusable("gender", problem, "gender_not_known")
        return sex


def _statement(cells: _Cells) -> Verdict:
    name = cells.text("name")
    if not name:
        return "no_name"
    country, year = cells.country(), cells.year()
    n_female, n_male = cells.number("n_female"), cells.number("n_male")
    p_female = cells.number("p_female", most=1)
    if "gender" in cells:
        sex = cells.sex()
        if sex is None:
            return "gender_not_known"
        # A table of persons has no counts: each row is one bearer.
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
            return pafs.FileSystem.from_uri(entry.path)
    return pafs.LocalFileSystem(), entry.path


def _open(entry: FileSource, *, unpacked: bool) -> pa.NativeFile:
    filesystem, path = _located(entry)
    return filesystem.open_input_stream(path, compression="detect" if unpacked else None)


@contextmanager
def _readable(entry: FileSource) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        why = f"{os_errors.cause(err)}; {os_errors.remedy(err) or 'bring the right file'}"
        # Somewhere else a file may be out of reach for a while; on this machine it is not there.
        elsewhere = "://" in entry.path and not entry.path.startswith("file:")
        may_pass = elsewhere and not os_errors.is_lasting(err)
        kind = SourceUnavailable if may_pass else SourceError
        raise kind(_unreadable(entry, why)) from err
    except (pa.ArrowException, csv.Error) as err:
        raise SourceError(_unreadable(entry, f"{err}; correct it, or format in the entry")) from err


def _unreadable(entry: FileSource, why: str) -> str:
    return f"source {entry.name}: {entry.path} cannot be read as {entry.format}: {why}"
