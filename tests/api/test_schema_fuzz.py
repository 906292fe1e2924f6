"""What /openapi.json says holds on every route: a shorter run of benchmarks/fuzz_api.py."""

import json
import sys
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
CASES = 1000
FEW = 60


@pytest.fixture(scope="module")
def fuzz_api():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import fuzz_api

        yield fuzz_api
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.fixture
def real_app(settings, tiny_model) -> Flask:
    return create_app(settings, tiny_model, CollectorRegistry())


def test_every_route_keeps_to_its_description(fuzz_api, real_app):
    report = fuzz_api.fuzz(real_app, CASES, seed=1)

    assert not report.faults, "\n".join(report.lines())
    document = real_app.test_client().get("/openapi.json").json
    assert {route.split(" ")[1] for route, _ in report.cases} == set(document["paths"])
    for media_type in document["paths"]["/predict"]["post"]["requestBody"]["content"]:
        assert report.cases[f"POST /predict {media_type}", "fuzzing"] >= 20
    assert report.cases.total() >= CASES


def described(app: Flask) -> dict:
    return app.test_client().get("/openapi.json").json


def describing(app: Flask, document: dict) -> Flask:
    """Return the app with another description of itself."""
    app.view_functions["docs.show_openapi"] = lambda: (
        json.dumps(document), {"Content-Type": "application/json"}
    )  # fmt: skip
    return app


def test_fuzzer_finds_what_fails(fuzz_api, settings):
    class FailingModel:
        name, version, data_version, threshold = "failing", "1", "1", 0.8

        def predict(self, people, **_):
            raise KeyError("x")

    report = fuzz_api.fuzz(create_app(settings, FailingModel(), CollectorRegistry()), FEW, seed=1)

    assert any(
        "POST /predict application/json: not_a_server_error" in fault for fault in report.faults
    )


def test_fuzzer_finds_a_refusal_that_is_not_described(fuzz_api, real_app):
    document = described(real_app)
    del document["components"]["schemas"]["OnePerson"]["anyOf"]
    report = fuzz_api.fuzz(describing(real_app, document), FEW, seed=1)

    assert any(
        "POST /predict application/json: positive_data_acceptance" in fault
        for fault in report.faults
    )


def test_fuzzer_finds_an_answer_that_should_be_a_refusal(fuzz_api, real_app):
    document = described(real_app)
    document["components"]["schemas"]["OnePerson"]["properties"]["name"] = {
        "type": "string", "maxLength": 5,
    }  # fmt: skip
    report = fuzz_api.fuzz(describing(real_app, document), FEW, seed=1)

    assert any(
        "POST /predict application/json: negative_data_rejection" in fault
        for fault in report.faults
    )


def test_fuzzer_finds_a_status_an_answer_and_a_header_of_another_kind(fuzz_api, real_app):
    document = described(real_app)
    del document["paths"]["/predict"]["post"]["responses"]["422"]
    document["components"]["schemas"]["ModelInfo"]["properties"]["version"] = {"type": "integer"}
    document["components"]["headers"]["X-Request-ID"]["schema"]["pattern"] = "^x{3}$"
    report = fuzz_api.fuzz(describing(real_app, document), FEW, seed=1)

    found = "\n".join(report.faults)
    assert "Undocumented status code" in found
    assert "GET /readyz: response_schema_conformance" in found
    assert "GET /healthz: response_headers_conformance" in found


def test_fuzzer_finds_an_answer_without_what_all_have(fuzz_api, real_app):
    answer = real_app.wsgi_app

    def strip(environ, start_response):
        def start(status, headers, *more):
            kept = [header for header in headers if header[0] != "X-Content-Type-Options"]
            return start_response(status, kept, *more)

        return answer(environ, start)

    real_app.wsgi_app = strip
    report = fuzz_api.fuzz(real_app, FEW, seed=1)

    assert any("every_answer_has_what_all_have" in fault for fault in report.faults)
