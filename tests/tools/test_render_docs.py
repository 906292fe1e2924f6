"""The documentation as HTML: each page, and links that work in the rendered pages."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import render_docs

PAGES = {
    "README.md": "# The *project*\n\n[guide](docs/guide.md#a-second-step-2-1) [code](src)\n",
    "docs/guide.md": (
        "# Guide\n\n## A second: step 2\n\n## A second: step 2\n\n[up](#guide)\n\n"
        "[home](../README.md)\n\n"
        "![a figure](images/a.svg) [all](decisions) [elsewhere](https://example.org/)\n\n"
        "| a | b |\n|---|---|\n| 1 | `x` |\n\n```mermaid\na --> b\n```\n"
    ),
    "docs/decisions/README.md": "# Decisions\n",
    "docs/images/a.svg": "<svg></svg>",
    "src/code.py": "",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in PAGES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def addresses(page: Path) -> list[str]:
    return [unquote(found) for found in re.findall(r'(?:href|src)="([^"]*)"', page.read_text())]


def assert_links_work(target: Path):
    """Follow each relative link of each page, to a file and to a heading in it."""
    for page in target.rglob("*.html"):
        for address in addresses(page):
            name, _, anchor = address.partition("#")
            if "://" not in address:
                linked = (page.parent / name).resolve() if name else page
                assert linked.exists(), f"{page}: {address}"
                assert not anchor or f'id="{anchor}"' in linked.read_text(), f"{page}: {address}"


def test_links_lead_to_rendered_pages_headings_images_and_files(root: Path):
    target = root / "build" / "docs"
    assert render_docs.render(root, target) == 3
    assert_links_work(target)
    guide = addresses(target / "docs/guide.html")
    assert {"../README.html", "images/a.svg", "decisions/README.html"} <= set(guide)
    assert "https://example.org/" in guide
    assert {"docs/guide.html#a-second-step-2-1", "../../src"} <= set(
        addresses(target / "README.html")
    )


def test_index_lists_every_page_by_its_title(root: Path):
    render_docs.render(root, root / "build")
    index = (root / "build/index.html").read_text()
    assert '<a href="README.html">The project</a>' in index
    assert '<a href="docs/decisions/README.html">Decisions</a>' in index


def test_tables_are_rendered_and_diagrams_stay_text(root: Path):
    render_docs.render(root, root / "build")
    guide = (root / "build/docs/guide.html").read_text()
    assert "<td><code>x</code></td>" in guide
    assert "a --&gt; b" in guide
    assert "<script" not in guide


@pytest.mark.parametrize(
    ("link", "reason"),
    [("gone.md", "no such file"), ("guide.md#gone", "no such heading"), ("#gone", "such heading")],
)
def test_broken_link_is_reported_with_its_page(root: Path, link: str, reason: str):
    (root / "docs/page.md").write_text(f"# Page\n\n[text]({link})\n")
    with pytest.raises(render_docs.BrokenLink, match=rf"docs/page.md: link to {link}: .*{reason}"):
        render_docs.render(root, root / "build")


def test_pages_of_this_repository_have_no_broken_link(tmp_path: Path):
    assert render_docs.render(render_docs.ROOT, tmp_path / "docs") > 10
    assert_links_work(tmp_path / "docs")
