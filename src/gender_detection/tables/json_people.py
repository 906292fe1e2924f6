"""People in a document of JSON: a list of objects, in whatever object it is, as lines."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ..bibliographies.json_works import UNREADABLE
from .headers import roles_of

# In how many objects fields with names are looked for.
_OBJECTS_TO_LOOK_AT = 100


def people_in(document: bytes, wanted: Sequence[str] = ()) -> bytes | None:
    """Return the people of a document as lines, an object for each; None if it has no people.

    They are the objects of a list, which may be within objects if these have no other such list; or
    one object; or columns. Objects within them become fields such as name.first. Objects of people
    have a text with a name, by its header, or one of the fields wanted.
    """
    try:
        people = _people(msgspec.json.decode(document), wanted)
    except UNREADABLE:
        # Lines of JSON in a file with the ending .json.
        return document if _are_lines(document) else None
    return None if people is None else b"\n".join(map(msgspec.json.encode, people)) + b"\n"


def _people(document: Any, wanted: Sequence[str]) -> list[Any] | None:
    """Return the people of a document, None if it has none, or it is not clear which are meant."""
    if isinstance(document, list):
        if document and all(map(_is_text, document)):
            document = [{"name": name} for name in document]
        candidates = [document]
    elif isinstance(document, dict):
        candidates = [_rows_of_columns(document), [document], *_lists_in(document)]
    else:
        return None
    flat = [
        [_flat(one) if isinstance(one, dict) else one for one in objects] for objects in candidates
    ]
    known = [_roles(objects[:_OBJECTS_TO_LOOK_AT], wanted) for objects in flat]
    most = max(known)
    return flat[known.index(most)] if most and known.count(most) == 1 else None


def _lists_in(document: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield the lists of objects in an object, and in objects within it."""
    for value in document.values():
        if isinstance(value, dict):
            yield from _lists_in(value)
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            yield value


def _rows_of_columns(document: dict[str, Any]) -> list[Any]:
    """Return the rows of a table that pandas or a database wrote by columns, [] for other objects:
    {"name": {"0": …, "1": …}}, {"name": […]} or {"columns": […], "data": [[…], …]}.
    """
    names, data = document.get("columns"), document.get("data")
    if isinstance(names, list) and isinstance(data, list) and all(map(_is_text, names)):
        rows = [row for row in data if isinstance(row, list) and len(row) == len(names)]
        return [dict(zip(names, row, strict=True)) for row in rows] if rows == data else []
    columns = list(document.values())
    if columns and all(isinstance(column, dict) for column in columns):
        keys = list(columns[0])
        if not all(map(str.isdecimal, keys)) or any(list(column) != keys for column in columns):
            return []
        columns = [list(column.values()) for column in columns]
    if not all(isinstance(column, list) for column in columns):
        return []
    if len({len(column) for column in columns}) != 1:
        return []
    return [dict(zip(document, row, strict=True)) for row in zip(*columns, strict=True)]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _flat(one: dict[str, Any], before: str = "") -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in one.items():
        if isinstance(value, dict):
            fields |= _flat(value, f"{before}{name}.")
        else:
            fields[before + name] = value
    return fields


def _roles(objects: Sequence[Any], wanted: Sequence[str]) -> int:
    """Return how many columns of people objects have, 0 if none has a name."""
    texts = {
        name
        for one in objects
        if isinstance(one, dict)
        for name, value in one.items()
        if isinstance(value, str)
    }
    roles = roles_of(sorted(texts)).values()
    if {"name", "given_name"} & set(roles):
        return len(roles)
    return int(any(name in wanted for name in texts))


def _are_lines(document: bytes) -> bool:
    first = document.lstrip().partition(b"\n")[0]
    try:
        return isinstance(msgspec.json.decode(first), dict)
    except UNREADABLE:
        return False
