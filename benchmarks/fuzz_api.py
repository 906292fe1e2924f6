"""Ask every route of the API for what /openapi.json allows, and for what it does not.

    python benchmarks/fuzz_api.py --cases 20000 --seed 1
    python benchmarks/fuzz_api.py --cases 20000 --seed 1 --url http://localhost:5000

All phases and all checks of schemathesis, and bodies that are damaged byte by byte. A fault is a
status of 500 or more, one that is not documented, an answer or a header that is not of its schema,
a request refused that the schema allows, one answered that it does not, and an error that is no
problem document. Ends with code 1 where there are faults. Without --url the app runs in this
process, with the model that is served (setting GENDER_DETECTION_MODEL_DIR).
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.request import urlopen

import fuzz_tables
import schemathesis
from flask import Flask
from requests.exceptions import ChunkedEncodingError
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.engine import events, from_schema
from schemathesis.schemas import BaseSchema

from gender_detection.api.app import serving_app
from gender_detection.errors import InvalidInput

# Routes that take a body are asked this many times as often as the others.
BODY_WEIGHT = 10
# One in so many cases is a damaged body.
DAMAGED = 5
PROBLEM = "application/problem+json"
OWN_HEADERS = {"cache-control": ["no-store"], "x-content-type-options": ["nosniff"]}
# A schema cannot say how many bytes a body may have.
TOO_LARGE = "413"
EXPECTED = {
    "positive_data_acceptance": ["2xx"],
    "negative_data_rejection": ["400", "404", "405", "415", "422"],
}
FAULTS_SHOWN = 20

# How an answer in the making breaks off where the rest of a table turns out to be damaged: in this
# process, and at a server.
CUT_OFF = (InvalidInput, ChunkedEncodingError)

Document = dict[str, Any]


@dataclass
class Report:
    """How many cases were asked of which route, by phase, and what went wrong.

    cut_off counts the answers that broke off, as they must, in the middle of a damaged table.
    """

    cases: Counter[tuple[str, str]] = field(default_factory=Counter)
    cut_off: int = 0
    faults: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the report: routes with their cases, then the faults."""
        for route in sorted({route for route, _ in self.cases}):
            counts = {phase: n for (asked, phase), n in self.cases.items() if asked == route}
            told = ", ".join(f"{n} {phase}" for phase, n in sorted(counts.items()))
            yield f"{route:52}{sum(counts.values()):6}: {told}"
        yield f"{self.cases.total()} cases, {self.cut_off} answers cut off"
        yield f"{len(self.faults)} faults"
        yield from self.faults[:FAULTS_SHOWN]


@schemathesis.check
def every_answer_has_what_all_have(ctx: Any, response: Any, case: Any) -> None:
    """Check the headers of all answers, and the shape of errors, whatever the route."""
    (request_id,) = response.headers["x-request-id"]
    for name, value in OWN_HEADERS.items():
        assert response.headers.get(name) == value, name
    if response.status_code >= 400 and response.request.method != "HEAD":
        assert response.headers["content-type"] == [PROBLEM]
        problem = response.json()
        assert (problem["status"], problem["request_id"]) == (response.status_code, request_id)


def fuzz(source: Flask | str, cases: int, seed: int) -> Report:
    """Ask an app, or the server at an address, so many cases or more, told by the seed."""
    fuzz_tables.register()
    document = _document(source)
    schema = _schema(source, document, cases, seed)
    report = Report()
    for event in from_schema(schema).execute():
        _take_down(event, report)
    _ask_damaged(schema, document, cases // DAMAGED, Random(seed), report)
    return report


def _schema(source: Flask | str, document: Document, cases: int, seed: int) -> BaseSchema:
    routes = {
        f"{method.upper()} {path}": "requestBody" in operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    shares = {route: BODY_WEIGHT if takes_body else 1 for route, takes_body in routes.items()}
    each = (cases - cases // DAMAGED) / sum(shares.values())
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


def _document(source: Flask | str) -> Document:
    if isinstance(source, str):
        with urlopen(f"{source}/openapi.json") as answer:
            return json.load(answer)
    return source.test_client().get("/openapi.json").json


def _take_down(event: events.EngineEvent, report: Report) -> None:
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


def _ask_damaged(
    schema: BaseSchema, document: Document, cases: int, random: Random, report: Report
) -> None:
    """Ask with bodies that are examples of the document with bytes changed, lost or doubled."""
    bodies = list(_examples(document))
    for number in range(cases):
        path, media_type, body = bodies[number % len(bodies)]
        operation = schema[path]["POST"]
        damaged = _damaged(body, random)
        case = operation.Case(headers={"Content-Type": media_type})
        route = _named(operation.label, media_type)
        report.cases[route, "damaged"] += 1
        try:
            case.call_and_validate(data=damaged)
        except CUT_OFF:
            if media_type not in fuzz_tables.TABLES:
                raise
            report.cut_off += 1
        except FailureGroup as group:
            for failure in group.exceptions:
                what = f"{failure.title}: {failure.message}"
                report.faults.append(f"{route}: {what} on {damaged!r}")


def _examples(document: Document) -> Iterator[tuple[str, str, bytes]]:
    for path, item in document["paths"].items():
        content = item.get("post", {}).get("requestBody", {}).get("content", {})
        for media_type, described in content.items():
            for example in described.get("examples", {}).values():
                yield path, media_type, _encoded(example["value"])
            if media_type == fuzz_tables.ARROW:
                yield path, media_type, fuzz_tables.arrow_example()


def _encoded(value: object) -> bytes:
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


def _damaged(body: bytes, random: Random) -> bytes:
    text = bytearray(body)
    for _ in range(random.randint(1, 4)):
        start = random.randrange(len(text) + 1)
        end = start + random.choice((0, 1, 1, 2, 8, 100))
        piece = bytes(text[start:end])
        text[start:end] = random.choice(
            (b"", piece * 2, bytes(random.randrange(256) for _ in range(random.randint(1, 4))))
        )
    return bytes(text)


def main(argv: list[str] | None = None) -> int:
    """Return the exit code: 1 where there are faults."""
    parser = argparse.ArgumentParser(description="Fuzz the API by its own description.")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", help="a server that runs, in place of the app in this process")
    arguments = parser.parse_args(argv)
    report = fuzz(arguments.url or serving_app(), arguments.cases, arguments.seed)
    print("\n".join(report.lines()))
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
