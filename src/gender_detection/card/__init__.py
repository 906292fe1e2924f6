"""The model card: what a trained version is for, how right it is and where it fails.

After Mitchell et al., Model Cards for Model Reporting (FAT* 2019), with what the model is not put
first. render(manifest) makes it from the version's own facts and numbers.
"""

from .document import FILE, data_facts, people_facts, render
from .markdown import opening, plain
from .run_note import run_name, run_note

__all__ = [
    "FILE", "data_facts", "opening", "people_facts", "plain", "render", "run_name", "run_note",
]  # fmt: skip
