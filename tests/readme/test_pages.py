"""The README and its pages are short, indexed, and true to the settings and answers of the code."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

from gender_detection.config import PREFIX, Settings
from gender_detection.model.answers import Basis, Reason
from tests.readme.documented import (
    BLOCKS,
    CALLS,
    COMMANDS,
    DOCKER,
    FOLDER,
    GATE,
    KEYS,
    NEEDS_A_REGISTRY,
    PACKAGED,
    README,
    VERSIONS,
)
from tests.spark.pipeline_fixtures import ROOT

PAGES = sorted(FOLDER.glob("*.md"))


def test_every_command_of_the_pages_is_tested() -> None:
    others = set(COMMANDS) - set(CALLS)
    assert others == {
        "make run",
        "make run SOURCES=permissive",
        "make test",
        "make train SOURCES=my-sources.toml",
        "tools/airflow dags test data_pipeline",
        '.venv/bin/gender-detection predict "Andrea Rossi" "Frau Dr. Schmidt" "J. R." --country DE',
        ".venv/bin/gender-detection score people.csv answered.parquet",
        ".venv/bin/gender-detection score people.csv answered.csv --corrections own.csv",
        ".venv/bin/gender-detection evaluate people.csv --report people.html",
        ".venv/bin/gender-detection aggregate people.csv --by year,country",
        ".venv/bin/gender-detection check people.csv --gender-column sex",
        *KEYS,
        *GATE,
        *VERSIONS,
        *DOCKER,
        *NEEDS_A_REGISTRY,
        *PACKAGED,
    }
    assert {kind for kind, _ in BLOCKS} == {"bash", "csv", "python", "toml"}


def test_readme_is_shorter_than_120_lines() -> None:
    assert len(README.read_text().splitlines()) < 120


def test_make_test_is_what_ci_runs() -> None:
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("make test")


def test_settings_named_in_the_pages_exist() -> None:
    read_by_setup = {"compile"}  # By setup.py, not by the library.
    for page in PAGES:
        named = re.findall(rf"{PREFIX}([A-Z0-9_]+)", page.read_text())
        unknown = {name.lower() for name in named} - {field.name for field in fields(Settings)}
        assert unknown <= read_by_setup, page


def test_reasons_and_bases_match_the_code() -> None:
    reasons = {*get_args(Reason), "bad_row"}
    page = (FOLDER / "answers.md").read_text()
    fields, _, listed = page.partition("\n## Reasons for unknown\n")
    listed = listed.partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", listed, re.MULTILINE)) == reasons
    answer = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", fields, re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", answer["reason"])) == reasons
    assert set(re.findall(r"`(\w+)`", answer["basis"])) == {*get_args(Basis)}


def test_pictures_of_the_readme_exist() -> None:
    for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README.read_text()):
        assert Path(ROOT / picture).is_file()
