"""Refusals as people see them: a page for who prefers HTML, a problem document for programs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from gender_detection import api_keys
from gender_detection.api.app import create_app
from gender_detection.api.http.accepting import prefers_html
from gender_detection.api.http.problems import standalone_problem
from gender_detection.api.page import rendering
from gender_detection.model import store
from tests.api.parsed_page import BROWSER, FORM, Parsed
from tests.api.server_process import ServedApi

TITLES, REMEDIES = rendering.TEXTS["refusal"]["titles"], rendering.TEXTS["refusal"]["remedies"]
FORM_SENT = {"Content-Type": FORM}
PROBLEM = "application/problem+json"


@pytest.fixture
def guarded(settings, model, tmp_path) -> FlaskClient:
    """A client of a server that requires a key, and has given none."""
    keys = str(tmp_path / "keys.json")
    return create_app(replace(settings, api_keys=keys), model, CollectorRegistry()).test_client()


@pytest.fixture
def limited(settings, model) -> FlaskClient:
    """A client whose limit is used up."""
    app = create_app(replace(settings, rate_limit="1/year"), model, CollectorRegistry())
    client = app.test_client()
    client.get("/model")
    return client


@pytest.mark.parametrize(
    ("of", "method", "path", "sent", "status"),
    [
        ("guarded", "POST", "/", {"data": {"names": "Maria"}}, 401),
        ("guarded", "GET", "/card", {}, 401),
        ("limited", "POST", "/", {"data": {"names": "Maria"}}, 429),
        ("client", "POST", "/", {"data": "names=%ff", "headers": FORM_SENT}, 400),
        ("client", "POST", "/", {"json": {"names": "Maria"}}, 415),
        ("client", "POST", "/", {"data": {"names": "x" * 2_200_000}}, 413),
        ("client", "GET", "/nope", {}, 404),
        ("client", "GET", "/predict?name=x", {}, 405),
        ("client_without_model", "GET", "/card", {}, 503),
    ],
)
def test_people_get_a_page_and_programs_the_same_as_before(request, of, method, path, sent, status):
    client = request.getfixturevalue(of)
    more = sent.pop("headers", {})
    page = client.open(path, method=method, headers={**BROWSER, **more}, **sent)
    plain = client.open(path, method=method, headers=more, **sent)

    assert (page.status_code, page.mimetype) == (status, "text/html")
    assert (plain.status_code, plain.mimetype) == (status, PROBLEM)
    shown = Parsed(page.text)
    for said in (
        TITLES.get(str(status), rendering.TEXTS["refusal"]["title"]),
        REMEDIES.get(str(status), rendering.TEXTS["refusal"]["remedy"]),
        plain.json["detail"],
        page.headers["X-Request-ID"],
    ):
        assert said in shown.text
    for header in ("Allow", "WWW-Authenticate", "Cache-Control", "X-Content-Type-Options"):
        assert page.headers.get(header) == plain.headers.get(header)
    assert page.headers.getlist("Content-Security-Policy") == [rendering.POLICY]
    assert page.headers.getlist("Content-Type") == ["text/html; charset=utf-8"]


@pytest.mark.parametrize("path", ["/nope", "/docs/nope", "/a/b/nope/", "/%3Cb%3E/x"])
def test_page_leads_back_from_any_depth(client, path):
    shown = Parsed(client.get(path, headers=BROWSER).text)
    addresses = [
        value for _, found in shown.tags for name, value in found.items() if name == "href"
    ]
    base = "../" * (path.count("/") - 1)

    assert addresses == [f"{base}page/page.css", f"{base}page/icon.svg", f"{base}./"]


def test_page_does_not_grow_with_the_path(client):
    deep, deeper = (client.get("/a" * n, headers=BROWSER).text for n in (20, 2000))

    assert len(deeper) == len(deep)


def test_page_shows_nothing_of_the_request(client):
    shown = client.get("/predict?name=Maria", headers={**BROWSER, "X-Request-ID": "<b>"}).text

    assert "Maria" not in shown
    assert "<b>" not in shown


@pytest.mark.parametrize(
    ("accept", "is_html"),
    [
        ("", False),
        ("*/*", False),
        ("text/html, application/problem+json", False),
        ("application/json, text/html;q=0.9", False),
        ("text/csv", False),
        (BROWSER["Accept"], True),
        ("text/*", True),
        ("text/html;q=0.5, */*;q=0.1", True),
        ("text/html," + "text/x," * 1000, False),
        ("text/html;q=\0", True),
        (";;,,text/", False),
    ],
)
def test_who_prefers_html(accept, is_html):
    assert prefers_html(accept) is is_html


def test_server_answers_people_too():
    headers, body = standalone_problem(
        503, "busy", "some-id", {"HTTP_ACCEPT": BROWSER["Accept"], "PATH_INFO": "/"}
    )

    assert dict(headers)["Content-Type"] == "text/html; charset=utf-8"
    assert dict(headers)["Content-Security-Policy"] == rendering.POLICY
    assert len(dict(headers)) == len(headers)
    assert TITLES["503"] in Parsed(body.decode()).text


def test_real_server_refuses_a_form_with_a_page_before_it_reads_it(
    start_server: Callable[..., ServedApi], tiny_artifact: Path, tmp_path: Path
):
    keys = tmp_path / "keys.json"
    keys.write_bytes(api_keys.encode([]))
    store.publish(tmp_path / "model", tiny_artifact, "1")
    served = start_server(tmp_path / "model", workers=1, api_keys=keys)
    form = {**BROWSER, **FORM_SENT, "Content-Length": "1000000000"}
    status, headers, body = served.request("POST", "/", b"", form)

    assert status == 401
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["WWW-Authenticate"].startswith("Bearer")
    assert TITLES["401"] in Parsed(body.decode()).text
    status, headers, _ = served.request("POST", "/", b"names=Maria", FORM_SENT)
    assert (status, headers["Content-Type"]) == (401, PROBLEM)
