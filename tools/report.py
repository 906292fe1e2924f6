"""The page of an executed notebook, and what the tags of its cells mean for it.

summary  moved to the top, behind the first cell: figures that are known at the end
caption  Markdown below a cell that draws: becomes the caption of its last image
notice   Markdown that must not be overlooked
jupyter  only for readers in Jupyter: left out
report   executed after the page is saved, so left out

Images are numbered. Code is folded. The page loads nothing.
"""

import copy
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

from gender_detection import os_errors

TEMPLATE = Path(__file__).with_name("report.html.j2")
SUMMARY, CAPTION, JUPYTER, REPORT = "summary", "caption", "jupyter", "report"
PNG = "image/png"
HEADING = re.compile(r'<h2 id="([^"]*)">(.*?)</h2>', re.DOTALL)
TITLE = re.compile(r"^# +(.+?)\s*$", re.MULTILINE)
# The model card and others that are shown as output are below the headings of the notebook.
DEMOTED_BY = 2


def has_tag(cell: NotebookNode, tag: str) -> bool:
    """Return whether a cell has a tag."""
    return tag in cell.metadata.get("tags", [])


def title_of(cell: NotebookNode) -> str:
    """Return the comment with which the code of a cell begins, or ""."""
    first = cell.source.strip().partition("\n")[0]
    return first.lstrip("#% ").strip() if first.startswith("#") else ""


def save_html(notebook: NotebookNode, target: Path) -> None:
    """Write the executed notebook as a page; replace target only when done."""
    page = page_of(notebook)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".html.unfinished")
    with os_errors.renamed(unfinished, target):
        unfinished.write_text(page, encoding="utf-8")
        unfinished.replace(target)


def page_of(notebook: NotebookNode) -> str:
    """Return the page of an executed notebook, HTML."""
    arranged = arrange(notebook)
    exporter = HTMLExporter(raw_template=TEMPLATE.read_text(encoding="utf-8"))
    exporter.register_filter("demoted", demoted)
    exporter.register_filter("headed", headed)
    found = (TITLE.search(cell.source) for cell in arranged.cells if cell.cell_type == "markdown")
    resources: dict[str, Any] = {
        "title": next((title[1] for title in found if title), "Notebook"),
        "contents": list(contents(arranged)),
        "highlighting": highlighting(),
    }
    page, _ = exporter.from_notebook_node(arranged, resources)
    return str(page)


def arrange(notebook: NotebookNode) -> NotebookNode:
    """Return a copy whose cells are those of the page, in its order, with captions and numbers."""
    arranged = copy.deepcopy(notebook)
    kept = [c for c in arranged.cells if not (has_tag(c, JUPYTER) or has_tag(c, REPORT))]
    first, rest = kept[:1], kept[1:]
    summary = [cell for cell in rest if has_tag(cell, SUMMARY)]
    others = [cell for cell in rest if not has_tag(cell, SUMMARY)]
    if others:
        others[0].metadata["contents"] = True
    arranged.cells = []
    for cell in [*first, *summary, *others]:
        images = _images(arranged.cells[-1]) if arranged.cells else []
        if has_tag(cell, CAPTION) and images:
            images[-1]["caption"] = cell.source
            continue
        if cell.cell_type == "code" and not _images(cell):
            # An image has its own title.
            cell.metadata["shows"] = title_of(cell)
        arranged.cells.append(cell)
    shown = (about for cell in arranged.cells for about in _images(cell))
    for number, about in enumerate(shown, start=1):
        about["caption"] = f"**Figure {number}.** {about.get('caption') or about.get('alt', '')}"
    return arranged


def _images(cell: NotebookNode) -> list[Any]:
    """Return what is known about each image in the output of a cell; changes are kept."""
    shown = (output for output in cell.get("outputs", []) if PNG in output.get("data", {}))
    return [output.metadata.setdefault(PNG, {}) for output in shown]


def contents(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield the anchor and the text of each heading of the second level."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for target, text in HEADING.findall(headed(markdown2html_mistune(cell.source))):
                yield target, unescape(re.sub("<[^>]+>", "", text))


def headed(html: str) -> str:
    """Return HTML without the paragraph signs that nbconvert adds to headings, which keep an ID."""
    return re.sub(r'<a class="anchor-link".*?</a>', "", html)


def demoted(html: str) -> str:
    """Return HTML whose headings are DEMOTED_BY levels lower and have no ID."""
    html = re.sub(r'(<h[1-6]) id="[^"]*"', r"\1", headed(html))
    return re.sub(
        r"(</?h)([1-6])\b", lambda tag: f"{tag[1]}{min(int(tag[2]) + DEMOTED_BY, 6)}", html
    )


def highlighting() -> str:
    """Return the style of code, for light and dark pages."""
    light, dark = (
        HtmlFormatter(style=name, nobackground=True).get_style_defs(".highlight")
        for name in ("default", "github-dark")
    )
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"
