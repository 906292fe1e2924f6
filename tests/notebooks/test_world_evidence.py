"""The notebook goes on where no source speaks of a country, as with SOURCES=permissive."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "exploratory_analysis.ipynb"
FIGURES: dict[str, Any] = {"by_country": []}


@pytest.mark.parametrize(
    "title", ["by country and gender (the 20 largest)", "known names (the 20 countries"]
)
def test_table_of_countries_is_empty_where_there_is_no_evidence_by_country(title: str):
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    (source,) = [text for cell in cells if title in (text := "".join(cell["source"]))]
    *lines, shown = source.strip().splitlines()
    names = {"pd": pd, "figures": FIGURES, "metrics": {"known": FIGURES}}
    exec("\n".join(lines), names)  # the notebook's own code
    assert eval(shown, names).empty
