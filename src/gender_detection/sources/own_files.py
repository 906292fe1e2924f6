"""Reader of file sources: a user's own CSV or Parquet table with named columns."""

import csv
import hashlib
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from ..errors import SourceError
from .catalogue import FileSource
from .reading import BATCH_ROWS, SourceReading, Tally, start_reading
from .tabulate import Statement, Verdict, tabulate, text_lines

SEX = {"f": "F", "female": "F", "m": "M", "male": "M"}

# A row's cells, in the file's order; None for a row that does not have as many as the header.
Row = list[Any] | None


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


def _parse_csv(entry: FileSource, tally: Tally) -> Iterator[pa.RecordBatch]:
    with _readable(entry), _open(entry, unpacked=True) as stream:
        rows = csv.reader(line + "\n" for line in text_lines(stream))
        header = next(rows, [])
        tally.lines_in += 1
        tally.rejects["header"] += 1
        interpret = _interpreter(entry, header)
        whole = (row if len(row) == len(header) else None for row in rows)
        yield from tabulate(entry.name, whole, interpret, tally)


def _parse_parquet(entry: FileSource, tally: Tally) -> Iterator[pa.RecordBatch]:
    filesystem, path = _located(entry)
    with _readable(entry), filesystem.open_input_file(path) as file:
        table = pq.ParquetFile(file)
        interpret = _interpreter(entry, table.schema_arrow.names)
        for batch in table.iter_batches(BATCH_ROWS):
            cells = [column.to_pylist() for column in batch.columns]
            yield from tabulate(entry.name, map(list, zip(*cells, strict=True)), interpret, tally)


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
        if row is None:
            return "malformed"
        try:
            return state({ours: row[place] for ours, place in places.items()})
        except ValueError:
            return "malformed"

    return interpret


def _statement(cells: dict[str, Any]) -> Verdict:
    name = _text(cells.get("name"))
    if not name:
        return "no_name"
    country = _country(cells.get("country"))
    year = _number(cells.get("year"), most=9999)
    n_female, n_male = _number(cells.get("n_female")), _number(cells.get("n_male"))
    p_female = _number(cells.get("p_female"), most=1)
    if "gender" in cells:
        sex = SEX.get(_text(cells["gender"]).lower())
        if sex is None:
            return "gender_not_known"
        # A table of persons has no counts: each row is one bearer.
        count = _number(cells["count"]) if "count" in cells else 1.0
        n_female, n_male = (count, None) if sex == "F" else (None, count)
    if n_female is None and n_male is None and p_female is None:
        return "no_figure"
    return [
        Statement(name, country, None if year is None else int(year), n_female, n_male, p_female)
    ]


def _family_statement(cells: dict[str, Any]) -> Verdict:
    name, country = _text(cells["name"]), _country(cells["country"])
    if not name:
        return "no_name"
    bearers = _number(cells["bearers"])
    if bearers is None:
        return "no_figure"
    return [Statement(name, country, part="family", n_bearers=bearers)]


def _country(cell: Any) -> str | None:
    """Return a cell as two capital letters, None if empty; ValueError if it is none such."""
    country = _text(cell).upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise ValueError(country)
    return country or None


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _number(cell: Any, most: float = math.inf) -> float | None:
    """Return a cell as a number from 0 to most, None if empty; ValueError if it is none such."""
    text = _text(cell)
    if not text:
        return None
    number = float(text)
    if not (0 <= number <= most and math.isfinite(number)):
        raise ValueError(text)
    return number


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
    except (OSError, pa.ArrowException, csv.Error) as err:
        raise SourceError(
            f"source {entry.name}: {entry.path} cannot be read as {entry.format}: {err}"
        ) from err
