"""Decodes and validates a JSON body; raises a Problem that says what is wrong, and where."""

import difflib
import functools
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from gender_detection.tables import roles_of, written_in

from .problems import Fault, Problem
from .schemas import MAX_INSTANCES, Name, PersonRequest, PredictRequest

Request = TypeVar("Request", bound=msgspec.Struct)

MAX_FAULTS = 10
# The least similarity (difflib) of an unknown key to a field for a useful hint.
MIN_SIMILARITY = 0.75
SHOWN_KEY_CHARACTERS = 60
NO_NAME = "no name: give name, or given_name and family_name"
REPEATED = "duplicate key: send it once"
EXAMPLE = '{"name": "Maria Rossi"} or {"instances": ["Maria Rossi", …]}'

_ENCODER = msgspec.json.Encoder()
_NAME_MEMBERS = ("name", "given_name", "family_name")
_LOCATED = re.compile(r"(?P<what>.*) - at (?P<key>`key` in )?`\$(?P<path>[^`]*)`", re.DOTALL)
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(?P<key>.*)`", re.DOTALL)
_INSTANCE_POINTER = re.compile(r"/instances/(\d+)")
_JSON_TERMS = {
    "int | float": "int",
    "`float` that's a multiple of 1.0": "`int`",
    "`str": "`string",
    "| str": "| string",
    "| int": "| integer",
    "`int": "`integer",
    "`float": "`number",
    "`bool": "`boolean",
}


class _Envelope(msgspec.Struct):
    """A request whose instances are not decoded yet."""

    instances: list[msgspec.Raw]


class _Repeated(str):
    """Replaces an object that has this key more than once."""

    __slots__ = ()


@dataclass(frozen=True)
class Shape(Generic[Request]):
    """What a route accepts as its body: a request whose instances are persons or strings.

    request  the type of the body
    person   the type of an instance
    example  shown if the body is empty
    faults   returns what is wrong beyond the types, given the body and the decoded request
    """

    request: type[Request]
    person: type[PersonRequest]
    example: str
    faults: Callable[[bytes, Request], list[Fault]]

    @functools.cached_property
    def decoder(self) -> msgspec.json.Decoder[Request]:
        """The decoder of a whole body."""
        return msgspec.json.Decoder(self.request)

    @functools.cached_property
    def instance_decoder(self) -> msgspec.json.Decoder[str | PersonRequest]:
        """The decoder of one instance."""
        return msgspec.json.Decoder(Name | self.person)

    @functools.cached_property
    def kept_decoder(self) -> msgspec.json.Decoder[msgspec.Struct]:
        """The decoder of a valid body that keeps exactly the members sent, nulls included."""
        person = _members(self.person, Any)
        return msgspec.json.Decoder(_members(self.request, list[str | person] | None))  # type: ignore[valid-type]


def _members(shape: type[msgspec.Struct], instances: Any) -> type[msgspec.Struct]:
    """Return a type with the members of a shape, all optional; instances are of the given type."""
    fields = [
        (name, (instances if name == "instances" else Any) | msgspec.UnsetType, msgspec.UNSET)
        for name in shape.__struct_fields__
    ]
    return msgspec.defstruct(f"{shape.__name__}Members", fields)


def parse_request(
    body: bytes, shape: Shape[Request], max_instances: int = MAX_INSTANCES
) -> Request:
    """Return the decoded request; raise Problem 400 if it is not JSON, 422 if it is invalid."""
    if not body or body.isspace():
        raise Problem(400, f"the body is empty: send {shape.example}", kind="malformed-json")
    try:
        request = shape.decoder.decode(body)
    except msgspec.ValidationError as err:
        renamed = rename_synonyms(body, shape)
        if renamed is None:
            raise invalid(_faults(body, err, shape)) from err
        return parse_request(renamed, shape, max_instances)
    except UnicodeDecodeError as err:
        detail = "the body is not valid UTF-8: encode it as UTF-8"
        raise Problem(400, detail, kind="malformed-json") from err
    except msgspec.DecodeError as err:
        detail = f"the body is not valid JSON: {str(err).removeprefix('JSON is malformed: ')}"
        raise Problem(400, detail, kind="malformed-json") from err
    if len(getattr(request, "instances", None) or ()) > max_instances:
        detail = f"expected at most {max_instances} items (configured limit): send fewer"
        raise invalid([located("/instances", detail)])
    if faults := _repeated_keys(body, request, shape) or shape.faults(body, request):
        raise invalid(faults)
    return request


def invalid(faults: list[Fault]) -> Problem:
    """Return the problem of a request with these faults, at least one."""
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


def _faults(body: bytes, error: msgspec.ValidationError, shape: Shape[Request]) -> list[Fault]:
    """Return what is wrong, at most MAX_FAULTS faults, in the order of the body."""
    first = _fault(str(error), "", shape)
    # Decoding instance by instance takes memory: not for a body with millions of them.
    if first.index is msgspec.UNSET or body.count(b",") > 8 * MAX_INSTANCES:
        return [first]
    try:
        instances = msgspec.json.decode(body, type=_Envelope).instances
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [first]
    faults = (_instance_fault(index, raw, shape) for index, raw in enumerate(instances))
    return at_most(fault for fault in faults if fault) or [first]


def _instance_fault(index: int, raw: msgspec.Raw, shape: Shape[Request]) -> Fault | None:
    pointer = f"/instances/{index}"
    try:
        item = shape.instance_decoder.decode(raw)
    except msgspec.ValidationError as err:
        return _fault(str(err), pointer, shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        return located(pointer, f"malformed JSON: {err}")
    if not isinstance(item, str) and _nameless(item) and not _has_name(msgspec.json.decode(raw)):
        return located(pointer, NO_NAME)
    return None


def _fault(message: str, base: str, shape: Shape[Request]) -> Fault:
    """Turn a message of msgspec, relative to the pointer base, into a fault."""
    match = _LOCATED.fullmatch(message)
    what, path = (match["what"], match["path"]) if match else (message, "")
    # msgspec does not report the key of a member with a free name.
    path = path.replace("[...]", "")
    # msgspec writes "$.instances[3].name" for "/instances/3/name".
    pointer = base + path.replace("[", "/").replace("]", "").replace(".", "/")
    if unknown := _UNKNOWN_FIELD.fullmatch(what):
        inside = shape.person if pointer.startswith("/instances/") else shape.request
        return located(
            f"{pointer}/{_escaped(unknown['key'])}", _unknown_field(unknown["key"], inside)
        )
    detail = described(what)
    return located(pointer, f"invalid key: {detail}" if match and match["key"] else detail)


def described(what: str) -> str:
    """Return msgspec's message about a value in the terms of JSON."""
    for python, json_term in _JSON_TERMS.items():
        what = what.replace(python, json_term)
    what = what.replace("Expected", "expected").replace("Number", "number")
    return what.replace("`", "")


