"""Columns written as text: CSV and JSON lines."""

import bz2
import gzip
from collections.abc import Iterable
from typing import TypeAlias

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

Part: TypeAlias = bytes | pa.Buffer

GZIP_LEVEL = 6  # as gzip itself
# What a cell of text begins with that a spreadsheet takes for a formula (OWASP, CSV injection),
# and the cells among them that are plain numbers to it all the same.
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
    """Return rows of CSV, cells quoted where they have to be; null is an empty cell.

    With escape, an apostrophe stands before each cell that formulas_in counts.
    """
    if not len(batch):
        return b""
    texts = [_text(column) for column in batch.columns]
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
    """Return how many cells of text a spreadsheet would take for formulas.

    They begin with = + - @, a tab or a carriage return, and are no plain numbers such as -5.
    """
    texts = (_text(column) for column in columns if _is_text(column.type))
    return sum(pc.sum(_are_formulas(cells)).as_py() or 0 for cells in texts)


def json_text(batch: pa.RecordBatch) -> bytes:
    """Return a JSON object a line; null is null, and so is what is no number."""
    encoder = msgspec.json.Encoder(enc_hook=str)
    return encoder.encode_lines(batch.to_pylist())


def packed(parts: list[Part], packing: str | None) -> list[Part]:
    """Return text compressed, so that several such texts in a row are one compressed file."""
    if packing is None or not parts:
        return parts
    text = b"".join(parts)
    if packing == "gzip":
        return [gzip.compress(text, GZIP_LEVEL, mtime=0)]
    return [bz2.compress(text) if packing == "bz2" else pa.compress(text, packing, asbytes=True)]


def _is_text(kind: pa.DataType) -> bool:
    """Return whether cells of a type may hold any text: numbers and dates do not, JSON begins with
    a bracket."""
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    blobs = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    return any(is_kind(kind) for is_kind in (*texts, *blobs, pa.types.is_fixed_size_binary))


def _are_formulas(cells: pa.Array) -> pa.BooleanArray:
    begin_so = pc.match_substring_regex(cells, _FORMULA)
    if not pc.any(begin_so).as_py():
        return begin_so
    return pc.and_not(begin_so, pc.match_substring_regex(cells, _NUMBER))


def _escaped(cells: pa.Array) -> pa.Array:
    return pc.if_else(_are_formulas(cells), pc.binary_join_element_wise("'", cells, ""), cells)


def _text(column: pa.Array) -> pa.Array:
    """Return the values as strings: JSON of those that hold others."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_string(kind):
        return column
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_duration(kind):
        values = [None if value is None else _one(value) for value in column.to_pylist()]
        return pa.array(values, pa.string())
    return column.cast(pa.string())


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
