"""Options in the query of a request."""

from typing import Any

import msgspec
from flask import request

from .bodies import shown
from .parsing import described
from .problems import Problem
from .schemas import TableOptions

QueryOptions = dict[str, Any]


def options_of(kind: type[msgspec.Struct], *, of_table: bool = False) -> QueryOptions:
    """Return the options in the query; raise Problem 422 that names an invalid one.

    They are those of a type, and of TableOptions if the body is a table.
    """
    kinds = (kind, TableOptions) if of_table else (kind,)
    known = [name for one in kinds for name in one.__struct_fields__]
    for name, values in request.args.lists():
        if name not in known:
            is_for_table = name in TableOptions.__struct_fields__
            what = "only for a table: leave it out" if is_for_table else None
            raise invalid_option(name, what or f"unknown: use {', '.join(known)}")
        if len(values) > 1:
            raise invalid_option(name, "given more than once: give it once")
    given = request.args.to_dict()
    options: QueryOptions = {}
    for one in kinds:
        own = {name: text for name, text in given.items() if name in one.__struct_fields__}
        options |= _converted(own, one)
    return options


def _converted(texts: dict[str, str], kind: type[msgspec.Struct]) -> QueryOptions:
    """Return the options of a type that are given."""
    try:
        options = msgspec.convert(texts, kind, strict=False)
    except msgspec.ValidationError as err:
        what, name = str(err).split(" - at `$.")
        raise invalid_option(name.rstrip("`"), described(what)) from err
    given = msgspec.structs.asdict(options)
    return {name: value for name, value in given.items() if value is not msgspec.UNSET}


def invalid_option(parameter: str, detail: str) -> Problem:
    """Return the problem of an invalid option."""
    detail = f"query parameter {shown(parameter)}: {detail}"
    return Problem(422, detail, kind="invalid-request", title="Invalid request")
