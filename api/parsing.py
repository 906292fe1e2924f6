"""From the bytes of a request to a PredictRequest, or to a problem that says what is wrong."""

import difflib
import json
import re
from collections.abc import Iterator

import msgspec

from .problems import Fault, Problem
from .schemas import MAX_INSTANCES, Name, PersonRequest, PredictRequest

MAX_FAULTS = 10
SHOWN_KEY_CHARACTERS = 60
NO_NAME = "no name in it: give name, or given_name and family_name"
REPEATED = "the key stands there more than once"
EXAMPLE = '{"name": "Maria Rossi"} or {"instances": ["Maria Rossi", …]}'

_NAME_MEMBERS = ("name", "given_name", "family_name")
_REQUEST_DECODER = msgspec.json.Decoder(PredictRequest)
_INSTANCE_DECODER = msgspec.json.Decoder(Name | PersonRequest)
_LOCATED = re.compile(r"(?P<what>.*) - at `\$(?P<path>[^`]*)`", re.DOTALL)
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(?P<key>.*)`", re.DOTALL)
_INSTANCE_POINTER = re.compile(r"/instances/(\d+)")
_JSON_TERMS = {
    "`int | float": "`int",
    "`float` that's a multiple of 1.0": "`int`",
    "`str": "`string",
    "| str": "| string",
    "`int": "`integer",
    "`float": "`number",
    "`bool": "`boolean",
}


class _Envelope(msgspec.Struct):
    """A request whose instances are not looked into yet."""

    instances: list[msgspec.Raw]


class _Repeated(str):
    """Stands for an object that has this key more than once."""

    __slots__ = ()


def parse_predict_request(body: bytes) -> PredictRequest:
    """Return the request; raise Problem 400 where it is no JSON, 422 where it is the wrong JSON."""
    if not body.strip():
        raise Problem(400, f"the body is empty: send {EXAMPLE}", kind="malformed-json")
    try:
        request = _REQUEST_DECODER.decode(body)
    except msgspec.ValidationError as err:
        raise _invalid(_faults(body, err)) from err
    except UnicodeDecodeError as err:
        raise Problem(400, "the body is not valid UTF-8", kind="malformed-json") from err
    except msgspec.DecodeError as err:
        detail = f"the body is not valid JSON: {str(err).removeprefix('JSON is malformed: ')}"
        raise Problem(400, detail, kind="malformed-json") from err
    if faults := _repeated_keys(body, request) or _missing_names(body, request):
        raise _invalid(faults)
    return request


def _invalid(faults: list[Fault]) -> Problem:
    first = faults[0]
    where = "the body" if not first.pointer else first.pointer
    more = f" (and {len(faults) - 1} more, see errors)" if len(faults) > 1 else ""
    return Problem(
        422,
        f"{where}: {first.detail}{more}",
        kind="invalid-request",
        title="Invalid request",
        errors=faults,
    )


def _faults(body: bytes, error: msgspec.ValidationError) -> list[Fault]:
    """Return what is wrong, at most MAX_FAULTS of it, in the request's order."""
    first = _fault(str(error), "", PredictRequest)
    # The second look keeps each instance apart: not for a body with millions of them.
    if first.index is msgspec.UNSET or body.count(b",") > 8 * MAX_INSTANCES:
        return [first]
    try:
        instances = msgspec.json.decode(body, type=_Envelope).instances
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [first]
    faults = (_instance_fault(index, raw) for index, raw in enumerate(instances))
    return _at_most(fault for fault in faults if fault) or [first]


def _instance_fault(index: int, raw: msgspec.Raw) -> Fault | None:
    pointer = f"/instances/{index}"
    try:
        item = _INSTANCE_DECODER.decode(raw)
    except msgspec.ValidationError as err:
        return _fault(str(err), pointer, PersonRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        return _located(pointer, f"malformed JSON: {err}")
    if not isinstance(item, str) and _nameless(item) and not _has_name(msgspec.json.decode(raw)):
        return _located(pointer, NO_NAME)
    return None


def _fault(message: str, base: str, shape: type[PersonRequest]) -> Fault:
    """Turn a message of msgspec, relative to the pointer base, into a fault."""
    found = _LOCATED.fullmatch(message)
    what, path = (found["what"], found["path"]) if found else (message, "")
    # "$.instances[3].name" is msgspec's way to write "/instances/3/name".
    pointer = base + path.replace("[", "/").replace("]", "").replace(".", "/")
    if unknown := _UNKNOWN_FIELD.fullmatch(what):
        inside = PersonRequest if pointer.startswith("/instances/") else shape
        return _located(
            f"{pointer}/{_escaped(unknown['key'])}", _unknown_field(unknown["key"], inside)
        )
    return _located(pointer, told(what))


def told(what: str) -> str:
    """Return what msgspec says of a value, in the terms of JSON."""
    for python, javascript in _JSON_TERMS.items():
        what = what.replace(python, javascript)
    what = what.replace("Expected", "expected").replace("Number", "number")
    what = what.replace("matching regex '^[A-Za-z]{2}$'", "of two ASCII letters")
    return what.replace("`", "")


