"""The description of the API in OpenAPI 3.1, from the table of routes and the schemas."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from gender_detection.aggregation import MAX_GROUPED_BY, MAX_VALUE_CHARACTERS

from ..http.headers import TABLE_COLUMNS, TABLE_NOTES, WARNINGS
from ..http.problems import ProblemDocument
from ..http.schemas import PROBLEM_JSON, TableOptions
from .json_schemas import REF, Schema, components, schemas
from .routes import ROUTES, Content, Parameter, Route

KEY_SCHEME = "key"
DESCRIPTION = """
Estimates how personal names are gendered, with probabilities.

Every error is a problem document (RFC 9457) with the id of its request; who prefers HTML to JSON,
as browsers do, gets a page that says the same. GET routes also answer HEAD, and all routes answer
OPTIONS. Other methods get 405 with Allow, other paths 404.
"""
KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key, if the server requires one.",
}
REQUEST_ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$"}


class Answer(NamedTuple):
    """An error answer: its name, what happened, and its headers except X-Request-ID."""

    name: str
    description: str
    headers: tuple[str, ...] = ()


PROBLEMS = {
    400: Answer("Malformed", "The body does not match its content type."),
    401: Answer(
        "NoKey", "The API key is missing, invalid, expired or revoked.", ("WWW-Authenticate",)
    ),
    404: Answer(
        "NoSuchThing", "The route, the file, or a column that the query names does not exist."
    ),
    408: Answer("TooSlow", "The request took too long to arrive."),
    431: Answer("LongHead", "The request line and headers are too long."),
    500: Answer("Failed", "Internal error: the server's log has the cause under the request id."),
    413: Answer("TooLarge", "The body is longer than the server accepts from this caller."),
    417: Answer("NoSuchLeave", "The only supported Expect header is 100-continue."),
    501: Answer("OtherCoding", "The transfer coding or the upgrade is not supported."),
    415: Answer("OtherMediaType", "The route does not accept this content type.", ("Accept",)),
    422: Answer("Invalid", "The body is well-formed but invalid: see errors."),
    429: Answer("TooMany", "More names than the rate limit allows.", ("Retry-After",)),
    503: Answer(
        "NotNow", "No model is loaded, or the server has no capacity left.", ("Retry-After",)
    ),
}
OPTIONS = {
    "by": "Columns or group members to group by, separated by commas.",
    "country": "The country of people without their own.",
    "threshold": "The probability below which the gender is unknown.",
    "female_share": "The share of women in the population asked about.",
    "family_name_first": "Whether full names without a comma have the family name first.",
    "name_column": "The column of names.",
    "given_name_column": "The column of given names.",
    "family_name_column": "The column of family names.",
    "country_column": "The column of countries.",
    "no_country": "Whether the column of countries is ignored.",
    "delimiter": "What separates the cells of CSV, such as ; or tab, if it is not found out.",
}
# Names in the query, separated by commas; spaces around a name are ignored. OpenAPI cannot
# describe quoted names, such as one with a comma.
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
# Errors of the server itself, on any route.
ANYWHERE = (408, 413, 417, 431, 500, 501, 503)
# Errors if keys or limits are configured.
GUARDED = (401, 429)
HEADERS: dict[str, Schema] = {
    "X-Request-ID": {
        "description": "The id of this request: the caller's if it is valid, else a new one.",
        "required": True,
        "schema": REQUEST_ID,
    },
    "WWW-Authenticate": {
        "description": "How to send an API key.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before trying again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-Model-Version": {
        "description": "The version of the model that answered a table.",
        "schema": {"type": "string"},
    },
    "X-Data-Version": {
        "description": "The version of the data that it was trained on.",
        "schema": {"type": "string"},
    },
    "X-Threshold": {
        "description": "The threshold used for a table.",
        "schema": {"type": "number"},
    },
    TABLE_COLUMNS: {
        "description": "Which columns of a table were read for what: a JSON object with the name "
        "of a column, shortened, for name, given_name, family_name and country, as far as there is "
        "one.",
        "schema": {"type": "string"},
    },
    TABLE_NOTES: {
        "description": "How the text of a table was read, if that is not plain: its encoding, and "
        "lines that were left out above the header.",
        "schema": {"type": "string"},
    },
    WARNINGS: {
        "description": "Warnings about the first rows of a table (first_rows is their number): a "
        "JSON list with unknown countries, and with NA read as missing.",
        "schema": {"type": "string"},
    },
    "Accept": {
        "description": "The media types that the route accepts.",
        "schema": {"type": "string"},
    },
}


def describe() -> bytes:
    """Return the OpenAPI document as JSON."""
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
                        "description": "An id of your choice, for the answer and the log.",
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
        # In each operation: Swagger UI does not resolve a reference at the level of the path.
        "parameters": [
            {"$ref": "#/components/parameters/RequestId"},
            *map(_in_path, route.parameters),
            *(parameter for kind in route.options for parameter in _in_query(kind)),
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


def _in_query(options: type) -> Iterator[Schema]:
    """Yield the parameters of the query that a type has."""
    where = "A value in a JSON body takes precedence."
    if options is TableOptions:
        where = "Only for a table."
    members = components([options])[options.__name__]["properties"]
    for name, member in members.items():
        parameter = {
            "name": name,
            "in": "query",
            "description": f"{OPTIONS[name]} {where}",
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
