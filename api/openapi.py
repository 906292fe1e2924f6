"""The interface in OpenAPI 3.1: the table of routes, and the schemas that validate and encode."""

import copy
import inspect
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from .problems import PROBLEM_JSON, ProblemDocument
from .routes import ROUTES, Content, Parameter, Route
from .schemas import PersonRequest, PredictRequest

Schema = dict[str, Any]

REF = "#/components/schemas/{name}"
KEY_SCHEME = "key"
DESCRIPTION = """
How personal names are gendered by those who bear them, and how sure that is.

Every error is a problem document (RFC 9457) with the id of its request. Routes of GET answer HEAD,
all answer OPTIONS; other methods get a 405 with Allow, other paths a 404.
"""
REQUEST_ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$"}


class Answer(NamedTuple):
    """An error answer: its name, what happened, headers that come with it beside X-Request-ID."""

    name: str
    description: str
    headers: tuple[str, ...] = ()


PROBLEMS = {
    400: Answer("Malformed", "The body is not what its content type says."),
    401: Answer("NoKey", "The server wants an API key, and this is none.", ("WWW-Authenticate",)),
    404: Answer("NoSuchThing", "There is no such route or file."),
    408: Answer("TooSlow", "The request took too long to arrive."),
    431: Answer("LongHead", "The request line and headers are longer than the server reads."),
    500: Answer("Failed", "The request could not be answered: the log says where it failed."),
    413: Answer("TooLarge", "The body is longer than the server reads."),
    415: Answer(
        "OtherMediaType", "The body is of a type that this route does not take.", ("Accept",)
    ),
    422: Answer("Invalid", "The body is well formed, and something in it is wrong: see errors."),
    429: Answer("TooMany", "More requests than the rate limit allows.", ("Retry-After",)),
    503: Answer(
        "NotNow", "No model is loaded, or the server is at its capacity.", ("Retry-After",)
    ),
}
# Of the server itself, whatever the route.
ANYWHERE = (408, 431, 500, 503)
HEADERS: dict[str, Schema] = {
    "X-Request-ID": {
        "description": "Id of this request: the caller's if it is a plain one, else a new one.",
        "required": True,
        "schema": REQUEST_ID,
    },
    "WWW-Authenticate": {
        "description": "How to show a key.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds after which to try again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Accept": {
        "description": "The media types that the route takes.",
        "schema": {"type": "string"},
    },
}


def describe() -> bytes:
    """Return the document as JSON."""
    paths: dict[str, Schema] = {}
    for route in ROUTES:
        shared = {"parameters": [{"$ref": "#/components/parameters/RequestId"}]}
        paths.setdefault(route.path, shared)[route.method.lower()] = _operation(route)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Gender Detection",
                "version": "1",
                "description": DESCRIPTION.strip(),
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "paths": paths,
            "components": {
                "schemas": schemas(),
                "responses": {answer.name: _problem(answer) for answer in PROBLEMS.values()},
                "headers": HEADERS,
                "parameters": {
                    "RequestId": {
                        "name": "X-Request-ID",
                        "in": "header",
                        "description": "An id of your own, for the answer and the log.",
                        "schema": {"type": "string"},
                    }
                },
                "securitySchemes": {KEY_SCHEME: {"type": "http", "scheme": "bearer"}},
            },
            "security": [{}, {KEY_SCHEME: []}],
        }
    )


def _operation(route: Route) -> Schema:
    answers: Schema = {
        "200": {
            "description": route.summary,
            "headers": _headers(route.headers),
            "content": {content.media_type: _content(content) for content in route.answers},
        }
    }
    for status in sorted({*route.errors, *ANYWHERE}):
        answers[str(status)] = {"$ref": f"#/components/responses/{PROBLEMS[status].name}"}
    operation: Schema = {"summary": route.summary, "responses": answers}
    if route.parameters:
        operation["parameters"] = [_parameter(parameter) for parameter in route.parameters]
    if route.takes:
        content = {content.media_type: _content(content) for content in route.takes}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _content(content: Content) -> Schema:
    refs = [{"$ref": REF.format(name=kind.__name__)} for kind in content.types]
    schema = {"anyOf": refs} if len(refs) > 1 else refs[0] if refs else content.schema
    if not content.examples:
        return {"schema": schema}
    return {
        "schema": schema,
        "examples": {name: {"value": value} for name, value in content.examples.items()},
    }


def _parameter(parameter: Parameter) -> Schema:
    return {
        "name": parameter.name,
        "in": parameter.within,
        "required": parameter.within == "path",
        "description": parameter.description,
        "schema": parameter.schema,
    }


def _problem(answer: Answer) -> Schema:
    return {
        "description": answer.description,
        "headers": _headers(answer.headers),
        "content": {PROBLEM_JSON: {"schema": {"$ref": REF.format(name=ProblemDocument.__name__)}}},
    }


def _headers(names: tuple[str, ...]) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-ID", *names)}


def schemas() -> dict[str, Schema]:
    """Return the JSON schemas of all bodies by name, with what their types alone cannot say."""
    taken = [kind for route in ROUTES for content in route.takes for kind in content.types]
    answered = [kind for route in ROUTES for content in route.answers for kind in content.types]
    requests, answers = (
        msgspec.json.schema_components(kinds, ref_template=REF)[1]
        for kinds in (taken, [*answered, ProblemDocument])
    )
    for schema in answers.values():
        _always_whole(schema)
    found = {**answers, **requests}
    for schema in found.values():
        _as_json_counts(schema)
        schema["description"] = inspect.cleandoc(schema.get("description", ""))
    _name_persons(found)
    return found


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
    person, request = found[PersonRequest.__name__], found[PredictRequest.__name__]
    named = [{"required": [name]} for name in ("name", "given_name", "family_name")]
    person["anyOf"] = named
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
