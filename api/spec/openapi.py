"""The interface in OpenAPI 3.1: the table of routes, and the schemas that validate and encode."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from gender_detection.aggregation import MAX_GROUPED_BY, MAX_VALUE_CHARACTERS

from ..http.headers import WARNINGS
from ..http.problems import PROBLEM_JSON, ProblemDocument
from .json_schemas import REF, Schema, components, schemas
from .routes import ROUTES, Content, Parameter, Route

KEY_SCHEME = "key"
DESCRIPTION = """
How personal names are gendered by those who bear them, and how sure that is.

Every error is a problem document (RFC 9457) with the id of its request. Routes of GET answer HEAD,
all answer OPTIONS; other methods get a 405 with Allow, other paths a 404.
"""
KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key, where the server is set up to want one.",
}
REQUEST_ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$"}


class Answer(NamedTuple):
    """An error answer: its name, what happened, headers that come with it beside X-Request-ID."""

    name: str
    description: str
    headers: tuple[str, ...] = ()


PROBLEMS = {
    400: Answer("Malformed", "The body is not what its content type says."),
    401: Answer("NoKey", "The server wants an API key, and this is none.", ("WWW-Authenticate",)),
    404: Answer("NoSuchThing", "There is no such route, file, or column to group by."),
    408: Answer("TooSlow", "The request took too long to arrive."),
    431: Answer("LongHead", "The request line and headers are longer than the server reads."),
    500: Answer("Failed", "The request could not be answered: the log says where it failed."),
    413: Answer("TooLarge", "The body is longer than the server reads from this caller."),
    417: Answer("NoSuchLeave", "Of expectations only 100-continue can be met."),
    501: Answer("OtherCoding", "The body is coded, or upgraded, in a way that is not known here."),
    415: Answer(
        "OtherMediaType", "The body is of a type that this route does not take.", ("Accept",)
    ),
    422: Answer("Invalid", "The body is well formed, and something in it is wrong: see errors."),
    429: Answer("TooMany", "More names than the rate limit allows, now or ever.", ("Retry-After",)),
    503: Answer(
        "NotNow", "No model is loaded, or the server is at its capacity.", ("Retry-After",)
    ),
}
OPTIONS = {
    "by": "Columns, or members of groups, to group by, parted by commas.",
    "country": "The country of those who have none of their own.",
    "threshold": "The probability from which on an answer is given.",
    "female_share": "The share of women among those asked about.",
}
# How a list of names stands in the query: parted by commas. Spaces around a name do not count, and
# what is quoted, such as a name with a comma in it, cannot be described.
LIST: Schema = {
    "style": "form",
    "explode": False,
    "schema": {
        "type": "array",
        "items": {
            "type": "string",
            "pattern": r'^[^\s,"]([^,"\r\n]*[^\s,"])?$',
            "maxLength": MAX_VALUE_CHARACTERS,
        },
        "minItems": 1,
        "maxItems": MAX_GROUPED_BY,
        "uniqueItems": True,
    },
}
# Of the server itself, whatever the route.
ANYWHERE = (408, 413, 417, 431, 500, 501, 503)
# Where keys or limits are configured.
GUARDED = (401, 429)
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
    "X-Model-Version": {
        "description": "The version of the model that answered a table.",
        "schema": {"type": "string"},
    },
    "X-Data-Version": {
        "description": "The version of the data that it was made of.",
        "schema": {"type": "string"},
    },
    "X-Threshold": {
        "description": "The threshold in force for a table.",
        "schema": {"type": "number"},
    },
    WARNINGS: {
        "description": "What was not taken as it stands in the first rows of a table, as many as "
        "first_rows says: a JSON list, of countries that are not understood, and of NA.",
        "schema": {"type": "string"},
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
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
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
                "securitySchemes": {KEY_SCHEME: KEY},
            },
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
    protected = not route.is_open
    for status in sorted({*route.errors, *ANYWHERE, *(GUARDED if protected else ())}):
        answers[str(status)] = {"$ref": f"#/components/responses/{PROBLEMS[status].name}"}
    operation: Schema = {
        "operationId": "_".join([route.method.lower(), *re.findall(r"\w+", route.path)]),
        "summary": route.summary,
        "tags": [route.group],
        # Beside the operations, where it could stand once, Swagger UI does not look it up.
        "parameters": [
            {"$ref": "#/components/parameters/RequestId"},
            *map(_in_path, route.parameters),
            *_in_query(route.options),
        ],
        "responses": answers,
    }
    if protected:
        operation["security"] = [{}, {KEY_SCHEME: []}]
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


def _in_path(parameter: Parameter) -> Schema:
    return {
        "name": parameter.name,
        "in": "path",
        "required": True,
        "description": parameter.description,
        "schema": parameter.schema,
    }


def _in_query(options: type | None) -> Iterator[Schema]:
    """Yield what may stand in the query, beside a table or a body of JSON."""
    if options is None:
        return
    members = components([options])[options.__name__]["properties"]
    for name, member in members.items():
        parameter = {
            "name": name,
            "in": "query",
            "description": f"{OPTIONS[name]} What a body of JSON says itself goes before it.",
            "schema": member,
        }
        yield {**parameter, **LIST} if name == "by" else parameter


def _problem(answer: Answer) -> Schema:
    return {
        "description": answer.description,
        "headers": _headers(answer.headers),
        "content": {PROBLEM_JSON: {"schema": {"$ref": REF.format(name=ProblemDocument.__name__)}}},
    }


def _headers(names: tuple[str, ...]) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-ID", *names)}
