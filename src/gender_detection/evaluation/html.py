"""A report as one self-contained HTML file with tables, sentences and figures."""

import base64
from collections.abc import Mapping
from html import escape
from typing import Any

from .cells import NOTE, Table, headline, tables_of

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
       color: #222; background: #fff; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .6rem; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child { text-align: left; }
img { max-width: 100%; }
h2 { font-size: 17px; margin: 2rem 0 .5rem; }
"""


def as_html(
    report: Mapping[str, Any], title: str, figures: Mapping[str, bytes] | None = None
) -> str:
    """Return the report as a page; figures maps what a figure shows to a PNG file."""
    overall, unknown, *slices = tables_of(report)
    parts = [f"<h1>{escape(title)}</h1>", *_paragraphs(headline(report))]
    parts += [_list("Warnings", report["warnings"]), _table(overall)]
    parts += [_figure(shows, png) for shows, png in (figures or {}).items()]
    parts += [_table(unknown), _list("Findings", report["findings"]), *_paragraphs([NOTE])]
    parts += map(_table, slices)
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n" + "\n".join(filter(None, parts)) + "\n</html>\n"
    )


def _paragraphs(lines: list[str]) -> list[str]:
    return [f"<p>{escape(line)}</p>" for line in lines]


def _list(title: str, sentences: list[str]) -> str:
    if not sentences:
        return ""
    items = "\n".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f"<h2>{escape(title)}</h2>\n<ul>\n{items}\n</ul>"


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.header)
    rows = "\n".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows
    )
    return f"<h2>{escape(table.title)}</h2>\n<table>\n<tr>{head}</tr>\n{rows}\n</table>"


def _figure(shows: str, png: bytes) -> str:
    data = base64.b64encode(png).decode()
    return f'<p><img alt="{escape(shows)}" src="data:image/png;base64,{data}"></p>'
