"""Refusals that no fuzzer brings about: described, each with its status, headers and body."""

import dataclasses
import json
from typing import cast

import pytest
import schemathesis
from flask import Flask
from prometheus_client import CollectorRegistry
from schemathesis.checks import not_a_server_error

from gender_detection import api_keys
from gender_detection.api.app import create_app
from gender_detection.model import Model

JSON = {"Content-Type": "application/json"}
PERSON = json.dumps({"name": "Maria"})
PROTECTED = [("GET", "/model"), ("POST", "/predict"), ("POST", "/aggregate")]


def assert_described(app: Flask, method: str, path: str, status: int, **sent) -> None:
    operation = schemathesis.openapi.from_wsgi("/openapi.json", app)[path][method]
    case = operation.Case(headers=sent.pop("headers", {}))
    response = case.call(**sent)

    assert response.status_code == status
    assert str(status) in operation.definition.raw["responses"]
    case.validate_response(response, excluded_checks=[not_a_server_error])


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_missing_key_is_described(settings, model, tmp_path, method, path):
    keys = tmp_path / "keys.json"
    keys.write_bytes(api_keys.encode([]))
    guarded = dataclasses.replace(settings, api_keys=str(keys))

    app = create_app(guarded, model, CollectorRegistry())
    assert_described(app, method, path, 401)


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_rate_limited_request_is_described(settings, model, method, path):
    limited = dataclasses.replace(settings, rate_limit="1/year")

    app = create_app(limited, model, CollectorRegistry())
    schemathesis.openapi.from_wsgi("/openapi.json", app)["/model"]["GET"].Case().call()
    assert_described(app, method, path, 429)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/readyz", None),
        ("GET", "/model", None),
        ("POST", "/predict", PERSON),
        ("POST", "/aggregate", json.dumps({"instances": ["Maria"]})),
    ],
)
def test_missing_model_is_described(settings, method, path, body):
    app = create_app(settings, registry=CollectorRegistry())

    headers, data = (JSON, {"data": body}) if body else ({}, {})
    assert_described(app, method, path, 503, headers=headers, **data)


@pytest.mark.parametrize("path", ["/predict", "/aggregate"])
@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (400, JSON, "{"),
        (413, JSON, " " * (2 * 1024 * 1024 + 1)),
        (413, {"Content-Type": "text/csv"}, "name\n" + "x\n" * 2000),
        (415, {"Content-Type": "text/plain"}, PERSON),
        (415, {**JSON, "Content-Encoding": "gzip"}, PERSON),
        (422, JSON, "[]"),
    ],
)
def test_refused_body_is_described(settings, model, path, status, headers, body):
    small = dataclasses.replace(settings, max_table_bytes=2048)

    app = create_app(small, model, CollectorRegistry())
    assert_described(app, "POST", path, status, headers=headers, data=body)


def test_missing_file_is_described(app):
    operation = schemathesis.openapi.from_wsgi("/openapi.json", app)["/docs/{file}"]["GET"]
    case = operation.Case(path_parameters={"file": "x"})

    assert case.call_and_validate().status_code == 404


def test_unexpected_error_is_described(settings):
    class FailingModel:
        name, version, data_version, threshold = "failing", "1", "1", 0.8

        def predict(self, people, **_):
            raise KeyError("x")

    app = create_app(settings, cast(Model, FailingModel()), CollectorRegistry())
    assert_described(app, "POST", "/predict", 500, headers=JSON, data=PERSON)
