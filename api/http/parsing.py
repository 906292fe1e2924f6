"""From the bytes of a request to what it asks, or to a problem that says what is wrong."""

import difflib
import functools
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from gender_detection.tables import SYNONYMS, role_of

from .problems import Fault, Problem
from .schemas import MAX_INSTANCES, Name, PersonRequest, PredictRequest

Request = TypeVar("Request", bound=msgspec.Struct)

MAX_FAULTS = 10
# How like a field a key must be (difflib) for a hint that does not mislead.
CLOSE = 0.75
SHOWN_KEY_CHARACTERS = 60
NO_NAME = "no name in it: give name, or given_name and family_name"
REPEATED = "the key stands there more than once"
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
    """A request whose instances are not looked into yet."""

    instances: list[msgspec.Raw]


class _Repeated(str):
    """Stands for an object that has this key more than once."""

    __slots__ = ()


@dataclass(frozen=True)
class Shape(Generic[Request]):
    """What a body may be: a request whose member instances holds persons, or strings.

    faults returns what its type does not see, given also the body itself; person is the type of
    an instance, example is shown to whoever sends nothing.
    """

    request: type[Request]
    person: type[PersonRequest]
    example: str
    faults: Callable[[bytes, Request], list[Fault]]

    @functools.cached_property
    def decoder(self) -> msgspec.json.Decoder[Request]:
        """What reads a whole body."""
        return msgspec.json.Decoder(self.request)

    @functools.cached_property
    def instance_decoder(self) -> msgspec.json.Decoder[str | PersonRequest]:
        """What reads an instance."""
        return msgspec.json.Decoder(Name | self.person)  # type: ignore[operator]

    @functools.cached_property
    def kept_decoder(self) -> msgspec.json.Decoder[msgspec.Struct]:
        """What reads a valid body for its members alone, those that are null too."""
        person = _members(self.person, Any)
        return msgspec.json.Decoder(_members(self.request, list[str | person] | None))  # type: ignore[valid-type]


def _members(shape: type[msgspec.Struct], instances: Any) -> type[msgspec.Struct]:
    """Return a type with the members of a shape, instances of that type and the others of any."""
    fields = [
        (name, (instances if name == "instances" else Any) | msgspec.UnsetType, msgspec.UNSET)
        for name in shape.__struct_fields__
    ]
    return msgspec.defstruct(f"{shape.__name__}Members", fields)


def parse_request(body: bytes, shape: Shape[Request], most: int = MAX_INSTANCES) -> Request:
    """Return the request, of at most so many instances; raise Problem 400 where it is no JSON, 422
    where it is the wrong JSON."""
    if not body or body.isspace():
        raise Problem(400, f"the body is empty: send {shape.example}", kind="malformed-json")
    try:
        request = shape.decoder.decode(body)
    except msgspec.ValidationError as err:
        own = with_own_names(body, shape)
        if own is None:
            raise invalid(_faults(body, err, shape)) from err
        return parse_request(own, shape, most)
    except UnicodeDecodeError as err:
        raise Problem(400, "the body is not valid UTF-8", kind="malformed-json") from err
    except msgspec.DecodeError as err:
        detail = f"the body is not valid JSON: {str(err).removeprefix('JSON is malformed: ')}"
        raise Problem(400, detail, kind="malformed-json") from err
    if len(getattr(request, "instances", None) or ()) > most:
        raise invalid([located("/instances", f"expected at most {most} items, as configured")])
    if faults := _repeated_keys(body, request, shape) or shape.faults(body, request):
        raise invalid(faults)
    return request


def invalid(faults: list[Fault]) -> Problem:
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
    """Return what is wrong, at most MAX_FAULTS of it, in the request's order."""
    first = _fault(str(error), "", shape)
    # The second look keeps each instance apart: not for a body with millions of them.
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
    found = _LOCATED.fullmatch(message)
    what, path = (found["what"], found["path"]) if found else (message, "")
    # msgspec does not tell the key of a member that may be called anything.
    path = path.replace("[...]", "")
    # "$.instances[3].name" is msgspec's way to write "/instances/3/name".
    pointer = base + path.replace("[", "/").replace("]", "").replace(".", "/")
    if unknown := _UNKNOWN_FIELD.fullmatch(what):
        inside = shape.person if pointer.startswith("/instances/") else shape.request
        return located(
            f"{pointer}/{_escaped(unknown['key'])}", _unknown_field(unknown["key"], inside)
        )
    detail = described(what)
    return located(pointer, f"a key in it: {detail}" if found and found["key"] else detail)


