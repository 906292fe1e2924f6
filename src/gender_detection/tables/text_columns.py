"""Write columns as text: CSV and JSON lines."""

import bz2
import gzip
import lzma
from collections.abc import Iterable
from typing import TypeAlias

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

Part: TypeAlias = bytes | pa.Buffer

GZIP_LEVEL = 6  # the default of gzip
# How a cell of text begins that a spreadsheet reads as a formula (OWASP, CSV injection), and which
# of these cells it reads as plain numbers.
_FORMULA = "^[=+\\-@\t\r]"
_NUMBER = r"^[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]+)?$"


def csv_header(
    names: Iterable[str], delimiter: str, line_end: str, *, escape: bool = False
) -> bytes:
    """Return the first row of a table; escape is as in csv_text."""
    cells = pa.array(names, pa.string())
    cells = _quoted(_escaped(cells) if escape else cells, delimiter)
    return (delimiter.join(cells.to_pylist()) + line_end).encode()


def csv_text(batch: pa.RecordBatch, delimiter: str, line_end: str, *, escape: bool = False) -> Part:
    """Return rows of CSV, with quotes only where needed; null is an empty cell.

    With escape, each cell that formulas_in counts gets an apostrophe before it.
    """
    if not len(batch):
        return b""
    texts = [as_texts(column) for column in batch.columns]
    if escape:
        texts = [
            _escaped(cells) if _is_text(column.type) else cells
            for cells, column in zip(texts, batch.columns, strict=True)
        ]
    cells = [_quoted(text, delimiter) for text in texts]
    empty = {"null_handling": "replace", "null_replacement": ""}
    cells[-1] = pc.binary_join_element_wise(cells[-1], line_end, "", **empty)
    return pc.binary_join_element_wise(*cells, delimiter, **empty).buffers()[2]


def formulas_in(columns: Iterable[pa.Array]) -> int:
    """Return how many cells of text a spreadsheet would read as formulas.

    They begin with = + - @, a tab or a carriage return, and are not plain numbers such as -5.
    """
    texts = (as_texts(column) for column in columns if _is_text(column.type))
    return sum(pc.sum(_are_formulas(cells)).as_py() or 0 for cells in texts)


def json_text(batch: pa.RecordBatch) -> bytes:
    """Return one JSON object per line; null and NaN become null."""
    encoder = msgspec.json.Encoder(enc_hook=str)
    return encoder.encode_lines(batch.to_pylist())


def as_texts(column: pa.Array) -> pa.Array:
    """Return the values as strings, nested ones as JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_texts(column.dictionary_decode())
    if pa.types.is_string(kind):
        return column
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_duration(kind):
        values = [None if value is None else _one(value) for value in column.to_pylist()]
        return pa.array(values, pa.string())
    return column.cast(pa.string())


def compress(parts: list[Part], compression: str | None) -> list[Part]:
    """Return compressed text; several such texts one after the other are one compressed file."""
    if compression is None or not parts:
        return parts
    text = b"".join(parts)
    if compression == "gzip":
        return [gzip.compress(text, GZIP_LEVEL, mtime=0)]
    if compression == "bz2":
        return [bz2.compress(text)]
    if compression == "xz":
        return [lzma.compress(text)]
    return [pa.compress(text, compression, asbytes=True)]


def _is_text(kind: pa.DataType) -> bool:
    """Return whether cells of a type may be any text, unlike numbers, dates and JSON."""
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    blobs = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    return any(is_kind(kind) for is_kind in (*texts, *blobs, pa.types.is_fixed_size_binary))


def _are_formulas(cells: pa.Array) -> pa.BooleanArray:
    candidates = pc.match_substring_regex(cells, _FORMULA)
    if not pc.any(candidates).as_py():
        return candidates
    return pc.and_not(candidates, pc.match_substring_regex(cells, _NUMBER))


def _escaped(cells: pa.Array) -> pa.Array:
    return pc.if_else(_are_formulas(cells), pc.binary_join_element_wise("'", cells, ""), cells)


def _one(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    text = msgspec.json.encode(value, enc_hook=str).decode()
    return text.strip('"') if not isinstance(value, (dict, list, tuple)) else text


def _quoted(cells: pa.Array, delimiter: str) -> pa.Array:
    special = pc.match_substring_regex(cells, f'[{delimiter}"\r\n]')
    if not pc.any(special).as_py():
        return cells
    doubled = pc.replace_substring(cells, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), cells)