def _unknown_field(key: str, shape: type[PersonRequest]) -> str:
    known = shape.__struct_fields__
    close = difflib.get_close_matches(key[:SHOWN_KEY_CHARACTERS], known, n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"unknown field: {hint}the fields are {', '.join(known)}"


def _located(pointer: str, detail: str) -> Fault:
    inside = _INSTANCE_POINTER.match(pointer)
    index = int(inside[1]) if inside else msgspec.UNSET
    return Fault(index=index, pointer=pointer, detail=detail)


def _escaped(key: str) -> str:
    # RFC 6901, section 3.
    return key[:SHOWN_KEY_CHARACTERS].replace("~", "~0").replace("/", "~1")


def _repeated_keys(body: bytes, request: PredictRequest) -> list[Fault]:
    """Return the objects that have a key twice, of which the decoder kept the last in silence.

    First by counting: encoded again, the request has as many colons as the body, unless the
    body said more than was kept. An escaped colon would spoil the count. Then, only if the
    counts differ (a repeated key, or an explicit null), by a slower look at every object.
    """
    if b"\\u003" not in body and body.count(b":") == msgspec.json.encode(request).count(b":"):
        return []
    document = json.loads(body, object_pairs_hook=_object)
    if isinstance(document, _Repeated):
        return [_located(f"/{_escaped(document)}", REPEATED)]
    faults = (
        _located(f"/instances/{index}/{_escaped(item)}", REPEATED)
        for index, item in enumerate(document.get("instances") or ())
        if isinstance(item, _Repeated)
    )
    return _at_most(faults)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | _Repeated:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    keys = [key for key, _ in pairs]
    return _Repeated(next(key for key in keys if keys.count(key) > 1))


def _missing_names(body: bytes, request: PredictRequest) -> list[Fault]:
    """Return the persons without any name. A null is one: an empty name, that the model answers."""
    if request.instances is None:
        if _nameless(request) and not _has_name(msgspec.json.decode(body)):
            return [_located("", f"no name in it: send {EXAMPLE}")]
        return []
    if not _nameless(request) or request.id is not None:
        return [_located("", "instances beside a person of its own: send one or the other")]
    if not any(not isinstance(item, str) and _nameless(item) for item in request.instances):
        return []
    document = msgspec.json.decode(body)
    return _at_most(
        _located(f"/instances/{index}", NO_NAME)
        for index, item in enumerate(document["instances"])
        if not isinstance(item, str) and not _has_name(item)
    )


def _nameless(person: PersonRequest) -> bool:
    return person.name is None and person.given_name is None and person.family_name is None


def _has_name(members: dict[str, object]) -> bool:
    return any(key in members for key in _NAME_MEMBERS)


def _at_most(faults: Iterator[Fault]) -> list[Fault]:
    return [fault for fault, _ in zip(faults, range(MAX_FAULTS), strict=False)]