def described(what: str) -> str:
    """Return what msgspec says of a value, in the terms of JSON."""
    for python, javascript in _JSON_TERMS.items():
        what = what.replace(python, javascript)
    what = what.replace("Expected", "expected").replace("Number", "number")
    return what.replace("`", "")


def _unknown_field(key: str, shape: type[msgspec.Struct]) -> str:
    known = shape.__struct_fields__
    named = [*known, *(other for other, role in SYNONYMS.items() if role in known)]
    close = difflib.get_close_matches(key[:SHOWN_KEY_CHARACTERS].lower(), named, 1, CLOSE)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"unknown field: {hint}the fields are {', '.join(known)}"


def located(pointer: str, detail: str) -> Fault:
    """Return a fault at a JSON pointer, with the index of the instance that this leads into."""
    inside = _INSTANCE_POINTER.match(pointer)
    index = int(inside[1]) if inside else msgspec.UNSET
    return Fault(index=index, pointer=pointer, detail=detail)


def _escaped(key: str) -> str:
    # RFC 6901, section 3.
    return key[:SHOWN_KEY_CHARACTERS].replace("~", "~0").replace("/", "~1")


def _repeated_keys(body: bytes, request: Request, shape: Shape[Request]) -> list[Fault]:
    """Return the objects that have a key twice, of which the decoder kept the last in silence.

    First by counting: encoded again, the request has as many colons as the body, unless the
    body said more than was kept. Nulls are not kept by types whose members may be left out; an
    escaped colon would spoil the count. Then, only if the counts differ, by a slower look at every
    object.
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
    """Yield an instance and its members, each with where it stands."""
    yield pointer, instance
    if isinstance(instance, dict):
        yield from ((f"{pointer}/{_escaped(key)}", member) for key, member in instance.items())


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | _Repeated:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    keys = [key for key, _ in pairs]
    return _Repeated(next(key for key in keys if keys.count(key) > 1))


def with_own_names(body: bytes, shape: Shape[Request]) -> bytes | None:
    """Return a body whose persons have members called as we call them, such as given_name for
    first_name; None where there is none to rename, or it cannot be done.

    Raise Problem 422 where two members of a person say the same.
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
        return None  # which is told of instead
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
    """Give members the names of a shape's fields; return whether any had another."""
    known = shape.__struct_fields__
    renamed = {
        key: role
        for key in members
        if key not in known and (role := role_of(key)) is not None and role in known
    }
    said: dict[str, str] = {key: key for key in members if key in known}
    for key, role in renamed.items():
        if role in said:
            both = f"says the same as {said[role]!r}: give one of them"
            faults.append(located(f"{pointer}/{_escaped(key)}", both))
        said[role] = key
    values = {renamed.get(key, key): value for key, value in members.items()}
    members.clear()
    members.update(values)
    return bool(renamed)


def _missing_names(body: bytes, request: PredictRequest) -> list[Fault]:
    """Return the persons without any name. A null is one: an empty name, that the model answers."""
    if request.instances is None:
        if _nameless(request) and not _has_name(msgspec.json.decode(body)):
            return [located("", f"no name in it: send {EXAMPLE}")]
        return []
    if not _nameless(request) or request.id is not None:
        return [located("", "instances beside a person of its own: send one or the other")]
    return missing_names(body, request.instances)


def missing_names(body: bytes, instances: Sequence[str | PersonRequest]) -> list[Fault]:
    """Return the instances of a body that are persons without any name."""
    # Spelt out rather than asked of _nameless: most of the time that a large body takes went there.
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
    """Return the first faults, as many as one answer tells."""
    return list(itertools.islice(faults, MAX_FAULTS))


PREDICT = Shape(PredictRequest, PersonRequest, EXAMPLE, _missing_names)
