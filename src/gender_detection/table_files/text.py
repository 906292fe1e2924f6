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


def csv_header(names: Iterable[str], delimiter: str, line_end: str) -> bytes:
    """Return the first row of a table."""
    cells = _quoted(pa.array(names, pa.string()), delimiter)
    return (delimiter.join(cells.to_pylist()) + line_end).encode()


def csv_text(batch: pa.RecordBatch, delimiter: str, line_end: str) -> Part:
    """Return rows of CSV, cells quoted where they have to be; null is an empty cell."""
    if not len(batch):
        return b""
    cells = [_quoted(_text(column), delimiter) for column in batch.columns]
    empty = {"null_handling": "replace", "null_replacement": ""}
    cells[-1] = pc.binary_join_element_wise(cells[-1], line_end, "", **empty)
    return pc.binary_join_element_wise(*cells, delimiter, **empty).buffers()[2]


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
