"""Tables and lists for a terminal, aligned, of what files and registries say."""

from collections.abc import Iterable, Sequence

NOTHING = "–"
INDENT = "  "


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, text: Sequence[int]) -> str:
    """Return a table; the columns text are left-aligned, the others, of numbers, right-aligned."""
    cells = [[printable(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        INDENT.join(
            cell.ljust(width) if at in text else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
    return "\n".join(line.rstrip() for line in lines)


def pairs(rows: Iterable[tuple[str, str]]) -> str:
    """Return lines of a name and a value, the values below one another."""
    known = list(rows)
    width = max((len(name) for name, _ in known), default=0)
    return "\n".join(
        f"{printable(name).ljust(width)}{INDENT}{printable(value)}" for name, value in known
    )


def section(title: str, content: str) -> str:
    """Return a titled block, its content indented."""
    lines = [title, *(INDENT + line for line in content.splitlines())]
    return "\n".join(lines)


def count(value: float | None) -> str:
    """Return a whole number with separators."""
    return NOTHING if value is None else f"{value:,.0f}"


def figure(value: object) -> str:
    """Return a parameter or figure: at most four significant digits, whole numbers in full."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def percent(share: float | None) -> str:
    """Return a share in percent with one digit, without the sign."""
    return NOTHING if share is None else f"{100 * share:.1f}"


def printable(text: str) -> str:
    """Return text without characters that a terminal would interpret."""
    return "".join(c for c in text if c.isprintable())
