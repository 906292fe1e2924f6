"""Read and write CSV, JSON lines, Arrow, Parquet and Excel; read bibliographies."""

from .arrow_stream import ArrowTable, count_arrow_rows, read_arrow
from .column_roles import SYNONYMS, Columns, find_columns, role_of
from .csv_table import ByteStream, CsvBlock, CsvTable, read_csv
from .formats import Format, format_of, is_table, written_format_of
from .readers import BLOCK_BYTES

__all__ = [
    "BLOCK_BYTES",
    "SYNONYMS",
    "ArrowTable",
    "ByteStream",
    "Columns",
    "CsvBlock",
    "CsvTable",
    "Format",
    "count_arrow_rows",
    "find_columns",
    "format_of",
    "is_table",
    "read_arrow",
    "read_csv",
    "role_of",
    "written_format_of",
]
