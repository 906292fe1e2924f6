"""Markdown that reads well as it stands, and how a terminal shows it."""

import re
import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 100
NOTHING = "–"


def paragraph(text: str) -> str:
    """Return text, however broken, in lines of up to WIDTH."""
    return textwrap.fill(_words(text), WIDTH, break_long_words=False, break_on_hyphens=False)


def bullets(items: Iterable[str], *, numbered: bool = False) -> str:
    """Return a list, one item a text."""
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
    """Return a table whose cells are padded; the first columns, text many, are not numbers."""
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
    """Return a share of 1 as text with its sign, such as "9.6 %"."""
    return NOTHING if share is None else f"{number(share)} %"


def number(share: float | None) -> str:
    """Return a share of 1 in percent without the sign, such as "9.6"; "<0.1" where it is tiny."""
    if share is None:
        return NOTHING
    return "<0.1" if 0 < share < 0.0005 else f"{100 * share:.1f}"


def plain(markdown: str) -> str:
    """Return a card as a terminal shows it: titles underlined, tables without bars, no marks.

    What is no printable character is left out: a terminal would obey it.
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
    """Return the first sections of a card, as many whole ones as limit characters hold."""
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
