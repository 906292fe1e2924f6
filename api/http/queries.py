"""Options in the query of a request."""

from typing import Any

import msgspec
from flask import request

from .bodies import shown
from .parsing import described
from .problems import Problem

QueryOptions = dict[str, Any]


def options_of(kind: type[msgspec.Struct]) -> QueryOptions:
    """Return the options in the query; raise Problem 422 that names an invalid one."""
    known = kind.__struct_fields__
    for name, values in request.args.lists():
        if name not in known:
            raise invalid_option(name, f"unknown: use {', '.join(known)}")
        if len(values) > 1:
            raise invalid_option(name, "given more than once: give it once")
    try:
        options = msgspec.convert(request.args.to_dict(), kind, strict=False)
    except msgspec.ValidationError as err:
        what, name = str(err).split(" - at `$.")
        raise invalid_option(name.rstrip("`"), described(what)) from err
    given = msgspec.structs.asdict(options)
    return {name: value for name, value in given.items() if value is not msgspec.UNSET}


def invalid_option(parameter: str, detail: str) -> Problem:
    """Return the problem of an invalid option."""
    detail = f"query parameter {shown(parameter)}: {detail}"
    return Problem(422, detail, kind="invalid-request", title="Invalid request")
