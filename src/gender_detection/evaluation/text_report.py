"""A report as text for a terminal, at most WIDTH characters wide."""

import textwrap
from collections.abc import Mapping
from typing import Any

from .cells import NOTE, Table, headline, tables_of

WIDTH = 100
COUNTRIES = 25


def as_text(report: Mapping[str, Any]) -> str:
    """Return the report as tables and sentences, without a newline at its end."""
    overall, unknown, *slices = tables_of(report, COUNTRIES)
    parts = ["\n".join(headline(report)), laid_out(overall), laid_out(unknown), _wrapped(NOTE)]
    parts += map(laid_out, slices)
    if report["findings"]:
        parts.append(
            "\n".join(["Findings", *(_wrapped(f"- {r}", "  ") for r in report["findings"])])
        )
    return "\n\n".join(parts)


def laid_out(table: Table) -> str:
    """Return a table as lines, its columns aligned."""
    rows = [table.header, *table.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [table.title]
    for first, *figures in rows:
        cells = [cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True)]
        lines.append("  ".join(["", first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)


def _wrapped(sentence: str, indent: str = "") -> str:
    return textwrap.fill(sentence, WIDTH, subsequent_indent=indent)
