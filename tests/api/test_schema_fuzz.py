"""What /openapi.json says holds on every route: requests that it allows, and others.

To send many random requests to an app with the current model (GENDER_DETECTION_MODEL_DIR):

    .venv/bin/python -m pytest --hypothesis-profile=fuzz tests/api/test_schema_fuzz.py

The report of a failure has the seed; --hypothesis-seed=SEED sends the same requests again.
"""

import json
from random import Random
from typing import cast

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.config import Settings
from gender_detection.errors import InvalidInput
from gender_detection.model import Model
from tests.api.schema_fuzzer import document_of, example_bodies, fuzz, schema_of
from tests.api.table_strategies import ARROW, CSV

CASES = 4 * hypothesis_settings().max_examples
SERVER_CASES = CASES // 10
FEW = 60


@pytest.fixture(scope="module")
def seed(request: pytest.FixtureRequest) -> int:
    """1, under the profile fuzz a random number or that of --hypothesis-seed."""
    if hypothesis_settings().derandomize:
        return 1
    return int(request.config.getoption("hypothesis_seed") or Random().randrange(2**32))


@pytest.fixture
def real_app(settings, tiny_model) -> Flask:
    return create_app(settings, tiny_model, CollectorRegistry())


@pytest.fixture(scope="module")
def fuzzed_app(fuzzed_model, tmp_path_factory) -> Flask:
    settings = Settings(model_dir=str(tmp_path_factory.mktemp("model")))
    return create_app(settings, fuzzed_model, CollectorRegistry())


def test_every_route_conforms_to_its_description(fuzzed_app, seed):
    report = fuzz(fuzzed_app, CASES, seed)

    assert not report.faults, "\n".join([f"seed {seed}", *report.lines()])
    document = document_of(fuzzed_app)
    assert {route.split(" ")[1] for route, _ in report.cases} == set(document["paths"])
    for media_type in document["paths"]["/predict"]["post"]["requestBody"]["content"]:
        assert report.cases[f"POST /predict {media_type}", "fuzzing"] >= 5
    assert report.cases.total() >= CASES


def test_every_route_of_a_server_conforms_to_its_description(served_api, seed):
    report = fuzz(f"http://127.0.0.1:{served_api.port}", SERVER_CASES, seed)

    assert not report.faults, "\n".join([f"seed {seed}", *report.lines()])
    assert report.cases.total() >= SERVER_CASES


# What happens to a body: where, to how many bytes, and what they become (None: they are doubled).
DAMAGES = st.lists(
    st.tuples(
        st.integers(0, 2000), st.sampled_from([0, 1, 2, 8, 100]), st.none() | st.binary(max_size=4)
    ),
    min_size=1,
    max_size=4,
)


def damaged(body: bytes, damages: list[tuple[int, int, bytes | None]]) -> bytes:
    for at, size, replacement in damages:
        start = at % (len(body) + 1)
        piece = body[start : start + size]
        body = (
            body[:start]
            + (piece * 2 if replacement is None else replacement)
            + body[start + size :]
        )
    return body


@pytest.fixture(scope="module")
def fuzzed_schema(fuzzed_app, seed):
    return schema_of(fuzzed_app, FEW, seed)


@pytest.fixture(scope="module")
def bodies(fuzzed_app) -> list[tuple[str, str, bytes]]:
    return list(example_bodies(document_of(fuzzed_app)))


@given(number=st.integers(0, 1000), damages=DAMAGES)
def test_damaged_body_is_answered_or_refused_as_described(fuzzed_schema, bodies, number, damages):
    path, media_type, body = bodies[number % len(bodies)]
    case = fuzzed_schema[path]["POST"].Case(headers={"Content-Type": media_type})
    try:
        case.call_and_validate(data=damaged(body, damages))
    except InvalidInput:
        # The answer to a table breaks off if a later block of it is damaged.
        assert media_type in (CSV, ARROW)


def described(app: Flask) -> dict:
    return dict(app.test_client().get("/openapi.json").get_json())


def describing(app: Flask, document: dict) -> Flask:
    """Return the app with another description of itself."""
    app.view_functions["docs.show_openapi"] = lambda: (
        json.dumps(document), {"Content-Type": "application/json"}
    )  # fmt: skip
    return app


def test_fuzzer_finds_a_failure(settings):
    class FailingModel:
        name, version, data_version, threshold = "failing", "1", "1", 0.8

        def predict(self, people, **_):
            raise KeyError("x")

    report = fuzz(
        create_app(settings, cast(Model, FailingModel()), CollectorRegistry()), FEW, seed=1
    )

    assert any(
        "POST /predict application/json: not_a_server_error" in fault for fault in report.faults
    )


def test_fuzzer_finds_a_refusal_that_is_not_described(real_app):
    document = described(real_app)
    del document["components"]["schemas"]["OnePerson"]["anyOf"]
    report = fuzz(describing(real_app, document), FEW, seed=1)

    assert any(
        "POST /predict application/json: positive_data_acceptance" in fault
        for fault in report.faults
    )


def test_fuzzer_finds_an_answer_that_should_be_a_refusal(real_app):
    document = described(real_app)
    document["components"]["schemas"]["OnePerson"]["properties"]["name"] = {
        "type": "string", "maxLength": 5,
    }  # fmt: skip
    report = fuzz(describing(real_app, document), FEW, seed=1)

    assert any(
        "POST /predict application/json: negative_data_rejection" in fault
        for fault in report.faults
    )


def test_fuzzer_finds_a_status_that_is_not_described(real_app):
    document = described(real_app)
    del document["paths"]["/predict"]["post"]["responses"]["422"]
    report = fuzz(describing(real_app, document), FEW, seed=1)

    assert "Undocumented status code" in "\n".join(report.faults)


def test_fuzzer_finds_an_answer_and_a_header_of_the_wrong_type(real_app):
    document = described(real_app)
    document["components"]["schemas"]["ModelInfo"]["properties"]["version"] = {"type": "integer"}
    document["components"]["headers"]["X-Request-ID"]["schema"]["pattern"] = "^x{3}$"
    report = fuzz(describing(real_app, document), FEW, seed=1)

    found = "\n".join(report.faults)
    assert "GET /readyz: response_schema_conformance" in found
    assert "GET /healthz: response_headers_conformance" in found


def test_fuzzer_finds_an_answer_without_a_common_header(real_app):
    answer = real_app.wsgi_app

    def strip(environ, start_response):
        def start(status, headers, *more):
            kept = [header for header in headers if header[0] != "X-Content-Type-Options"]
            return start_response(status, kept, *more)

        return answer(environ, start)

    real_app.wsgi_app = strip
    report = fuzz(real_app, FEW, seed=1)

    assert any("every_answer_has_what_all_have" in fault for fault in report.faults)
