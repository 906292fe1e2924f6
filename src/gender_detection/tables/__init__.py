"""Read and write CSV, JSON lines, Arrow, Parquet and Excel; read LibreOffice, bibliographies."""

from .arrow_stream import ArrowTable, count_arrow_rows, read_arrow
from .column_roles import Columns, are_plain, described, find_column, find_columns
from .csv_table import ByteStream, CsvBlock, CsvTable, read_csv
from .formats import Format, format_of, is_table, written_format_of
from .headers import role_of, roles_of, written_in
from .readers import BLOCK_BYTES

__all__ = [
    "BLOCK_BYTES",
    "ArrowTable",
    "ByteStream",
    "Columns",
    "CsvBlock",
    "CsvTable",
    "Format",
    "are_plain",
    "count_arrow_rows",
    "described",
    "find_column",
    "find_columns",
    "format_of",
    "is_table",
    "read_arrow",
    "read_csv",
    "role_of",
    "roles_of",
    "written_format_of",
    "written_in",
]
