"""The site of the documentation: complete, without a broken link, and made from the code."""

import json
import re
from dataclasses import fields
from pathlib import Path

import docs_site
import pytest

from gender_detection.api.metrics.definitions import NAME_COUNTRIES
from gender_detection.api.spec.routes import ROUTES
from gender_detection.cli.commands import COMMANDS
from gender_detection.config import Settings
from tests.prometheus.exported import HISTOGRAMS, SERVICE, STAGES

INDEX = "# All pages\n\n## Use it\n\n- [Guide](guide.md): how\n"
PAGES = {
    "README.md": "# The project\n\n[guide](docs/guide.md#two) [terms](NOTICE)\n",
    "NOTICE": "terms",
    "docs/README.md": INDEX,
    "docs/guide.md": "# Guide\n\n## Two\n\n[home](../README.md) [web](https://example.org/a.md)\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of this repository."""
    folder = tmp_path_factory.mktemp("docs")
    assert docs_site.build(docs_site.ROOT, folder / "work", folder / "site") > 60
    return folder / "site"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository with pages."""
    extra = {str(name): "" for name in docs_site.EXTRA}
    for name, text in {**PAGES, **extra}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def words(page: Path) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.read_text()))


def test_settings_commands_routes_and_functions_are_on_the_site(site: Path):
    settings = words(site / "docs/configuration.html")
    for field in fields(Settings):
        assert field.name.upper() in settings
    commands = words(site / "docs/command-line.html")
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2].replace("_", "-")
        assert f"usage: gender-detection {name}" in commands
    routes = words(site / "docs/http-api.html")
    for route in ROUTES:
        assert f"{route.method} {route.path}" in routes
    functions = words(site / "docs/python-api.html")
    for name in ("predict", "score", "share", "load"):
        assert f"gd.{name}" in functions


def test_each_metric_is_on_the_site_with_its_labels(site: Path):
    page = (site / "docs/metrics.html").read_text()
    rows = re.findall(r"<tr>\s*<td><code>(\w+)</code>(.*?)</tr>", page, re.DOTALL)
    assert [name for name, _ in rows] == list(dict(rows))
    found = {name: cells.split("</td>")[2] for name, cells in rows}
    listed = {**SERVICE, **HISTOGRAMS, **STAGES}
    assert found.keys() == listed.keys()
    for name, labels in listed.items():
        for label in labels.split():
            assert f"<code>{label}</code>" in found[name], name


def test_labels_of_metrics_have_their_values_or_how_many(site: Path):
    text = words(site / "docs/metrics.html")
    assert "cause: short, long, tables, connections" in text
    assert f"country: {len(NAME_COUNTRIES.labels['country'])} values" in text


def test_search_finds_pages_of_text_and_of_code_but_no_decisions(site: Path):
    found = json.loads((site / "search.json").read_text())
    where = {item["location"].partition("#")[0] for item in found["items"]}
    assert {"docs/start.html", "docs/http-api.html", "docs/decisions/index.html"} <= where
    assert not [location for location in where if location.startswith("docs/decisions/0")]


def test_pages_are_staged_with_the_files_that_they_link_to(root: Path, tmp_path: Path):
    staged = docs_site.stage(root, tmp_path / "staged")
    assert [str(page) for page in staged] == ["README.md", "docs/README.md", "docs/guide.md"]
    assert (tmp_path / "staged/NOTICE").read_text() == "terms"


def test_navigation_is_the_list_of_the_index(root: Path):
    found = docs_site.navigation(root, [Path("docs/guide.md")])
    assert found == [
        ("Home", "README.md"),
        ("Use it", [("Guide", "docs/guide.md")]),
        ("Decisions", []),
    ]


def test_link_to_no_file_is_reported_with_its_page(root: Path):
    (root / "docs/guide.md").write_text("# Guide\n\n[x](gone.md)\n")
    with pytest.raises(
        docs_site.DocsError, match=r"docs/guide.md: link to gone.md: .*no such file"
    ):
        docs_site.stage(root, root / "staged")


def test_page_that_no_page_leads_to_is_reported(root: Path):
    (root / "docs/lost.md").write_text("# Lost\n")
    with pytest.raises(docs_site.DocsError, match=r"docs/lost\.md: no page leads there"):
        docs_site.stage(root, root / "staged")


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ('<a href="gone.html">', "link to gone.html: there is no such file"),
        ('<a href="b.html#gone">', "link to b.html#gone: there is no such heading"),
        ('<a href="#gone">', "link to #gone: there is no such heading"),
        ('<script src="https://example.org/a.js">', "loads https://example.org/a.js"),
        ('<link rel="stylesheet" href="//example.org/a.css">', "loads //example.org/a.css"),
        ('<img src="gone.png">', "link to gone.png: there is no such file"),
    ],
)
def test_broken_links_of_built_pages_are_reported(tmp_path: Path, element: str, message: str):
    good = '<a href="b.html#two">x</a> <a href="https://example.org/">y</a> <a href="#">z</a>'
    (tmp_path / "b.html").write_text('<h2 id="two">Two</h2>')
    (tmp_path / "a.html").write_text(good)
    assert not list(docs_site.broken_links(tmp_path))
    (tmp_path / "a.html").write_text(good + element)
    (broken,) = docs_site.broken_links(tmp_path)
    assert broken.startswith(f"a.html: {message}")
