"""Render the Markdown pages as HTML into build/docs, with an index (make docs).

The pages need neither network nor JavaScript. A link to a missing file or heading is an error.
"""

import html
import os
import re
import shutil
import sys
from collections import Counter
from pathlib import Path

import mistune

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "docs"
IMAGES = Path("docs/images")
# The sections of the index, with the pages of each.
SECTIONS = {
    "Project": ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"),
    "Documentation": ("docs/*.md",),
    "Decisions": ("docs/decisions/*.md",),
    "Measurements": ("benchmarks/RESULTS.md",),
}
STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 48rem; margin: 0 auto; padding: 1rem; }
h1, h2, h3 { line-height: 1.25; margin-top: 2rem; }
code { font: .875rem/1.5 ui-monospace, monospace; }
pre { padding: .75rem; overflow-x: auto; background: #8882; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top; }
img { max-width: 100%; height: auto; background: #fff; }
"""
PAGE = """<!DOCTYPE html>
<html lang="en"><head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head><body>
<nav><a href="{index}">All pages</a></nav>
{body}</body></html>
"""


class BrokenLink(Exception):
    """A page links to a file or heading that does not exist; the message is for the user."""


class Page(mistune.HTMLRenderer):
    """Renders the page at path; path and pages are relative to root."""

    def __init__(self, path: Path, pages: list[Path], root: Path, target: Path) -> None:
        super().__init__()
        self.path, self.pages, self.root, self.target = path, pages, root, target
        self.anchors: Counter[str] = Counter()
        self.links: list[tuple[str, Path, str]] = []  # as written, page, heading
        source = (root / path).read_text(encoding="utf-8")
        self.body = str(mistune.create_markdown(renderer=self, plugins=["table"])(source))
        self.title = plain("".join(re.findall("<h1.*?</h1>", self.body)[:1]))

    def heading(self, text: str, level: int, **_: object) -> str:
        """Render a heading with the id that GitHub gives it."""
        anchor = re.sub(r"[^\w\- ]", "", plain(text).lower()).replace(" ", "-")
        if count := self.anchors[anchor]:
            self.anchors[anchor] += 1
            anchor = f"{anchor}-{count}"
        self.anchors[anchor] += 1
        return f'<h{level} id="{anchor}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Render a link; it leads to the rendered page if there is one."""
        return super().link(text, self.resolved(url), title)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Render an image."""
        return super().image(text, self.resolved(url), title)

    def resolved(self, url: str) -> str:
        """Return where url leads from the rendered page; raise BrokenLink."""
        if re.match(r"[a-z]+:", url):
            return url
        name, _, anchor = url.partition("#")
        linked = Path(os.path.normpath(self.path.parent / name)) if name else self.path
        if linked / "README.md" in self.pages:
            linked /= "README.md"
        if not (self.root / linked).exists():
            raise BrokenLink(f"{self.path}: link to {url}: no such file: correct the link")
        if linked in self.pages:
            self.links.append((url, linked, anchor))
            result = relative(linked.with_suffix(".html"), self.path)
            return f"{result}#{anchor}" if anchor else result
        if linked.is_relative_to(IMAGES):
            return relative(linked, self.path)
        return relative(self.root / linked, self.target / self.path)


def relative(path: Path, page: Path) -> str:
    """Return path relative to the folder of page."""
    return Path(os.path.relpath(path, page.parent)).as_posix()


def plain(rendered: str) -> str:
    """Return the text of rendered HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", rendered))


def render(root: Path, target: Path) -> int:
    """Write all pages of root into the folder target, which is replaced; return their number."""
    shutil.rmtree(target, ignore_errors=True)
    sections = {
        name: [path.relative_to(root) for glob in globs for path in sorted(root.glob(glob))]
        for name, globs in SECTIONS.items()
    }
    paths = [path for found in sections.values() for path in found]
    pages = {path: Page(path, paths, root, target) for path in paths}
    contents = "<h1>Gender Detection</h1>\n"
    for name, found in sections.items():
        contents += f"<h2>{name}</h2>\n<ul>\n"
        for path in found:
            title = html.escape(pages[path].title)
            contents += f'<li><a href="{path.with_suffix(".html").as_posix()}">{title}</a></li>\n'
        contents += "</ul>\n"
    write(target, Path("index.html"), "Gender Detection", contents)
    for path, page in pages.items():
        for url, linked, anchor in page.links:
            if anchor and anchor not in pages[linked].anchors:
                raise BrokenLink(f"{path}: link to {url}: no such heading: correct the link")
        write(target, path.with_suffix(".html"), page.title, page.body)
    shutil.copytree(root / IMAGES, target / IMAGES)
    return len(pages)


def write(target: Path, path: Path, title: str, body: str) -> None:
    """Write a page below target."""
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    index = relative(Path("index.html"), path)
    text = PAGE.format(title=html.escape(title), style=STYLE, index=index, body=body)
    (target / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        count = render(ROOT, TARGET)
    except BrokenLink as err:
        sys.exit(f"error: {err}")
    print(f"docs: {count} pages, open {(TARGET / 'index.html').relative_to(ROOT)}")
