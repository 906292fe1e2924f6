"""Build the site of the documentation into build/docs (make docs).

    python tools/docs_site.py

The pages are those that README.md and docs/README.md lead to. They are copied, with all files that
they link to, into a folder that is laid out like this repository, so links work in both. Then
Zensical makes the site, and every link of it is followed: one that leads nowhere is an error.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import docs_reference

ROOT = Path(__file__).resolve().parent.parent
INDEX = Path("docs/README.md")
CONFIG = Path("docs/zensical.toml")
# Files that the configuration names, and no page.
EXTRA = (Path("api/page/icon.svg"), Path("docs/site.css"))
PARTS = {
    "settings.md": docs_reference.settings,
    "command_line.md": docs_reference.command_line,
    "http.md": docs_reference.http,
    "metrics.md": docs_reference.metrics,
}
# Pages that the search leaves out: they name everything, and would come before the pages that
# people look for. Zensical has no weights yet.
NOT_SEARCHED = ("docs/decisions/0", "benchmarks/", "CHANGELOG")
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^(```+).*?^\1$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class DocsError(Exception):
    """The site cannot be built from these pages; the message is for their author."""


def build(root: Path, work: Path, target: Path) -> int:
    """Build the site of the pages in root into target, in the folder work; return their number.

    Raise DocsError for a link that leads nowhere, a warning of Zensical, or a page that is in docs
    and not in its index.
    """
    shutil.rmtree(work, ignore_errors=True)
    pages = stage(root, work / "pages")
    for name, text in PARTS.items():
        (work / "parts").mkdir(exist_ok=True)
        (work / "parts" / name).write_text(text(), encoding="utf-8")
    config = (root / CONFIG).read_text(encoding="utf-8")
    found = navigation(root, pages)
    # A TOML string is a JSON string, and so is a list of inline tables with = for :.
    entries = ", ".join(f"{{ {json.dumps(title)} = {_entry(value)} }}" for title, value in found)
    with_navigation = config.replace("[project]\n", f"[project]\nnav = [{entries}]\n", 1)
    (work / "zensical.toml").write_text(with_navigation, encoding="utf-8")
    _run_zensical(work)
    _narrow_search(work / "site" / "search.json")
    broken = list(broken_links(work / "site"))
    if broken:
        raise DocsError("\n".join(broken))
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(work / "site", target)
    return len(pages)


def stage(root: Path, target: Path) -> list[Path]:
    """Copy README.md, docs/README.md and all that they lead to; return the pages, from root."""
    waiting, seen, pages = [Path("README.md"), INDEX, *EXTRA], set[Path](), list[Path]()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, target / path)
        if path.suffix != ".md":
            continue
        pages.append(path)
        for link in LINK.findall(CODE.sub("", (root / path).read_text(encoding="utf-8"))):
            if not urlsplit(link).scheme and (name := unquote(link.partition("#")[0])):
                linked = Path(os.path.normpath(path.parent / name))
                if not (root / linked).is_file():
                    raise DocsError(f"{path}: link to {link}: there is no such file")
                waiting.append(linked)
    written = {path.relative_to(root) for path in (root / "docs").rglob("*.md")}
    if lost := ", ".join(map(str, sorted(written - set(pages)))):
        raise DocsError(f"{lost}: no page leads there: add it to {INDEX}")
    return sorted(pages)


def navigation(root: Path, pages: list[Path]) -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Return the sections of the index, each with its pages; the decisions are a section, too."""
    index = (root / INDEX).read_text(encoding="utf-8")
    sections: list[tuple[str, str | list[tuple[str, str]]]] = [("Home", "README.md")]
    for section in index.split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        entries = re.findall(r"^- \[([^\]]+)\]\(([^)]+)\)", text, re.MULTILINE)
        paths = [(name, os.path.normpath(INDEX.parent / link)) for name, link in entries]
        sections.append((title, paths))
    decisions = [path for path in pages if path.parent.name == "decisions"]
    return [*sections, ("Decisions", [(_title(root / path), str(path)) for path in decisions])]


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


def _entry(value: str | list[tuple[str, str]]) -> str:
    if isinstance(value, str):
        return json.dumps(value)
    pages = (f"{{ {json.dumps(title)} = {json.dumps(path)} }}" for title, path in value)
    return f"[{', '.join(pages)}]"


def _run_zensical(work: Path) -> None:
    command = [sys.executable, "-m", "zensical", "build", "--strict", "-f", "zensical.toml"]
    done = subprocess.run(
        command, cwd=work, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    printed = COLOUR.sub("", done.stdout)
    if done.returncode or "Warning" in printed:
        # Its own errors end in a traceback, which says nothing more.
        raise DocsError(printed.partition("Traceback (most recent call last)")[0].strip())


def _narrow_search(index: Path) -> None:
    found = json.loads(index.read_text(encoding="utf-8"))
    kept = [each for each in found["items"] if not each["location"].startswith(NOT_SEARCHED)]
    index.write_text(json.dumps({**found, "items": kept}, ensure_ascii=False), encoding="utf-8")


class Links(HTMLParser):
    """Collects the links, the other addresses and the ids of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.ids, self.links, self.loaded = {""}, set[str](), set[str]()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in the addresses and the id of an element."""
        found = {name: value for name, value in attrs if value}
        self.ids |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.add(found["href"])
        elif tag == "link" and found.get("rel") not in ("canonical", "next", "prev"):
            self.loaded.add(found.get("href", ""))
        elif "src" in found:
            self.loaded.add(found["src"])


def broken_links(site: Path) -> Iterator[str]:
    """Yield a message for each address that leads nowhere, or loads something from another host."""
    pages = {page: Links(page) for page in sorted(site.rglob("*.html"))}
    for page, found in pages.items():
        if page.name == "404.html":  # Its addresses begin at the root of a server.
            continue
        where = page.relative_to(site)
        for address in sorted(found.links | found.loaded):
            if urlsplit(address).scheme or address.startswith("//"):
                if address in found.loaded and not address.startswith("data:"):
                    yield f"{where}: loads {address} from another host"
                continue
            name, _, anchor = unquote(address).partition("#")
            linked = (page.parent / name).resolve() if name else page
            if not linked.is_file():
                yield f"{where}: link to {address}: there is no such file"
            elif linked in pages and anchor not in pages[linked].ids:
                yield f"{where}: link to {address}: there is no such heading"


def main() -> int:
    """Build the site, say where it is, and return the exit code."""
    target = ROOT / "build" / "docs"
    try:
        number = build(ROOT, ROOT / "build" / "site", target)
    except DocsError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    print(f"{number} pages: open {target}/index.html")
    print(f"to search in them: {sys.executable} -m http.server -d {target} 8000")
    return 0


if __name__ == "__main__":
    sys.exit(main())