def _unknown_field(key: str, shape: type[msgspec.Struct]) -> str:
    known = shape.__struct_fields__
    named = [*known, *(other for other, role in written_in("english").items() if role in known)]
    close = difflib.get_close_matches(key[:SHOWN_KEY_CHARACTERS].lower(), named, 1, MIN_SIMILARITY)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"unknown field: {hint}the fields are {', '.join(known)}"


def located(pointer: str, detail: str) -> Fault:
    """Return a fault at a JSON pointer, with the index of its instance if it is in one."""
    inside = _INSTANCE_POINTER.match(pointer)
    index = int(inside[1]) if inside else msgspec.UNSET
    return Fault(index=index, pointer=pointer, detail=detail)


def _escaped(key: str) -> str:
    # RFC 6901, section 3.
    return key[:SHOWN_KEY_CHARACTERS].replace("~", "~0").replace("/", "~1")


def _repeated_keys(body: bytes, request: Request, shape: Shape[Request]) -> list[Fault]:
    """Return the duplicate keys, of which the decoder silently keeps the last.

    A fast check counts colons: the request, encoded again, has fewer than the body if a key was
    dropped. Types with optional members do not keep nulls, and an escaped colon would distort the
    count. Only if the counts differ is every object checked.
    """
    if b"\\u003" not in body:
        kept = shape.kept_decoder.decode(body) if b"null" in body else request
        if body.count(b":") == _ENCODER.encode(kept).count(b":"):
            return []
    document = json.loads(body, object_pairs_hook=_object)
    if isinstance(document, _Repeated):
        return [located(f"/{_escaped(document)}", REPEATED)]
    return at_most(
        located(f"{pointer}/{_escaped(item)}", REPEATED)
        for index, instance in enumerate(document.get("instances") or ())
        for pointer, item in _objects(f"/instances/{index}", instance)
        if isinstance(item, _Repeated)
    )


