"""Find which rows at the beginning of a text are its header, and what separates its cells.

Programs write lines above the header, headers of several rows, a rule below the header, and headers
that are a cell shorter than the rows. find_layout says what of it is to be left out, or is to be
written otherwise.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .csv_repair import cells_of, end_of_row
from .headers import key_of, roles_of
from .text_columns import csv_header

DELIMITERS = ",;\t|"
LAYOUT_ROWS = 100
# The share of rows that must be as wide as the header below lines that are left out.
_AGREEING = 0.9
# How many rows above the header, and below the table, may be something else.
_MOST_ABOVE, _MOST_BELOW = 30, 10
# R's write.table separates quoted texts by blanks.
_BLANKS_BETWEEN = re.compile(rb'"[^"]*"(?: "[^"]*")+\r?\n')
# A rule below the header, as sqlcmd, psql and Markdown write it.
_RULE = re.compile(r"[-=+:\s]*[-=]{2}[-=+:\s]*")
# The third row of Qualtrics: {"ImportId":"QID1"}.
_IMPORT_ID = re.compile(r'\s*\{"+ImportId"')


class Head(NamedTuple):
    """The rows above the people.

    start   where the header begins in the text; what is above is left out, and told in notes
    end     where the people begin; the rows between the header and them are left out, too
    text    the header in a row, as it is written or to be written instead
    lines   how many lines above the people are left out
    notes   what the user should know
    """

    start: int
    end: int
    text: bytes
    lines: int
    notes: tuple[str, ...]


class Layout(NamedTuple):
    """How rows are laid out.

    width    of most rows
    agreeing the share of rows that have the width of the header
    head     the header, None if the first row is the header, or there is none
    known    whether the header has names of columns that are read
    """

    delimiter: str
    width: int
    agreeing: float
    head: Head | None = None
    known: bool = False

    @property
    def has_lines_above(self) -> bool:
        """Whether lines above the header are left out."""
        return self.head is not None and self.head.start > 0


class _Row(NamedTuple):
    start: int
    end: int
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        return self.cells == [""]

    @property
    def has_gaps(self) -> bool:
        return not all(cell.strip() for cell in self.cells)


def find_layout(
    text: bytes, given: str | None, wanted: Sequence[str] = (), *, has_header: bool = True
) -> Layout:
    """Return the layout of text, which is whole lines.

    given is the delimiter if it is known; a row with one of the columns wanted is the header.
    """
    found = []
    for delimiter in _candidates(text, given):
        rows = _rows(text, delimiter.encode())
        headed = _headed(text, rows, delimiter, wanted) if has_header else None
        found.append(headed or _headless(rows, delimiter))
    header = text.partition(b"\n")[0]
    wide = [layout for layout in found if layout.width > 1]
    if any(layout.known and not layout.has_lines_above for layout in wide):
        wide = [layout for layout in wide if not layout.has_lines_above]
    elif any(layout.has_lines_above for layout in wide):
        wide = [layout for layout in wide if layout.has_lines_above]
    if wide:
        # Those that are equal: the most frequent in the header.
        return max(wide, key=lambda one: (one.agreeing, header.count(one.delimiter.encode())))
    return Layout(given or _sign_for_one_column(text, wanted), 1, 1.0)


def below_preamble(
    rows: Sequence[Sequence[str]], wanted: Sequence[str], *, ragged: bool = False
) -> tuple[int, int]:
    """Return which of the first rows of a table is the header, 0 or one below a preamble, and which
    the first below all rows of the header.

    wanted are names of columns that the caller wants. ragged: whether empty cells at the end of
    rows are left out, so that rows below the header may have fewer than it.
    """
    if not rows:
        return 0, 0
    return _header_rows([_Row(0, 0, list(cells)) for cells in rows], wanted, ragged=ragged)


def _candidates(text: bytes, given: str | None) -> Iterator[str]:
    """Yield the delimiters that are in the text."""
    yield from (sign for sign in given or DELIMITERS if sign.encode() in text)
    if given is None and _BLANKS_BETWEEN.match(text):
        yield " "


def _sign_for_one_column(text: bytes, wanted: Sequence[str]) -> str:
    """Return a delimiter for a text of one column, which may have signs in its cells."""
    header = text.partition(b"\n")[0].decode(errors="replace")
    if _roles([header.strip().strip('"')], wanted):
        # Names such as Rossi, Anna, which are not quoted.
        absent = [sign for sign in DELIMITERS if sign.encode() not in text]
        return absent[0] if absent else ","
    return max(DELIMITERS, key=header.count)


def _rows(text: bytes, delimiter: bytes) -> list[_Row]:
    rows: list[_Row] = []
    at = 0
    while at < len(text) and len(rows) < LAYOUT_ROWS:
        end, _ = end_of_row(text, at, delimiter, final=True)
        row = text[at : end - 1].removesuffix(b"\r")
        cells = cells_of(row, delimiter)
        rows.append(_Row(at, end, [cell.decode(errors="replace") for cell in cells or [row]]))
        at = end
    return rows


def _headless(rows: list[_Row], delimiter: str) -> Layout:
    widths = Counter(len(row.cells) for row in rows if not row.is_blank)
    width, count = max(widths.items(), key=lambda one: (one[1], one[0]), default=(1, 0))
    return Layout(delimiter, width, count / max(widths.total(), 1))


def _headed(text: bytes, rows: list[_Row], delimiter: str, wanted: Sequence[str]) -> Layout:
    """Return the layout with the first row as header, or with one below it."""
    joined = _joined(rows[0], rows[1:])
    at, below = _header_rows(rows, wanted) if joined is None else (0, 1)
    header = rows[at]
    people: Sequence[_Row] = rows[below:]
    notes = []
    if at and below == at + 1:
        count = text.count(b"\n", 0, header.start)
        above = "a line" if count == 1 else f"{count} lines"
        notes.append(f"left out {above} above the header")
    elif below > at + 1:
        notes.append(other_rows(below - 1))
    cells = None
    if below == at + 1 and people:
        if len(without_rule := _below(rows, at)) < len(people):
            notes.append("left out the rule below the header")
            people = without_rule
        elif (cells := joined or _joined(header, people)) is not None:
            people = people[1:]
            notes.append("the header is in two rows, which are read as one")
    width = len(header.cells)
    if cells is None and (lengthened := _lengthened(text, header, people)) is not None:
        cells, width = lengthened, width + 1
        notes.append("the header has a cell less than the rows")
    head = None
    if notes:
        end = people[0].start if people else rows[-1].end
        written = text[header.start : header.end]
        if cells is not None:
            line_end = "\r\n" if written.endswith(b"\r\n") else "\n"
            written = csv_header(cells, delimiter, line_end)
        lines = text.count(b"\n", 0, header.start) + text.count(b"\n", header.end, end)
        head = Head(header.start, end, written, lines, tuple(notes))
    known = bool(_roles(cells or header.cells, wanted))
    return Layout(delimiter, width, _agreeing(people, width), head, known)


def other_rows(others: int) -> str:
    """Return a note on rows of the header that are left out."""
    which = "the other row" if others == 1 else f"{others} other rows"
    return f"left out {which} of the header"


def _header_rows(
    rows: list[_Row], wanted: Sequence[str], *, ragged: bool = False
) -> tuple[int, int]:
    """Return the index of the header, and of the first row below all rows of the header."""
    for at, row in enumerate(rows[1:4], start=1):
        filled = [cell for cell in row.cells if cell.strip()]
        if filled and all(map(_IMPORT_ID.match, filled)):
            # Qualtrics: codes, the texts of the questions, and these. Names may be in either.
            named = (i for i in range(at) if "name" in _roles(rows[i].cells, wanted))
            return next(named, 0), at + 1
    first = rows[0]
    roles = _roles(first.cells, wanted)
    if roles and not first.has_gaps:
        return 0, 1
    widest = len(first.cells)
    for at, row in enumerate(rows[1 : _MOST_ABOVE + 1], start=1):
        width = len(row.cells)
        is_wide = width >= widest or rows[at - 1].is_blank
        if width > 1 and is_wide and (below := _roles(row.cells, wanted)):
            is_wanted = any(cell in wanted for cell in row.cells)
            is_sure = (is_wanted or _is_sure(rows[:at], below)) and not roles
            is_better = bool(roles) and _beats(below, roles)
            if not ((width > widest and not roles) or is_sure or is_better):
                if not roles:
                    break
            elif _agree(_below(rows, at), width, ragged=ragged):
                return at, at + 1
            else:
                break
        widest = max(widest, width)
    return 0, 1


def _below(rows: Sequence[_Row], at: int) -> Sequence[_Row]:
    """Return the rows below a header, without a rule."""
    has_rule = len(rows) > at + 1 and _RULE.fullmatch("".join(rows[at + 1].cells))
    return rows[at + 2 if has_rule else at + 1 :]


def _is_sure(above: Sequence[_Row], roles: frozenset[str]) -> bool:
    """Return whether a row that is not wider than those above is a header all the same."""
    is_apart = above[-1].is_blank or all(one.has_gaps for one in above)
    return "name" in roles and (len(roles) > 1 or is_apart)


def _beats(roles: frozenset[str], first: frozenset[str]) -> bool:
    """Return whether a row is a header rather than the first, a line such as Author,Anna,,"""
    return "name" in roles and len(roles) > len(first) and len(roles) > 1


def _joined(header: _Row, below: Sequence[_Row]) -> list[str] | None:
    """Return a header in two rows as one, None if the second row is no part of it.

    SurveyMonkey writes a question above its parts, which have no cell in the first row. The second
    row names nobody, and has no number, which the rows of people have.
    """
    first, second = header.cells, below[0].cells if below else []
    people = _without_end(below[1:], len(first))
    numbered = [bool(row.cells[0].strip()) for row in people if not row.is_blank]
    if (
        len(second) != len(first)
        or second[0].strip()
        or not first[0].strip()
        or sum(numbered) < _AGREEING * len(numbered)
        or not numbered
        or any(cell.strip() for cell in map(second.__getitem__, _places(first)))
    ):
        return None
    parts = [bool(b.strip()) and not a.strip() for a, b in zip(first, second, strict=True)]
    if not any(parts) and key_of(first[0]) != "respondentid":
        return None
    joined = [
        b if is_part or (b.strip() and roles_of([b]) and not roles_of([a])) else a
        for a, b, is_part in zip(first, second, parts, strict=True)
    ]
    # The name that an invitation had, which is blank where it had none, beside that of the answer.
    for at in _places(first):
        if joined.count(joined[at]) > 1 and not any(
            row.cells[at : at + 1] > [""] for row in people
        ):
            joined[at] += f"_{at + 1}"
    return joined


def _places(cells: Sequence[str]) -> list[int]:
    """Return the indices of the columns that are read."""
    roles = roles_of(cells)
    return [at for at, cell in enumerate(cells) if cell in roles]


def _lengthened(text: bytes, header: _Row, people: Sequence[_Row]) -> list[str] | None:
    """Return the header with one more blank cell if all rows have one more, None otherwise."""
    width = len(header.cells)
    rows = [row for row in _without_end(people, width + 1) if not row.is_blank]
    if not rows or any(len(row.cells) != width + 1 for row in rows):
        return None
    if not any(row.cells[-1].strip() for row in rows):
        return [*header.cells, ""]
    # R gives the rows names, or numbers, and these no header.
    firsts = [row.cells[0] for row in rows]
    is_numbered = len(rows) > 1 and firsts == [str(at) for at in range(1, len(rows) + 1)]
    is_quoted = all(text[row.start : row.start + 1] == b'"' for row in (header, *rows))
    return ["", *header.cells] if width > 1 and (is_numbered or is_quoted) else None


def _without_end(rows: Sequence[_Row], width: int) -> Sequence[_Row]:
    """Return the rows without narrower ones at the end, such as a total."""
    for _ in range(_MOST_BELOW):
        if not rows or len(rows[-1].cells) >= width:
            break
        rows = rows[:-1]
    return rows


def _agree(rows: Sequence[_Row], width: int, *, ragged: bool) -> bool:
    """Return whether nearly all rows are as wide as the header (ragged: or narrower)."""
    if ragged:
        widths = [len(row.cells) for row in rows if not row.is_blank]
        return bool(widths) and sum(one <= width for one in widths) >= _AGREEING * len(widths)
    return _agreeing(_without_end(rows, width), width) >= _AGREEING


def _agreeing(rows: Sequence[_Row], width: int) -> float:
    """Return the share of rows with a width, 0 if there are none."""
    widths = [len(row.cells) for row in rows if not row.is_blank]
    return widths.count(width) / len(widths) if widths else 0.0


def _roles(cells: Sequence[str], wanted: Sequence[str]) -> frozenset[str]:
    """Return what a header has for columns that are read; names of all kinds are "name"."""
    roles = set(roles_of(cells).values())
    named = {"name"} if roles & {"name", "given_name"} else set()
    if any(cell in wanted for cell in cells):
        named.add("name")
    return frozenset(roles | named)
