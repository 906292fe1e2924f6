"""JSON lines: read the fields of one object per line, and keep the lines as written."""

import re
from collections.abc import Sequence
from dataclasses import astuple
from io import BytesIO
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.json
from msgspec import UNSET, UnsetType

from ..bibliographies.json_works import UNREADABLE
from ..errors import InvalidInput
from . import Columns
from .csv_table import shown

# A line that is not an object becomes one with this field.
LINE = "line"
# How many lines are read to find the fields.
LINES_FOR_FIELDS = 10_000
# In the name of a field.
_UNUSUAL = re.compile(r'["\\\x00-\x1f]')
# How many lists and objects within another a column can hold: Arrow sends no more than 64.
DEEPEST = 50


class LineReader:
    """Reads the fields of people in lines to which answers with these names are appended.

    others are further fields to read: their values may be of any type, and are read as texts.
    """

    def __init__(
        self, columns: Columns, names: Sequence[str] = (), others: Sequence[str] = ()
    ) -> None:
        texts = columns.used()
        self._used, self._texts = [*texts, *others], len(texts)
        if odd := [name for name in self._used if _UNUSUAL.search(name)]:
            # msgspec has no fields of such names.
            raise InvalidInput(
                f"the name of the field {shown(odd[:1])} has a quote, a backslash or a control "
                "character: rename it"
            )
        used = [
            (f"f{at}", str | None if at < len(texts) else Any, None)
            for at in range(len(self._used))
        ]
        clashing = [(f"a{at}", msgspec.Raw | UnsetType, UNSET) for at in range(len(names))]
        fields = [field for field, _, _ in (*used, *clashing)]
        renamed = dict(zip(fields, (*self._used, *names), strict=True))
        record = msgspec.defstruct("Record", [*used, *clashing], rename=renamed)
        self._decoder = msgspec.json.Decoder(record)
        self._width = len(used)

    def read(self, text: bytes) -> tuple[pa.RecordBatch, list[bytes], list[bool]]:
        """Return the fields (strings or null), the lines that are not blank, and which are bad.

        A line that is not an object becomes one, with the field LINE. Raise InvalidInput if a line
        has a field with the name of an answer.
        """
        rows: list[tuple[str | None, ...]] = []
        kept: list[bytes] = []
        bad: list[bool] = []
        nobody = (None,) * self._width
        for line in lines_of(text):
            try:
                row = msgspec.structs.astuple(self._decoder.decode(line))
                line.isascii() or line.decode()
            except UNREADABLE:
                rows.append(nobody)
                kept.append(line if is_object(line) else _as_object(line))
                bad.append(True)
                continue
            if any(row[self._width :]):
                raise InvalidInput(
                    "a line has a field with the name of a field to append, which the first lines "
                    "do not have: rename it"
                )
            rows.append(row[: self._width])
            kept.append(line)
            bad.append(False)
        columns = list(zip(*rows, strict=True)) or [()] * self._width
        columns[self._texts :] = [tuple(map(_as_text, cells)) for cells in columns[self._texts :]]
        arrays = [pa.array(column, pa.string()) for column in columns]
        return pa.RecordBatch.from_arrays(arrays, self._used), kept, bad


def endings(answers: pa.RecordBatch, names: Sequence[str]) -> list[bytes]:
    """Return for each answer the text that replaces the closing brace of an object."""
    rows = answers.rename_columns(list(names)).to_pylist()
    return [b"," + msgspec.json.encode(row)[1:] + b"\n" for row in rows]


def lengthened(ends: list[bytes], name: str, texts: list[str | None]) -> list[bytes]:
    """Return endings with one more field, each with its own text."""
    return [
        end[:-2] + b"," + msgspec.json.encode({name: text})[1:] + b"\n"
        for end, text in zip(ends, texts, strict=True)
    ]


