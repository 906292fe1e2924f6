"""Send every route of the API requests that /openapi.json allows, and others that it does not.

All phases and checks of schemathesis run. A fault is a status of 500 or more, a status that is not
documented, an answer or a header that does not match its schema, a refused request that the schema
allows, an answered request that it does not allow, and an error that is not a problem document.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.request import urlopen

import msgspec
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import events, from_schema
from schemathesis.schemas import BaseSchema

from gender_detection.api.http.schemas import TableOptions
from tests.api.table_strategies import ARROW, CSV, arrow_example, arrow_tables, csv_tables

# Routes that take a body get this many times as many requests as the others.
BODY_WEIGHT = 10
PROBLEM = "application/problem+json"
OWN_HEADERS = {"cache-control": ["no-store"], "x-content-type-options": ["nosniff"]}
# A schema cannot say how many bytes a body may have.
TOO_LARGE = "413"
EXPECTED = {
    "positive_data_acceptance": ["2xx"],
    "negative_data_rejection": ["400", "404", "405", "415", "422"],
}
FAULTS_SHOWN = 20
# Options of a table whose values depend on it, and which other bodies do not have.
TABLE_OPTIONS = {*TableOptions.__struct_fields__}

Document = dict[str, Any]


@dataclass
class Report:
    """The number of requests by route and phase, and the faults found."""

    cases: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the report: routes with their cases, then the faults."""
        for route in sorted({route for route, _ in self.cases}):
            counts = {phase: n for (name, phase), n in self.cases.items() if name == route}
            shown = ", ".join(f"{n} {phase}" for phase, n in sorted(counts.items()))
            yield f"{route:52}{sum(counts.values()):6}: {shown}"
        yield f"{self.cases.total()} cases"
        yield f"{len(self.faults)} faults"
        yield from self.faults[:FAULTS_SHOWN]


@schemathesis.check
def every_answer_has_what_all_have(ctx: Any, response: Any, case: Any) -> None:
    """Check the headers that all answers have, and that errors are problem documents."""
    (request_id,) = response.headers["x-request-id"]
    for name, value in OWN_HEADERS.items():
        assert response.headers.get(name) == value, name
    if response.status_code >= 400 and response.request.method != "HEAD":
        assert response.headers["content-type"] == [PROBLEM]
        problem = response.json()
        assert (problem["status"], problem["request_id"]) == (response.status_code, request_id)


def fuzz(source: Flask | str, cases: int, seed: int) -> Report:
    """Send an app, or the server at an address, at least this many requests; return the report."""
    report = Report()
    for event in from_schema(schema_of(source, cases, seed)).execute():
        _add_event(event, report)
    return report


def document_of(source: Flask | str) -> Document:
    """Return /openapi.json of an app, or of the server at an address."""
    if isinstance(source, str):
        with urlopen(f"{source}/openapi.json") as answer:
            body = answer.read()
    else:
        body = source.test_client().get("/openapi.json").data
    return msgspec.json.decode(body, type=Document)


def schema_of(source: Flask | str, cases: int, seed: int) -> BaseSchema:
    """Return the schema of an app or a server, configured for this many requests."""
    schemathesis.openapi.media_type(CSV, csv_tables().map(lambda table: table.body))
    schemathesis.openapi.media_type(ARROW, arrow_tables().map(lambda table: table.body))
    document = document_of(source)
    routes = {
        f"{method.upper()} {path}": "requestBody" in operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    shares = {route: BODY_WEIGHT if takes_body else 1 for route, takes_body in routes.items()}
    each = cases / sum(shares.values())
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "cache": {"enabled": False},
            "generation": {"database": "none"},
            "checks": {
                name: {"expected-statuses": [*statuses, TOO_LARGE]}
                for name, statuses in EXPECTED.items()
            },
            "phases": {"coverage": {"generate-duplicate-query-parameters": True}},
            "operations": [
                {
                    "include-name": route,
                    "generation": {"max-examples": max(1, round(each * share))},
                }
                for route, share in shares.items()
            ],
        }
    )
    if isinstance(source, str):
        return schemathesis.openapi.from_url(f"{source}/openapi.json", config=config)
    return schemathesis.openapi.from_wsgi("/openapi.json", source, config=config)


def _add_event(event: events.EngineEvent, report: Report) -> None:
    match event:
        case events.ScenarioFinished(recorder=recorder, phase=phase):
            for case_id, node in recorder.cases.items():
                route = _named(node.value.operation.label, node.value.media_type)
                report.cases[route, phase.name.lower()] += 1
                for check in recorder.checks.get(case_id, []):
                    if found := check.failure_info:
                        failure = found.failure
                        report.faults.append(
                            f"{route}: {check.name}: {failure.title}: {failure.message}\n"
                            f"    {found.code_sample}"
                        )
        case events.NonFatalError(label=label, value=error):
            report.faults.append(f"{label}: {error}")
        case events.FatalError(exception=error):
            raise error


def _named(label: str, media_type: str | None) -> str:
    return f"{label} {media_type}" if media_type else label


def example_bodies(document: Document) -> Iterator[tuple[str, str, bytes]]:
    """Yield path, media type and body of the examples in a document, and of an Arrow stream."""
    for path, item in document["paths"].items():
        content = item.get("post", {}).get("requestBody", {}).get("content", {})
        for media_type, described in content.items():
            for example in described.get("examples", {}).values():
                yield path, media_type, _encoded(example["value"])
            if media_type == ARROW:
                yield path, media_type, arrow_example()


def _encoded(value: object) -> bytes:
    return value.encode() if isinstance(value, str) else msgspec.json.encode(value)


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: Document) -> None:
    """Put tables first, so that query parameters are tried with them; make their examples bytes."""
    for item in raw_schema["paths"].values():
        for operation in item.values():
            if "requestBody" not in operation:
                continue
            content = operation["requestBody"]["content"]
            tables = {name: content.pop(name) for name in (CSV, ARROW) if name in content}
            for table in tables.values():
                for example in table.get("examples", {}).values():
                    example["value"] = example["value"].encode()
            operation["requestBody"]["content"] = {**tables, **content}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Document) -> None:
    """Name columns of the table and a delimiter that it has, which a schema cannot require."""
    if case.query and case.meta and not case.meta.is_negative_at(ParameterLocation.QUERY):
        for name in TABLE_OPTIONS & case.query.keys():
            del case.query[name]
    if case.media_type == CSV and case.query and "by" in case.query and not _is_negative(case):
        columns = next(csv.reader(io.StringIO(case.body.decode("utf-8-sig"))))
        case.query["by"] = ",".join(name for name in columns if not set(name) & set(',"'))


def _is_negative(case: Any) -> bool:
    return case.meta is None or case.meta.generation.mode.is_negative
