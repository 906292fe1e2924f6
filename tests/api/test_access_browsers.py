"""CORS headers for browsers, none unless configured, and security headers of all answers."""

import dataclasses
import re
from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from gender_detection.api.app import create_app
from gender_detection.api.http.problems import standalone_problem

PAGE = "https://names.example"
PREFLIGHT = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}
SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@pytest.fixture
def shared(settings, model):
    """Make a client of an app with these settings, which pages of PAGE may call."""

    def shared(cors_origins: str = PAGE, **more) -> FlaskClient:
        changed = dataclasses.replace(settings, cors_origins=cors_origins, **more)
        return create_app(changed, model, CollectorRegistry()).test_client()

    return shared


def cors_of(response) -> dict[str, str]:
    return {k: v for k, v in response.headers.items() if k.startswith("Access-Control-")}


def ask(client: FlaskClient, origin: str | None = PAGE, **more):
    headers = {} if origin is None else {"Origin": origin}
    return client.post("/predict", json={"name": "Maria"}, headers=headers, **more)


def test_without_the_setting_no_answer_has_cors_headers(client: FlaskClient):
    preflight = client.options("/predict", headers=PREFLIGHT)

    assert preflight.status_code == 200
    assert sorted(preflight.headers["Allow"].split(", ")) == ["OPTIONS", "POST"]
    for response in (preflight, ask(client), client.get("/nope", headers={"Origin": PAGE})):
        assert not cors_of(response)
        assert "Vary" not in response.headers


def test_preflight_of_an_allowed_page_lists_what_the_api_accepts(shared):
    # Without a key, as browsers send none.
    response = shared(api_keys="keys.json").options("/predict", headers=PREFLIGHT)

    assert response.status_code == 200
    assert cors_of(response) == {
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Methods": "GET, HEAD, POST",
        "Access-Control-Allow-Headers": "authorization, content-type",
        "Access-Control-Max-Age": "3600",
        "Access-Control-Expose-Headers": (
            "Retry-After, WWW-Authenticate, X-Data-Version, X-Model-Version, X-Request-ID, "
            "X-Table-Columns, X-Table-Notes, X-Threshold, X-Warnings"
        ),
    }


def test_preflight_for_another_method_or_header_is_not_allowed(shared):
    client = shared()

    other_method = {**PREFLIGHT, "Access-Control-Request-Method": "DELETE"}
    assert "Access-Control-Allow-Methods" not in client.options(
        "/predict", headers=other_method
    ).headers  # fmt: skip
    other_header = {**PREFLIGHT, "Access-Control-Request-Headers": "cookie"}
    assert "Access-Control-Allow-Headers" not in client.options(
        "/predict", headers=other_header
    ).headers  # fmt: skip


def test_allowed_page_can_read_answers_and_refusals(shared):
    client = shared(api_keys="keys.json", rate_limit="1/year")
    refused, limited = ask(client), ask(client)
    missing = client.get("/docs/nope", headers={"Origin": PAGE})

    assert [r.status_code for r in (refused, limited, missing)] == [401, 429, 404]
    for response in (ask(shared()), refused, limited, missing):
        assert response.headers.getlist("Access-Control-Allow-Origin") == [PAGE]
        assert "Retry-After" in response.headers["Access-Control-Expose-Headers"]
        assert response.headers.getlist("Vary") == ["Origin"]


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://names.example",
        "https://names.example:8443",
        "https://names.example.evil.example",
        "https://evil.example/https://names.example",
        "https://namesXexample",
        "https://names.example\u00a0",
    ],
)
def test_other_pages_get_no_cors_headers_and_answers_vary_by_origin(shared, origin: str | None):
    response = ask(shared(), origin)

    assert response.status_code == 200
    assert not cors_of(response)
    assert response.headers.getlist("Vary") == ["Origin"]


@pytest.mark.parametrize(
    ("setting", "origin"),
    [
        (f"{PAGE}, http://localhost:3000", "http://localhost:3000"),
        ("https://Names.Example:443", PAGE),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("capacitor://localhost", "capacitor://localhost"),
    ],
)
def test_origins_have_the_form_that_browsers_send(shared, setting: str, origin: str):
    response = ask(shared(setting), origin)
    assert response.headers["Access-Control-Allow-Origin"] == origin


def test_brackets_of_an_ipv6_origin_are_not_a_regular_expression(shared):
    assert not cors_of(ask(shared("http://[::1]:3000"), "http://1:3000"))


def test_star_allows_every_page_but_never_cookies(shared):
    client = shared("*")

    for response in (ask(client), ask(client, "https://another.example"), ask(client, None)):
        # The same to all, so that there is nothing for a cache to know.
        assert response.headers.getlist("Access-Control-Allow-Origin") == ["*"]
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert "Vary" not in response.headers


def test_every_answer_has_each_security_header_once(app: Flask):
    client = app.test_client()
    answers = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "start.js", rule.rule)
        answers += [client.open(path, method=method) for method in (*(rule.methods or ()), "PUT")]
    answers += [client.get("/nope"), client.post("/predict", data="{")]

    assert {answer.status_code for answer in answers} >= {200, 404, 405, 415}
    for answer in answers:
        counted = Counter(name for name, _ in answer.headers)
        for name, value in SAFE.items():
            assert counted[name] == 1, (answer.request.path, name)
            if not (
                name == "Content-Security-Policy" and answer.request.path in ("/docs", "/card")
            ):
                assert answer.headers[name] == value


def test_docs_page_keeps_its_own_content_security_policy(client: FlaskClient):
    assert "script-src 'self'" in client.get("/docs").headers["Content-Security-Policy"]


def test_answers_of_the_server_itself_have_the_security_headers():
    headers, _ = standalone_problem(503, "busy", "some-id")

    assert set(SAFE.items()) <= set(headers)
    assert len(dict(headers)) == len(headers)


def test_no_answer_names_the_server_software(app: Flask):
    for path in ("/", "/nope", "/predict", "/docs"):
        answer = app.test_client().get(path)
        assert not {"Server", "X-Powered-By", "Via"} & set(answer.headers.keys())
        assert not re.search(r"(?i)werkzeug|flask|uvicorn|python", str(answer.headers))
