"""Tables of people, scored: Arrow in, Arrow out, and CSV read in blocks of Arrow."""

from .csv_table import CsvBlock, CsvTable, read_csv

__all__ = ["CsvBlock", "CsvTable", "read_csv"]
