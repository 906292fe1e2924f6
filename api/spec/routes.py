"""The table of routes, each described once: GET /, /openapi.json and the metrics use it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gender_detection.countries import LONGEST

from ..http.headers import TABLE_COLUMNS, TABLE_NOTES, WARNINGS
from ..http.schemas import (
    ARROW,
    CSV,
    FORM,
    HTML,
    JSON,
    AggregateAnswer,
    AggregateOptions,
    AggregateRequest,
    InstancesAnswer,
    ModelAnswer,
    PersonAnswer,
    PredictOptions,
    PredictRequest,
    Ready,
    TableOptions,
)

# The files of GET /docs: our script, and Swagger UI.
DOCS_SCRIPT = "start.js"
DOCS_FILES = {
    DOCS_SCRIPT: "text/javascript",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
# The files of the page at /, in the folder page.
PAGE_FILES = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "asking.js": "text/javascript",
    "names.js": "text/javascript",
    "saving.js": "text/javascript",
    "tables.js": "text/javascript",
    "shares.js": "text/javascript",
    "texts.json": JSON,
    "icon.svg": "image/svg+xml",
}
ICON = "favicon.ico"
ICON_TYPE = "image/vnd.microsoft.icon"
# What the form of the page sends. At least one character is not white space.
NAMES_FORM: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "names": {"type": "string", "pattern": r"\S", "description": "Names, one on each line."},
        "country": {"type": "string", "maxLength": LONGEST},
    },
    "required": ["names"],
    "additionalProperties": False,
}
TABLE = "name,country,year\nAndrea Rossi,IT,1990\nMaria,,\n"
# A schema cannot describe every table: this one describes a simple kind, which is always accepted.
PLAIN_TABLE = {
    "type": "string",
    "description": "CSV in UTF-8 with a header row. The pattern describes a simple table; more "
    "columns, other column names and quoted cells are accepted too.",
    "pattern": r'^(name|given_name,family_name)(,country)?(,year)?\r?\n[^"\r]*$',
}
ANDREA = {"name": "Andrea Rossi", "country": "IT"}
ANDREA_ANSWERED = {
    "id": None,
    "name": "Andrea Rossi",
    "given_name": "Andrea",
    "country": "IT",
    "gender": "male",
    "probability": 0.987,
    "p_female": 0.013,
    "basis": "country",
    "reason": None,
    "evidence": {"count": 41230, "sources": 12},
    "matched": "andrea",
}
ANDREA_EXPLAINED = {
    "words": [
        {
            "word": "Andrea",
            "role": "given_name",
            "read_as": None,
            "bearers": {"given_name": 41230, "family_name": 170},
        },
        {
            "word": "Rossi",
            "role": "family_name",
            "read_as": None,
            "bearers": {"given_name": 101, "family_name": 30912},
        },
    ],
    "readings": [
        {
            "given_name": "Andrea",
            "family_name": "Rossi",
            "order": "usual",
            "open": True,
            "taken": True,
            "weight": 1.0,
        }
    ],
    "title": None,
    "keys": [
        {
            "key": "andrea",
            "use": "chosen",
            "p_female": 0.847,
            "count": 41230,
            "sources": 12,
            "p_female_in_country": 0.013,
            "p_female_by_spelling": None,
        }
    ],
    "origins": None,
    "form": None,
}
MODEL = {
    "name": "gender-detection",
    "version": "7",
    "data_version": "20250101T000000Z",
    "threshold": 0.8,
}


@dataclass(frozen=True)
class Content:
    """A body: its media type, its possible types (or a JSON schema), examples by name."""

    media_type: str = JSON
    types: tuple[type, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    examples: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameter:
    """A parameter in the path, with the JSON schema of its value."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Route:
    """A route.

    takes, answers  the bodies of requests and of answers
    options     the types of the query
    errors      statuses of its own errors, in addition to those that any route can have
    headers     headers of its answers
    is_open     needs no API key and does not count against a rate limit
    is_probe    is answered above capacity too
    is_service  counts for the service's objectives (prometheus/rules/recording.yml)
    """

    method: str
    path: str
    summary: str
    answers: tuple[Content, ...]
    takes: tuple[Content, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    options: tuple[type, ...] = ()
    errors: tuple[int, ...] = ()
    headers: tuple[str, ...] = ()
    group: str = "service"
    is_open: bool = False
    is_probe: bool = False
    is_service: bool = True


PREDICT = Route(
    "POST",
    "/predict",
    "predict the gender of up to 10,000 personal names",
    takes=(
        Content(
            types=(PredictRequest,),
            examples={
                "one person": ANDREA,
                "name in parts": {"given_name": "J. Olga", "family_name": "Smith", "id": 7},
                "explained": {**ANDREA, "explain": True},
                "many": {
                    "instances": ["Maria", {"name": "Andrea Rossi", "country": "IT", "id": "b"}],
                    "country": "DE",
                    "threshold": 0.9,
                    "female_share": 0.3,
                },
            },
        ),
        Content(CSV, schema=PLAIN_TABLE, examples={"a table": TABLE}),
        Content(ARROW, schema={}),
    ),
    options=(PredictOptions, TableOptions),
    answers=(
        Content(
            types=(PersonAnswer, InstancesAnswer),
            examples={
                "one person": {**ANDREA_ANSWERED, "model": MODEL},
                "explained": {**ANDREA_ANSWERED, "explanation": ANDREA_EXPLAINED, "model": MODEL},
                "many": {"predictions": [ANDREA_ANSWERED], "model": MODEL},
            },
        ),
        Content(
            CSV,
            examples={
                "a table": "name,country,year,gender,probability,p_female,basis,reason\n"
                "Andrea Rossi,IT,1990,male,0.987,0.013,country,\n"
                "Maria,,,female,0.995,0.995,name,\n"
            },
        ),
        Content(ARROW, schema={}),
    ),
    headers=(
        "X-Model-Version",
        "X-Data-Version",
        "X-Threshold",
        TABLE_COLUMNS,
        TABLE_NOTES,
        WARNINGS,
    ),
    errors=(400, 404, 413, 415, 422),
    group="people",
)

AGGREGATE = Route(
    "POST",
    "/aggregate",
    "estimate the share of women in groups of people, with a 95 % interval",
    takes=(
        Content(
            types=(AggregateRequest,),
            examples={
                "by year": {
                    "instances": [
                        {"name": "Maria Rossi", "group": {"year": 2020}},
                        {"name": "Andrea Rossi", "country": "IT", "group": {"year": 2021}},
                    ],
                    "by": ["year"],
                },
                "all together": {"instances": ["Maria Rossi", "Andrea"], "threshold": 0.9},
            },
        ),
        Content(CSV, schema=PLAIN_TABLE, examples={"a table": TABLE}),
    ),
    options=(AggregateOptions, TableOptions),
    answers=(Content(types=(AggregateAnswer,)),),
    headers=(TABLE_COLUMNS, TABLE_NOTES),
    errors=(400, 404, 413, 415, 422),
    group="people",
)

ROUTES = (
    Route(
        "GET",
        "/",
        "list the routes; for a browser, a page to try names and tables",
        answers=(Content(schema={"type": "object"}), Content(HTML)),
        is_open=True,
    ),
    Route(
        "POST",
        "/",
        "the page with the answers to the names in its form",
        takes=(Content(FORM, schema=NAMES_FORM, examples={"a name": "names=Maria&country=IT"}),),
        answers=(Content(HTML),),
        errors=(400, 413, 415, 422),
        group="people",
    ),
    PREDICT,
    AGGREGATE,
    Route(
        "GET",
        "/healthz",
        "200 while the process runs",
        answers=(Content(schema={"const": {"status": "alive"}}),),
        is_open=True,
        is_probe=True,
        is_service=False,
    ),
    Route(
        "GET",
        "/readyz",
        "200 when a model is loaded, with its versions; 503 before",
        answers=(Content(types=(Ready,), examples={"ready": {"model": MODEL, "status": "ready"}}),),
        group="model",
        is_open=True,
        is_probe=True,
        is_service=False,
    ),
    Route(
        "GET",
        "/model",
        "the model in service: its versions, parameters, metrics and card",
        answers=(Content(types=(ModelAnswer,)),),
        group="model",
    ),
    Route(
        "GET",
        "/card",
        "the card of the model in service, to read in a browser",
        answers=(Content(HTML),),
        group="model",
    ),
    Route(
        "GET",
        "/metrics",
        "Prometheus metrics of all workers",
        answers=(Content("text/plain"), Content("application/openmetrics-text")),
        is_open=True,
        is_probe=True,
        is_service=False,
    ),
    Route(
        "GET",
        "/openapi.json",
        "this interface in OpenAPI 3.1",
        answers=(Content(schema={"type": "object", "required": ["openapi", "paths"]}),),
        group="description",
        is_open=True,
        is_service=False,
    ),
    Route(
        "GET",
        "/docs",
        "this interface in a browser, to read and to try",
        answers=(Content("text/html"),),
        group="description",
        is_open=True,
        is_service=False,
    ),
    Route(
        "GET",
        "/docs/{file}",
        "the files of /docs",
        parameters=(Parameter("file", "One of these files.", {"enum": list(DOCS_FILES)}),),
        answers=tuple(Content(media_type) for media_type in sorted({*DOCS_FILES.values()})),
        errors=(404,),
        group="description",
        is_open=True,
        is_service=False,
    ),
    Route(
        "GET",
        "/page/{file}",
        "the files of the page",
        parameters=(Parameter("file", "One of these files.", {"enum": list(PAGE_FILES)}),),
        answers=(
            Content(schema={"type": "object"}),
            *(Content(media_type) for media_type in sorted({*PAGE_FILES.values()} - {JSON})),
        ),
        errors=(404,),
        group="description",
        is_open=True,
        is_service=False,
    ),
    Route(
        "GET",
        f"/{ICON}",
        "the icon of the page",
        answers=(Content(ICON_TYPE),),
        group="description",
        is_open=True,
        is_service=False,
    ),
)


def rule(route: Route) -> str:
    """Return the route's path in Flask's notation, which the metrics use too."""
    return route.path.replace("{", "<").replace("}", ">")


def listing() -> dict[str, str]:
    """Return the summary of each route by method and path, for GET /."""
    return {f"{r.method} {r.path}": r.summary for r in ROUTES if (r.method, r.path) != ("GET", "/")}
