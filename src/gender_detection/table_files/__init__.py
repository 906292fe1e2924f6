"""Files of tables, scored into others: by their form, block by block, on several cores.

A Plan opens a table; Workers, or one process that is Here, do the work.
"""

from .formats import Format, format_of, is_table
from .run import Options, Plan
from .scorer import Counted, Counts, Scorer, answers_of
from .sources import BLOCK_BYTES
from .workers import Here, WorkerDied, Workers

__all__ = [
    "BLOCK_BYTES",
    "Counted",
    "Counts",
    "Format",
    "Here",
    "Options",
    "Plan",
    "Scorer",
    "WorkerDied",
    "Workers",
    "answers_of",
    "format_of",
    "is_table",
]