def appended(lines: list[bytes], ends: list[bytes]) -> bytes:
    """Return objects as text, each with the fields of its ending appended."""
    return b"".join(
        [
            line[:-1] + (end if line[1:-1].strip() else end[1:])
            for line, end in zip(lines, ends, strict=True)
        ]
    )


def lines_of(text: bytes) -> list[bytes]:
    """Return the lines that are not blank, stripped."""
    return [line for line in map(bytes.strip, text.split(b"\n")) if line]


def fields_of(text: bytes) -> tuple[str, ...]:
    """Return the fields of the first objects in a text; raise InvalidInput if there are none."""
    fields: dict[str, None] = {}
    for line in lines_of(text)[:LINES_FOR_FIELDS]:
        if is_object(line):
            fields.update(dict.fromkeys(msgspec.json.decode(line)))
    if not fields:
        raise InvalidInput(
            "no line is a JSON object with fields: write one object per line, such as "
            '{"name": "Andrea Rossi", "country": "IT"}'
        )
    return tuple(fields)


def schema_of(text: bytes) -> pa.Schema:
    """Return the columns of the objects in a text; raise InvalidInput if their types differ, or are
    nested too deep."""
    objects = b"\n".join([line for line in lines_of(text) if is_object(line)])
    try:
        inferred = _parse(objects, None).schema
    except pa.ArrowInvalid as err:
        raise _uneven() from err
    return pa.schema([field.with_type(_as_written(field.type)) for field in inferred])


def read_columns(text: bytes, schema: pa.Schema, columns: Columns) -> tuple[pa.Table, list[bool]]:
    """Return all fields as the columns of a schema, and which rows are bad.

    A line that is not an object is bad; its text is put into the first column to read. Raise
    InvalidInput if a line has other fields, or values of other types.
    """
    lines = lines_of(text)
    bad = [not is_object(line) for line in lines]
    if any(bad):
        first = next(column for column in astuple(columns) if column is not None)
        lines = [
            msgspec.json.encode({first: line.decode(errors="replace")}) if is_bad else line
            for line, is_bad in zip(lines, bad, strict=True)
        ]
    try:
        table = _parse(b"\n".join(lines), schema) if lines else schema.empty_table()
    except pa.ArrowInvalid as err:
        raise _uneven() from err
    if len(table) != len(lines):
        raise _uneven()
    return table.select(schema.names), bad


def is_object(line: bytes) -> bool:
    """Return whether a line is a JSON object in UTF-8."""
    try:
        return isinstance(msgspec.json.decode(line), dict) and (
            line.isascii() or bool(line.decode())
        )
    except UNREADABLE:
        return False


def _parse(text: bytes, schema: pa.Schema | None) -> pa.Table:
    options: dict[str, Any] = {}
    if schema is not None:
        options = {"explicit_schema": schema, "unexpected_field_behavior": "error"}
    return pyarrow.json.read_json(
        BytesIO(text),
        pyarrow.json.ReadOptions(use_threads=False, block_size=len(text) + 1),
        pyarrow.json.ParseOptions(**options),
    )


def _as_written(kind: pa.DataType, depth: int = 0) -> pa.DataType:
    """Return a type in which texts that pyarrow read as times, and nulls, are strings."""
    if depth > DEEPEST:
        raise InvalidInput(
            f"a field has more than {DEEPEST} lists or objects within each other, and cannot be "
            "written as a column: write .jsonl instead"
        )
    if pa.types.is_timestamp(kind) or pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(_as_written(kind.value_type, depth + 1))
    if pa.types.is_struct(kind):
        inner = [field.with_type(_as_written(field.type, depth + 1)) for field in kind]
        return pa.struct(inner)
    return kind


def _as_text(value: object) -> str | None:
    """Return a value of any type as text: a number or a list as it is written in JSON."""
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _as_object(line: bytes) -> bytes:
    return msgspec.json.encode({LINE: line.decode(errors="replace")})


def _uneven() -> InvalidInput:
    return InvalidInput(
        "the lines have different fields or values of different types and cannot be written as "
        "columns: write .jsonl instead"
    )
