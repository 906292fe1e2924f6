"""Tables of people, scored: Arrow in, Arrow out, and CSV read in blocks of Arrow."""

from .answers import Tell, answer, answer_names, score
from .arrow_stream import ArrowTable, count_arrow_rows, read_arrow
from .coded import ANSWERS, BAD_ROW, Answered
from .columns import SYNONYMS, Columns, find_columns, role_of
from .csv_table import ByteStream, CsvBlock, CsvTable, read_csv

__all__ = [
    "ANSWERS",
    "BAD_ROW",
    "SYNONYMS",
    "Answered",
    "ArrowTable",
    "ByteStream",
    "Columns",
    "CsvBlock",
    "CsvTable",
    "Tell",
    "answer",
    "answer_names",
    "count_arrow_rows",
    "find_columns",
    "read_arrow",
    "read_csv",
    "role_of",
    "score",
]
