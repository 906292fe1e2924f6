"""The routes around /predict, and what every answer has in common."""

import logging
from typing import cast

import pytest
from flask.testing import FlaskClient

from gender_detection.api.app import MODELS, create_app, serving_app
from gender_detection.errors import ConfigError
from gender_detection.model import Model

ROUTES = [
    "/", "/healthz", "/readyz", "/model", "/card", "/metrics", "/openapi.json", "/docs", "/predict",
    "/page/page.js", "/favicon.ico",
]  # fmt: skip
VERSIONS = {"name": "stand-in", "version": "7", "data_version": "2025-01", "threshold": 0.8}
NO_SUCH_ROUTE = "no such route: GET / lists the routes"


def test_healthz_reports_that_the_process_is_alive(client_without_model):
    response = client_without_model.get("/healthz")

    assert (response.status_code, response.json) == (200, {"status": "alive"})


def test_readyz_reports_the_versions_of_the_model(client):
    response = client.get("/readyz")

    assert (response.status_code, response.json) == (200, {"model": VERSIONS, "status": "ready"})


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/readyz"), ("GET", "/model"), ("POST", "/predict")]
)
def test_without_a_model_the_remedy_is_reported(client_without_model, settings, method, path):
    response = client_without_model.open(
        path, method=method, json={"name": "John"}, headers={"X-Request-ID": "r-1"}
    )

    assert response.content_type == "application/problem+json"
    assert response.status_code == 503
    assert response.json == {
        "type": "urn:problem-type:gender-detection:no-model",
        "title": "No model is loaded",
        "status": 503,
        "detail": f"no model is loaded from {settings.model_dir}: run 'make run' first",
        "request_id": "r-1",
    }


def served(settings) -> FlaskClient:
    """Return a client of the app as a server makes it, but that it looks for models once only."""
    app = serving_app(settings)
    app.extensions[MODELS].stop()
    return app.test_client()


def test_app_without_a_published_model_starts_and_reports_it(settings):
    response = served(settings).get("/readyz")

    assert response.status_code == 503
    assert settings.model_dir in response.get_json()["detail"]


def test_damaged_artifact_is_refused_and_the_app_starts(settings, tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "current.json").write_text("{")
    response = served(settings).get("/readyz")

    assert response.status_code == 503
    assert "current.json" in response.get_json()["detail"]


def test_settings_come_from_the_environment_by_default(monkeypatch):
    monkeypatch.setenv("GENDER_DETECTION_PORT", "none")

    with pytest.raises(ConfigError, match="GENDER_DETECTION_PORT=none"):
        serving_app()


def test_index_lists_exactly_the_existing_routes(app, client):
    listed = set(client.get("/").get_json()["routes"])
    there = {
        f"{method} {rule.rule.replace('<', '{').replace('>', '}')}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert listed | {"GET /"} == there


@pytest.mark.parametrize("path", ["/nope", "/predict/", "/x//predict", "/static/x"])
def test_unknown_route_is_a_404(client, path):
    response = client.open(path, method="POST", headers={"X-Request-ID": "r-1"})

    assert response.content_type == "application/problem+json"
    assert response.status_code == 404
    assert response.json == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": NO_SUCH_ROUTE,
        "request_id": "r-1",
    }


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/predict", "GET", {"POST", "OPTIONS"}),
        ("/predict", "BREW", {"POST", "OPTIONS"}),
        ("/", "PUT", {"GET", "HEAD", "POST", "OPTIONS"}),
        *[(p, "POST", {"GET", "HEAD", "OPTIONS"}) for p in ROUTES if p not in ("/", "/predict")],
    ],
)
def test_wrong_method_is_a_405_that_keeps_allow(client, path, method, allowed):
    response = client.open(path, method=method, headers={"X-Request-ID": "r-1"})

    allow = response.headers["Allow"]
    assert set(allow.split(", ")) == allowed
    assert response.content_type == "application/problem+json"
    assert response.status_code == 405
    assert response.json == {
        "type": "about:blank",
        "title": "Method Not Allowed",
        "status": 405,
        "detail": f"this route does not support that method: use {allow}",
        "request_id": "r-1",
    }


@pytest.mark.parametrize("path", [*ROUTES, "/nope"])
def test_every_answer_has_no_store_nosniff_and_a_request_id(client, path):
    first, second = client.get(path), client.get(path)

    for response in (first, second):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Server" not in response.headers
    assert len(first.headers["X-Request-ID"]) == 32
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]


@pytest.mark.parametrize("sane", ["a", "0b8c-44:x.y_z", "A" * 128])
def test_valid_request_id_of_the_caller_is_kept(client, sane):
    response = client.get("/nope", headers={"X-Request-ID": sane})

    assert response.headers["X-Request-ID"] == response.get_json()["request_id"] == sane


@pytest.mark.parametrize("odd", ["", " ", "A" * 129, "a b", "é", "{}", "-x", "a;b"])
def test_invalid_request_id_of_the_caller_is_replaced(client, odd):
    response = client.get("/nope", headers={"X-Request-ID": odd})

    assert response.headers["X-Request-ID"] == response.get_json()["request_id"] != odd
    assert len(response.get_json()["request_id"]) == 32


class FailingModel:
    name, version, data_version, threshold = "failing", "1", "1", 0.8

    def predict(self, people, **_):
        raise KeyError(people[0].name)


def test_unexpected_error_is_a_500_without_traceback_and_no_name_is_logged(settings, caplog):
    client = create_app(settings, cast(Model, FailingModel())).test_client()
    with caplog.at_level(logging.DEBUG):
        response = client.post(
            "/predict", json={"name": "Wolfgang"}, headers={"X-Request-ID": "r-1"}
        )

    assert response.content_type == "application/problem+json"
    assert response.status_code == 500
    assert response.json == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "internal error: look up the request id in the server's log for the cause",
        "request_id": "r-1",
    }
    assert "KeyError request_id=r-1" in caplog.text
    assert "test_app.py" in caplog.text
    assert "Wolfgang" not in caplog.text
    assert all(record.exc_info is None for record in caplog.records)


def test_no_name_is_logged(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post("/predict", json={"name": "Wolfgang"})
        client.post("/predict", json={"name": "Wolfgang", "nmae": "Wolfgang"})
        client.get("/predict?name=Wolfgang")

    assert "Wolfgang" not in caplog.text
