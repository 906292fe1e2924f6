"""Markdown that is readable as plain text, and its form for a terminal."""

import re
import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 100
NOTHING = "–"


def paragraph(text: str) -> str:
    """Return text in lines of at most WIDTH characters, whatever its own lines."""
    return textwrap.fill(_words(text), WIDTH, break_long_words=False, break_on_hyphens=False)


def bullets(items: Iterable[str], *, numbered: bool = False) -> str:
    """Return a list with one item per text."""
    lines = []
    for number, item in enumerate(items, start=1):
        mark = f"{number}. " if numbered else "- "
        lines.append(
            textwrap.fill(
                _words(item), WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark),
                break_long_words=False, break_on_hyphens=False,
            )
        )  # fmt: skip
    return "\n".join(lines)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, text: int = 1) -> str:
    """Return a table with padded cells; the first text columns are left-aligned."""
    cells = [[_cell(cell) for cell in row] for row in (header, *rows)]
    widths = [max(2, *map(len, column)) for column in zip(*cells, strict=True)]
    rule = [
        "-" * width if at < text else "-" * (width - 1) + ":" for at, width in enumerate(widths)
    ]
    padded = [
        [
            cell.ljust(width) if at < text else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in cells
    ]
    padded.insert(1, rule)
    return "\n".join(f"| {' | '.join(row)} |" for row in padded)


def percent(share: float | None) -> str:
    """Return a share as text with a percent sign, such as "9.6 %"."""
    return NOTHING if share is None else f"{number(share)} %"


def number(share: float | None) -> str:
    """Return a share in percent without the sign, such as "9.6"; "<0.1" if it is tiny."""
    if share is None:
        return NOTHING
    return "<0.1" if 0 < share < 0.0005 else f"{100 * share:.1f}"


def plain(markdown: str) -> str:
    """Return a card for a terminal: underlined titles, tables without bars, no markup.

    Characters that are not printable are removed: a terminal would interpret them.
    """
    lines = []
    for line in markdown.splitlines():
        shown = "".join(c for c in line if c.isprintable())
        shown = re.sub(r"\*\*|`", "", shown)
        if title := re.fullmatch(r"(#+) (.*)", shown):
            text = title[2]
            lines += [text, ("=" if title[1] == "#" else "-") * len(text)]
        elif shown.startswith("|"):
            cells = shown.strip("|").split("|")
            if set(shown) <= set("|-: "):
                cells = [cell.replace(":", "-") for cell in cells]
            lines.append(" ".join(cells).rstrip())
        else:
            lines.append(shown)
    return "\n".join(lines)


def opening(markdown: str, limit: int) -> str:
    """Return as many whole sections from the start of a card as fit into limit characters."""
    sections = re.split(r"(?m)^(?=## )", markdown)
    text = ""
    for section in sections:
        if len(text) + len(section) > limit:
            break
        text += section
    return text.rstrip()


def _words(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _words(text).replace("|", "/")
