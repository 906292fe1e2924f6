"""The result of reading a source: its statements, unchanged, and counts of all its lines."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ..errors import SourceError
from .catalogue import FileSource, SourceEntry

# One row is one statement of a source about a name, unchanged; null if the source gives no value.
# country is ISO 3166-1 alpha-2 (null: the world); n_female and n_male are bearers, bearers per
# 10,000 people, or shares, as in the source; p_female is its own share of females. part is "given"
# or "family"; a family name has only n_bearers, of any gender.
RAW_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("name", pa.string()),
        ("country", pa.string()),
        ("year", pa.int16()),
        ("n_female", pa.float64()),
        ("n_male", pa.float64()),
        ("p_female", pa.float64()),
        ("n_sources", pa.int32()),
        ("part", pa.string()),
        ("n_bearers", pa.float64()),
    ]
)

BATCH_ROWS = 65_536
MALFORMED_SHARE_ALLOWED = 0.05

# reason -> number of lines without a statement
Rejects = Counter[str]


@dataclass
class ReadStats:
    """Counts of the lines of a source; a parser updates it while it yields batches."""

    lines_in: int = 0
    lines_stating: int = 0
    statements_out: int = 0
    rejects: Rejects = field(default_factory=Counter)
    # reason -> position and problem of the first line that was meant as a statement
    first_faults: dict[str, str] = field(default_factory=dict)
    complete: bool = False


def checksum_of(files: Iterable[bytes]) -> str:
    """Return the checksum of a source of several files: the sha256 of their sha256, in order."""
    digests = (hashlib.sha256(data).hexdigest() for data in files)
    return hashlib.sha256("".join(digests).encode()).hexdigest()


# A parser yields batches of RAW_SCHEMA and counts lines in the stats that it is given.
Parser = Callable[[ReadStats], Iterator[pa.RecordBatch]]


@dataclass(frozen=True)
class SourceReading:
    """A source that is being read: the statements, which can be read once, then the counts.

    statements is a RecordBatchReader of RAW_SCHEMA that holds one batch at a time in memory. The
    counts are available when it is exhausted; before, they raise SourceError. Then
    lines_in == lines_stating + sum(rejects.values()). A line may make several statements (one per
    country), so statements_out has a count of its own.

    checksum is the sha256 of the file; for several files, the sha256 of their sha256 in order. etag
    is the server's name for this version of the file, if any.
    """

    entry: SourceEntry
    checksum: str
    statements: pa.RecordBatchReader
    etag: str | None = None
    last_modified: str | None = None
    _stats: ReadStats = field(default_factory=ReadStats, repr=False)

    @property
    def lines_in(self) -> int:
        """All lines (or keys) of the source."""
        return self._complete().lines_in

    @property
    def lines_stating(self) -> int:
        """Lines that make at least one statement."""
        return self._complete().lines_stating

    @property
    def statements_out(self) -> int:
        """Rows yielded by statements."""
        return self._complete().statements_out

    @property
    def rejects(self) -> dict[str, int]:
        """Reason -> number of lines without a statement, sorted by reason."""
        return dict(sorted(self._complete().rejects.items()))

    @property
    def first_faults(self) -> dict[str, str]:
        """Reason -> position and problem of the first line with that reason.

        Only for lines that were probably meant as a statement. The text contains no name.
        """
        return dict(sorted(self._complete().first_faults.items()))

    def _complete(self) -> ReadStats:
        if not self._stats.complete:
            raise SourceError(
                f"source {self.entry.name}: the counts are not complete before all statements are "
                "read: read them first"
            )
        return self._stats


def start_reading(
    entry: SourceEntry,
    checksum: str,
    parse: Parser,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
) -> SourceReading:
    """Return a SourceReading whose statements come from parse, counted and checked."""
    stats = ReadStats()
    reader = pa.RecordBatchReader.from_batches(RAW_SCHEMA, _checked(entry, parse, stats))
    return SourceReading(entry, checksum, reader, etag, last_modified, stats)


def _checked(entry: SourceEntry, parse: Parser, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    for batch in parse(stats):
        stats.statements_out += batch.num_rows
        yield batch
    if stats.lines_in != stats.lines_stating + sum(stats.rejects.values()):
        raise SourceError(
            f"source {entry.name}: the counts of lines do not add up: {stats.lines_in} lines, "
            f"{stats.lines_stating} with statements, rejected {dict(stats.rejects)}: please report "
            "this"
        )
    malformed = stats.rejects["malformed"]
    if malformed > MALFORMED_SHARE_ALLOWED * stats.lines_in:
        raise SourceError(
            f"source {entry.name}: {malformed:,} of {stats.lines_in:,} lines are malformed, "
            f"{MALFORMED_SHARE_ALLOWED:.0%} are allowed{_first(stats, 'malformed')}; "
            f"{_remedy(entry)}"
        )
    if stats.first_faults and not stats.lines_stating:
        reason = max(stats.first_faults, key=lambda fault: stats.rejects[fault])
        raise SourceError(
            f"source {entry.name}: none of its {stats.lines_in:,} lines has a statement "
            f"({reason} {stats.rejects[reason]:,}{_first(stats, reason)}); {_remedy(entry)}"
        )
    stats.complete = True


def _first(stats: ReadStats, reason: str) -> str:
    fault = stats.first_faults.get(reason)
    return f"; the first is {fault}" if fault else ""


def _remedy(entry: SourceEntry) -> str:
    if isinstance(entry, FileSource):
        return f"correct {entry.path}, or the columns in its entry"
    return (
        f"it is not in the format of its entry ({entry.format}): see {entry.homepage} for what is "
        "published now, or disable it with enabled = false"
    )


def raw_batch(source: str, n_rows: int, **columns: Iterable[Any] | pa.Array) -> pa.RecordBatch:
    """Return a batch of RAW_SCHEMA with n_rows rows; columns that are not given are null.

    part is "given" by default.
    """
    constants = {"source": source, "part": "given"}
    arrays = []
    for column in RAW_SCHEMA:
        if column.name in columns:
            arrays.append(_array(columns[column.name], column.type))
        elif column.name in constants:
            arrays.append(pa.repeat(pa.scalar(constants[column.name], pa.string()), n_rows))
        else:
            arrays.append(pa.nulls(n_rows, column.type))
    return pa.RecordBatch.from_arrays(arrays, schema=RAW_SCHEMA)


def _array(values: Iterable[Any] | pa.Array, kind: pa.DataType) -> pa.Array:
    return values.cast(kind) if isinstance(values, pa.Array) else pa.array(values, kind)
