"""The JSON schemas of all bodies: msgspec's, with the rules that types cannot express."""

import copy
import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ..http.problems import ProblemDocument
from ..http.schemas import AggregateRequest, GroupedPersonRequest, PersonRequest, PredictRequest
from .routes import ROUTES

Schema = dict[str, Any]

REF = "#/components/schemas/{name}"


def schemas() -> dict[str, Schema]:
    """Return the JSON schemas of all bodies by name."""
    taken = [kind for route in ROUTES for content in route.takes for kind in content.types]
    answered = [kind for route in ROUTES for content in route.answers for kind in content.types]
    requests, answers = components(taken), components([*answered, ProblemDocument])
    for schema in answers.values():
        _require_defaults(schema)
    by_name = {**answers, **requests}
    for schema in by_name.values():
        _drop_whole_floats(schema)
        schema["description"] = inspect.cleandoc(schema.get("description", ""))
    _require_names(by_name)
    by_name[AggregateRequest.__name__]["properties"]["by"]["uniqueItems"] = True
    return by_name


def components(kinds: Sequence[type]) -> dict[str, Schema]:
    """Return msgspec's schemas of these types and of the types in them, by name."""
    return msgspec.json.schema_components(kinds, ref_template=REF)[1]


def _require_defaults(schema: Schema) -> None:
    """Require members that have a default: an answer always contains them."""
    for name, member in schema.get("properties", {}).items():
        if "default" in member:
            del member["default"]
            schema["required"].append(name)


def _drop_whole_floats(node: Any) -> None:
    """Drop whole floats beside integers: in JSON schema, 7.0 is an integer."""
    if isinstance(node, list):
        for item in node:
            _drop_whole_floats(item)
    elif isinstance(node, dict):
        options = node.get("anyOf", [])
        if any(option.get("type") == "integer" for option in options):
            node["anyOf"] = [option for option in options if option.get("type") != "number"]
        _drop_whole_floats([*node.values()])


def _require_names(by_name: dict[str, Schema]) -> None:
    """Add the rules of api.http.parsing: every person has a name; instances exclude a person."""
    request = by_name[PredictRequest.__name__]
    named = [{"required": [name]} for name in ("name", "given_name", "family_name")]
    for person in (PersonRequest, GroupedPersonRequest):
        by_name[person.__name__]["anyOf"] = named
    own = {"name", "given_name", "family_name", "id"}
    by_name["OnePerson"] = _with_nulls(request, {"instances"}) | {"anyOf": named}
    by_name["OnePerson"]["title"] = "OnePerson"
    many = _with_nulls(request, own) | {"title": "Instances", "required": ["instances"]}
    many["properties"]["instances"] = next(_not_null(many["properties"]["instances"]))
    by_name["Instances"] = many
    by_name[PredictRequest.__name__] = {
        "title": request["title"],
        "description": request["description"],
        "anyOf": [{"$ref": REF.format(name=name)} for name in ("OnePerson", "Instances")],
    }


def _with_nulls(schema: Schema, names: set[str]) -> Schema:
    """Return the schema with these members allowed only as null."""
    changed = copy.deepcopy(schema)
    changed["properties"] |= {name: {"type": "null"} for name in names}
    return changed


def _not_null(schema: Schema) -> Iterator[Schema]:
    return (option for option in schema["anyOf"] if option != {"type": "null"})
