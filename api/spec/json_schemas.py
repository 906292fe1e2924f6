"""The JSON schemas of all bodies: those of msgspec, with what their types alone cannot say."""

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
    """Return the JSON schemas of all bodies by name, with what their types alone cannot say."""
    taken = [kind for route in ROUTES for content in route.takes for kind in content.types]
    answered = [kind for route in ROUTES for content in route.answers for kind in content.types]
    requests, answers = components(taken), components([*answered, ProblemDocument])
    for schema in answers.values():
        _always_whole(schema)
    found = {**answers, **requests}
    for schema in found.values():
        _as_json_counts(schema)
        schema["description"] = inspect.cleandoc(schema.get("description", ""))
    _name_persons(found)
    found[AggregateRequest.__name__]["properties"]["by"]["uniqueItems"] = True
    return found


def components(kinds: Sequence[type]) -> dict[str, Schema]:
    """Return the schemas of msgspec's own making, of these types and those within, by name."""
    return msgspec.json.schema_components(kinds, ref_template=REF)[1]


def _always_whole(schema: Schema) -> None:
    """A default is for those who build the answer: its reader finds the member there."""
    for name, member in schema.get("properties", {}).items():
        if "default" in member:
            del member["default"]
            schema["required"].append(name)


def _as_json_counts(node: Any) -> None:
    """Drop the whole floats beside integers: to JSON schema, 7.0 is an integer."""
    if isinstance(node, list):
        for item in node:
            _as_json_counts(item)
    elif isinstance(node, dict):
        options = node.get("anyOf", [])
        if any(option.get("type") == "integer" for option in options):
            node["anyOf"] = [option for option in options if option.get("type") != "number"]
        _as_json_counts([*node.values()])


def _name_persons(found: dict[str, Schema]) -> None:
    """Say what api.parsing asks of persons: some name, and none beside instances."""
    request = found[PredictRequest.__name__]
    named = [{"required": [name]} for name in ("name", "given_name", "family_name")]
    for person in (PersonRequest, GroupedPersonRequest):
        found[person.__name__]["anyOf"] = named
    own = {"name", "given_name", "family_name", "id"}
    found["OnePerson"] = _with_nulls(request, {"instances"}) | {"anyOf": named}
    found["OnePerson"]["title"] = "OnePerson"
    many = _with_nulls(request, own) | {"title": "Instances", "required": ["instances"]}
    many["properties"]["instances"] = next(_not_null(many["properties"]["instances"]))
    found["Instances"] = many
    found[PredictRequest.__name__] = {
        "title": request["title"],
        "description": request["description"],
        "anyOf": [{"$ref": REF.format(name=name)} for name in ("OnePerson", "Instances")],
    }


def _with_nulls(schema: Schema, silent: set[str]) -> Schema:
    """Return the schema with some of its members null wherever they are given at all."""
    changed = copy.deepcopy(schema)
    changed["properties"] |= {name: {"type": "null"} for name in silent}
    return changed


def _not_null(schema: Schema) -> Iterator[Schema]:
    return (option for option in schema["anyOf"] if option != {"type": "null"})
