"""The model card: what a trained version is for, how often it is right, and where it fails.

After Mitchell et al., Model Cards for Model Reporting (FAT* 2019); the card begins with what the
model is not. render(manifest) makes it from the facts and figures of the version.
"""

from .document import FILE, data_facts, people_facts, render
from .markdown import opening, plain
from .run_note import headlines, run_name, run_note
from .summary import hardest, summary

__all__ = [
    "FILE", "data_facts", "hardest", "headlines", "opening", "people_facts", "plain", "render",
    "run_name", "run_note", "summary",
]  # fmt: skip
