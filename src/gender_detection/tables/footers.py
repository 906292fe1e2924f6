"""Rows below a table that are no people, such as a total, are marked as bad rows."""

import re
from collections.abc import Iterable, Iterator

from .csv_repair import cells_of, end_of_row, repair_csv
from .csv_table import CsvText

# Of so many rows at the end.
_MOST_ROWS = 10
_TOTAL = re.compile(
    r"(?:grand |sub-?)?total(?:e|s)?|totaal|(?:gesamt)?summe|gesamt|razem|celkem|итого|всего|"
    r"合[计計]|합계",
    re.IGNORECASE,
)
# A remark has a number, such as a date, or a colon.
_REMARK = re.compile(
    r"(?:(?:grand |sub-?)?total|exported|generated|printed|created|downloaded|exportiert|erstellt|"
    r"gedruckt|stand|gesamt|anzahl|export[ée]|g[ée]n[ée]r[ée]|esportato|generato|exportado|generado|"
    r"gerado|copyright|page|seite|source|quelle)\b.*[\d:©].*",
    re.IGNORECASE | re.DOTALL,
)


def marked(texts: Iterable[CsvText], delimiter: bytes, width: int) -> Iterator[CsvText]:
    """Yield texts of CsvTable.texts, in which rows that are no people below the last are bad."""
    last = None
    for text in texts:
        if last is not None:
            yield last
        last = text
    if last is not None:
        yield from _marked(last, delimiter, width)


def _marked(text: CsvText, delimiter: bytes, width: int) -> Iterator[CsvText]:
    whole = bytes(text.text)
    begin = _begin_of_end(whole)
    footers = _footers(list(_rows(whole, begin, delimiter, width)))
    if not footers:
        yield text
        return
    if text.bad is not None:
        yield CsvText(whole, [*text.bad[:-footers], *([True] * footers)])
        return
    if begin:
        yield CsvText(whole[:begin])
    repaired = repair_csv(whole[begin:], delimiter, width, final=True)
    kept = len(repaired.bad) - footers
    yield CsvText(repaired.text, [*repaired.bad[:kept], *([True] * footers)])


def _begin_of_end(text: bytes) -> int:
    """Return where the last rows begin, len(text) if a quoted cell may hide it."""
    begin = len(text)
    for _ in range(_MOST_ROWS + 1):
        begin = text.rfind(b"\n", 0, begin)
        if begin < 0:
            return 0
    begin += 1
    return begin if text.count(b'"', 0, begin) % 2 == 0 else len(text)


def _rows(text: bytes, begin: int, delimiter: bytes, width: int) -> Iterator[list[str]]:
    while begin < len(text):
        end, _ = end_of_row(text, begin, delimiter, final=True)
        row = text[begin : end - 1].removesuffix(b"\r")
        if not row and width > 1:
            # No row, as in repair_csv.
            begin = end
            continue
        cells = cells_of(row, delimiter) or [row]
        yield [cell.decode(errors="replace").strip() for cell in cells]
        begin = end


def _footers(rows: list[list[str]]) -> int:
    """Return how many of the rows, at their end, are no people; at least one says so."""
    count = blank = 0
    for cells in reversed(rows):
        filled = [cell for cell in cells if cell]
        if not filled:
            blank += 1
        elif _is_footer(filled, len(cells)):
            count += blank + 1
            blank = 0
        else:
            break
    return count


def _is_footer(filled: list[str], width: int) -> bool:
    first, *others = filled
    if any(c.isalpha() for cell in others for c in cell):
        return False
    return bool(_REMARK.fullmatch(first) or (width > 1 and _TOTAL.fullmatch(first)))
