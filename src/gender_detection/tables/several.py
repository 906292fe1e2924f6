"""Tables whose rows name several people in one cell, divided into a row for each person."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InvalidInput
from .blocks import COLUMNS, Block, to_bytes
from .column_roles import Columns
from .csv_table import shown
from .readers import Source
from .rows import Rows, rows_of

ROW, POSITION, NUMBER, PEOPLE = "row", "position", "person_number", "people"
"""The columns that are added: the number of the row in the file, the person's position among its
people (first, middle, last or only), their number from 1 on, and how many they are."""
ADDED = (ROW, POSITION, NUMBER, PEOPLE)
MOST_BYTES = 2 * 1024 * 1024 * 1024 - 1  # of cells in a block of people
MOST_CHARACTERS = 20  # of separators
_BETWEEN = ("&", "and", "und", "et", "/")
Places = npt.NDArray[np.int64]


class SeveralSource:
    """The people that the rows of another table name, as columns of strings.

    A row that names nobody, or cannot be read, stays one row.
    """

    kind = COLUMNS
    note: str | None

    def __init__(self, source: Source, column: str | None, separator: str) -> None:
        """Divide a column of full names; raise InvalidInput if that is not possible."""
        if column is None:
            raise InvalidInput(
                "--several divides a column of full names, and there is none: name it with "
                "--name-column, or leave --several out"
            )
        if taken := [name for name in source.columns if name in ADDED]:
            raise InvalidInput(
                f"--several adds the columns {', '.join(ADDED)}: rename {shown(taken)}"
            )
        self._source, self._column = source, column
        self._pattern = pattern_of(separator)
        self.columns = (*source.columns, *ADDED)
        texts = [pa.field(name, pa.string()) for name in (*source.columns, ROW, POSITION)]
        numbers = [pa.field(name, pa.int64()) for name in (NUMBER, PEOPLE)]
        self.schema = pa.schema([*texts, *numbers])
        self.note = "; ".join(filter(None, [source.note, f"a row for each person in {column!r}"]))

    @property
    def skipped_content(self) -> str | None:
        """What was skipped in the file so far, None if nothing."""
        return self._source.skipped_content

    @property
    def share_read(self) -> float | None:
        """The share of the file that is read, None if it is not known."""
        return self._source.share_read

    def blocks(self, wanted: Sequence[str] | None) -> Iterator[Block]:
        """Yield the people; those of a row are in one block."""
        roles = Columns(name=self._column)
        for rows in rows_of(self._source, roles, self._source.columns):
            batch, parents = self._divided(rows)
            bad = np.asarray(rows.bad)[parents].tolist()
            sent = batch if wanted is None else batch.select(list(wanted))
            numbers = rows.numbers[parents].tolist()
            yield Block(to_bytes([sent], sent.schema).to_pybytes(), bad, batch, numbers)

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def _divided(self, rows: Rows) -> tuple[pa.RecordBatch, Places]:
        """Return a row for each person, and the row that each comes from."""
        names = rows.cells.column(self._column)
        whole = pc.if_else(rows.bad, pa.nulls(len(names), pa.string()), names)
        parents, people = _people_in(whole, self._pattern)
        places, counts = _places(parents, len(names))
        named = pc.is_valid(people)
        others = rows.cells.drop_columns([self._column])
        _check_repeated(others, parents, rows.numbers)
        repeated = others.take(pa.array(parents))
        # Only cells without people are taken whole: a paper may name thousands of people.
        kept = pc.coalesce(people, names.take(pa.array(parents, mask=np.asarray(named))))
        columns = [
            kept if name == self._column else repeated.column(name)
            for name in rows.cells.schema.names
        ]
        added = [
            pa.array(rows.numbers[parents]).cast(pa.string()),
            pc.if_else(named, _positions(places, counts), None),
            pc.if_else(named, pa.array(places), None),
            pc.if_else(named, pa.array(counts), None),
        ]
        return pa.RecordBatch.from_arrays([*columns, *added], schema=self.schema), parents


def _check_repeated(others: pa.RecordBatch, parents: Places, numbers: Places) -> None:
    """Raise InvalidInput, with its row, if the cells beside people would take too many bytes."""
    sizes = np.zeros(len(others), np.int64)
    for column in others.columns:
        sizes += pc.binary_length(column).fill_null(0).to_numpy(zero_copy_only=False)
    repeated = sizes * np.bincount(parents, minlength=len(others))
    if repeated.sum() > MOST_BYTES:
        row, size = numbers[repeated.argmax()], repeated.sum()
        raise InvalidInput(
            f"row {row:,} and those near it have {size:,} bytes of cells beside their people: "
            "leave long columns out of the table, such as abstracts"
        )


def pattern_of(separators: str) -> str:
    """Return the regular expression of what separates people: one or more words or signs with
    blanks between them. A word such as "and" stands between spaces or behind a sign, signs stand
    anywhere.

    Raise InvalidInput if there is no separator, or the text is too long.
    """
    parts = separators.split()
    if not parts or len(separators) > MOST_CHARACTERS:
        raise InvalidInput(
            f"--several {separators[:MOST_CHARACTERS]!r}: give what stands between people, such as "
            "';' or 'and', or all that does: ', & and'"
        )
    words = [re.escape(part) for part in parts if part[0].isalnum() and part[-1].isalnum()]
    signs = [re.escape(part) for part in parts if not (part[0].isalnum() and part[-1].isalnum())]
    between_words = rf"\s+(?:{'|'.join(words)})\s+"
    if not signs:
        return between_words
    after_a_sign = "|".join([*signs, *(rf"{word}\s" for word in words)])
    pattern = rf"\s*(?:{'|'.join(signs)})(?:\s*(?:{after_a_sign}))*\s*"
    return rf"{pattern}|{between_words}" if words else pattern


def separators_in(cells: Sequence[str]) -> str:
    """Return what probably separates the people in cells, as pattern_of reads it; ; if nothing
    shows it."""
    for sign in ";|\n":
        if sum(sign in cell for cell in cells) * 2 > len(cells):
            return sign if sign.strip() else ";"
    found = [part for part in _BETWEEN if any(re.search(pattern_of(part), cell) for cell in cells)]
    pieces = [
        piece
        for cell in cells
        for piece in re.split(pattern_of(" ".join(found)), cell)
    ] if found else list(cells)  # fmt: skip
    listed = [piece for piece in pieces if "," in piece]
    # Full names on both sides of a comma; otherwise it is that of Rossi, Anna.
    whole = [all(" " in part.strip() for part in piece.split(",") if part) for piece in listed]
    if listed and sum(whole) * 2 > len(whole):
        found = [",", *found]
    return " ".join(found) or ";"


def _people_in(names: pa.StringArray, pattern: str) -> tuple[Places, pa.StringArray]:
    """Return the people in each cell, and the index of their cell; one null for a cell without."""
    lists = pc.split_pattern_regex(names, pattern)
    parents = pc.list_parent_indices(lists).to_numpy().astype(np.int64)
    people = pc.utf8_trim_whitespace(pc.list_flatten(lists))
    named = np.asarray(pc.not_equal(people, ""), dtype=bool)
    without = np.flatnonzero(np.bincount(parents[named], minlength=len(names)) == 0)
    parents = np.concatenate([parents[named], without])
    people = pa.concat_arrays([people.filter(pa.array(named)), pa.nulls(len(without), pa.string())])
    order = np.argsort(parents, kind="stable")
    return parents[order], people.take(pa.array(order))


def _places(parents: Places, rows: int) -> tuple[Places, Places]:
    """Return the number of each person among those of their row, from 1 on, and how many these
    are; parents is sorted."""
    sizes = np.bincount(parents, minlength=rows)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return np.arange(len(parents)) - starts[parents] + 1, sizes[parents]


def _positions(places: Places, counts: Places) -> pa.StringArray:
    middle = np.where(places == counts, "last", "middle")
    found = np.where(counts == 1, "only", np.where(places == 1, "first", middle))
    return pa.array(found.tolist(), pa.string())