def _objects(pointer: str, instance: object) -> Iterator[tuple[str, object]]:
    """Yield an instance and its members, each with its JSON pointer."""
    yield pointer, instance
    if isinstance(instance, dict):
        yield from ((f"{pointer}/{_escaped(key)}", member) for key, member in instance.items())


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | _Repeated:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    keys = [key for key, _ in pairs]
    return _Repeated(next(key for key in keys if keys.count(key) > 1))


def rename_synonyms(body: bytes, shape: Shape[Request]) -> bytes | None:
    """Return the body with synonyms replaced by field names, such as first_name by given_name; None
    if there are none, or it cannot be done.

    Raise Problem 422 if two members of a person mean the same.
    """
    if body.count(b",") > 8 * MAX_INSTANCES:
        return None
    try:
        document = json.loads(body, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    instances = document.get("instances")
    instances = instances if isinstance(instances, list) else []
    everything = itertools.chain.from_iterable(_objects("", item) for item in instances)
    if any(isinstance(item, _Repeated) for _, item in everything):
        return None  # reported as a duplicate key instead
    faults: list[Fault] = []
    changed = _rename("", document, shape.request, faults)
    for index, instance in enumerate(instances):
        if isinstance(instance, dict):
            changed |= _rename(f"/instances/{index}", instance, shape.person, faults)
    if faults:
        raise invalid(at_most(faults))
    return json.dumps(document).encode() if changed else None


def _rename(
    pointer: str, members: dict[str, object], shape: type[msgspec.Struct], faults: list[Fault]
) -> bool:
    """Rename synonyms in members to the fields of a shape; return whether there were any."""
    known = shape.__struct_fields__
    # Also name may be another part beside members in other languages: {"Vorname": …, "name": …}.
    renamed = {
        key: role for key, role in roles_of(list(members)).items() if role in known and role != key
    }
    used: dict[str, str] = {key: key for key in members if key in known and key not in renamed}
    for key, role in renamed.items():
        if role in used:
            detail = f"means the same as {used[role]!r}: send only one of them"
            faults.append(located(f"{pointer}/{_escaped(key)}", detail))
        used[role] = key
    values = {renamed.get(key, key): value for key, value in members.items()}
    members.clear()
    members.update(values)
    return bool(renamed)


def _missing_names(body: bytes, request: PredictRequest) -> list[Fault]:
    """Return the persons without a name. A null counts as a name: an empty one."""
    if request.instances is None:
        if _nameless(request) and not _has_name(msgspec.json.decode(body)):
            return [located("", f"no name: send {EXAMPLE}")]
        return []
    if not _nameless(request) or request.id is not None:
        return [located("", "both instances and a single person: send only one of them")]
    return missing_names(body, request.instances)


def missing_names(body: bytes, instances: Sequence[str | PersonRequest]) -> list[Fault]:
    """Return the instances of a body that are persons without a name."""
    # Inlined: calling _nameless took most of the time for a large body.
    if not any(
        item.name is None and item.given_name is None and item.family_name is None
        for item in instances
        if not isinstance(item, str)
    ):
        return []
    document = msgspec.json.decode(body)
    return at_most(
        located(f"/instances/{index}", NO_NAME)
        for index, item in enumerate(document["instances"])
        if not isinstance(item, str) and not _has_name(item)
    )


def _nameless(person: PersonRequest) -> bool:
    return person.name is None and person.given_name is None and person.family_name is None


def _has_name(members: dict[str, object]) -> bool:
    return any(key in members for key in _NAME_MEMBERS)


def at_most(faults: Iterable[Fault]) -> list[Fault]:
    """Return the first MAX_FAULTS faults."""
    return list(itertools.islice(faults, MAX_FAULTS))


PREDICT = Shape(PredictRequest, PersonRequest, EXAMPLE, _missing_names)
