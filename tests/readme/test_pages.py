"""The README and the pages under docs/ are short, linked, indexed, and true to the settings."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from documented import (
    BLOCKS,
    CALLS,
    COMMANDS,
    DOCKER,
    FOLDER,
    KEYS,
    NEEDS_A_REGISTRY,
    README,
    VERSIONS,
)
from pipeline_fixtures import ROOT

from gender_detection.config import PREFIX, Settings

PAGES = sorted(FOLDER.glob("*.md"))
LINKED = [README, ROOT / "SECURITY.md", *PAGES, FOLDER / "decisions" / "README.md"]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """Return the anchors that a forge makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_command_of_the_pages_is_known_to_these_tests() -> None:
    others = set(COMMANDS) - set(CALLS)
    assert others == {
        "make run",
        "make run SOURCES=permissive",
        "make test",
        "make train SOURCES=my-sources.toml",
        "tools/airflow dags test data_pipeline",
        '.venv/bin/gender-detection predict "Andrea Rossi" "Frau Dr. Schmidt" "J. R." --country DE',
        ".venv/bin/gender-detection score people.csv answered.parquet",
        ".venv/bin/gender-detection evaluate people.csv --report people.html",
        ".venv/bin/gender-detection aggregate people.csv --by year,country",
        *KEYS,
        *VERSIONS,
        *DOCKER,
        *NEEDS_A_REGISTRY,
    }
    assert {kind for kind, _ in BLOCKS} == {"bash", "python", "toml"}


def test_readme_is_shorter_than_150_lines() -> None:
    assert len(README.read_text().splitlines()) < 150


@pytest.mark.parametrize("page", LINKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{target}: no such file"
        assert not anchor or anchor in anchors(linked), f"{target}: no such heading"


def test_index_lists_every_page() -> None:
    index = FOLDER / "README.md"
    listed = set(LINK.findall(index.read_text()))
    assert {page.name for page in PAGES if page != index} <= listed


def test_make_test_is_what_ci_runs() -> None:
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("make test")


def test_table_of_settings_is_that_of_the_code() -> None:
    page = (FOLDER / "configuration.md").read_text()
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \| (?:`([^`]*)`)? ?\| .+ \|$", page, re.MULTILINE)
    table = {name.lower(): default for name, default in rows}
    assert list(table) == [field.name for field in fields(Settings)]
    derived = Settings.from_env({f"{PREFIX}HOME": "/H"})
    for name, default in table.items():
        plain = str(next(f.default for f in fields(Settings) if f.name == name))
        assert default.replace("$HOME", "/H") in (plain, str(getattr(derived, name)))


def test_settings_that_pages_name_exist() -> None:
    made_by_make = {"compile"}  # Read by setup.py, not by the library.
    for page in PAGES:
        named = re.findall(rf"{PREFIX}([A-Z0-9_]+)", page.read_text())
        unknown = {name.lower() for name in named} - {field.name for field in fields(Settings)}
        assert unknown <= made_by_make, page


def test_pictures_of_the_readme_are_there() -> None:
    for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README.read_text()):
        assert Path(ROOT / picture).is_file()
