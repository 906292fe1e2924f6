"""API keys: asked for where people are answered for, shown in a header, revoked while running."""

import dataclasses
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from gender_detection import api_keys
from gender_detection.api.app import create_app
from gender_detection.api.security.access import OPEN, OPEN_BELOW, check_access
from gender_detection.config import PREFIX, Settings
from gender_detection.errors import ConfigError
from gender_detection.serving.environ import CALLER, KEY
from tests.api.server_process import wait_until

PROTECTED = {"POST": "/predict", "GET": "/model"}


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    return tmp_path / "api-keys.json"


@pytest.fixture
def secrets(keys_file: Path) -> dict[str, str]:
    """The two keys of the file, by name."""
    keys: list[api_keys.ApiKey] = []
    made: dict[str, str] = {}
    for name in ("laboratory", "library"):
        keys, made[name] = api_keys.create(keys, name)
    keys_file.write_bytes(api_keys.encode(keys))
    return made


@pytest.fixture
def guarded(settings: Settings, model, keys_file: Path, secrets: dict[str, str]) -> Flask:
    guarded = dataclasses.replace(settings, api_keys=str(keys_file))
    return create_app(guarded, model, CollectorRegistry())


@pytest.fixture
def guarded_client(guarded: Flask) -> FlaskClient:
    return guarded.test_client()


def ask(client: FlaskClient, authorization: str | None = None, **more):
    headers = {} if authorization is None else {"Authorization": authorization}
    return client.post("/predict", json={"name": "Maria"}, headers=headers, **more)


def assert_refused(response, challenge: str) -> None:
    assert response.status_code == 401
    assert response.content_type == "application/problem+json"
    assert response.json["status"] == 401
    assert response.json["request_id"] == response.headers["X-Request-ID"]
    assert response.headers.getlist("WWW-Authenticate") == [challenge]


def test_each_of_several_keys_is_accepted(guarded_client: FlaskClient, secrets: dict[str, str]):
    for secret in secrets.values():
        response = ask(guarded_client, f"Bearer {secret}")
        assert (response.status_code, response.json["gender"]) == (200, "female")


def test_scheme_is_case_insensitive(guarded_client: FlaskClient, secrets: dict[str, str]):
    assert ask(guarded_client, f"bearer {secrets['library']}").status_code == 200


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz"])
def test_refusal_without_a_key_explains_how_to_send_one(
    guarded_client: FlaskClient, authorization: str | None
):
    response = ask(guarded_client, authorization)

    assert_refused(response, 'Bearer realm="gender-detection"')
    assert "Authorization: Bearer KEY" in response.json["detail"]


@pytest.mark.parametrize("wrong", ["gdk_", "gdk_" + "A" * 43, "laboratory", "ÿ", "a b, Bearer c"])
def test_wrong_key_is_refused_and_not_echoed(guarded_client: FlaskClient, wrong: str):
    response = ask(guarded_client, f"Bearer {wrong}")

    assert_refused(response, 'Bearer realm="gender-detection", error="invalid_token"')
    assert wrong not in response.json["detail"]


def test_hash_of_a_key_is_refused(guarded_client: FlaskClient, keys_file: Path):
    (kept, _) = api_keys.read(keys_file)

    assert ask(guarded_client, f"Bearer {kept.sha256}").status_code == 401


def test_key_in_the_url_or_a_cookie_is_ignored(
    guarded_client: FlaskClient, secrets: dict[str, str]
):
    secret = secrets["library"]
    guarded_client.set_cookie("Authorization", f"Bearer {secret}")
    for query in ({"access_token": secret}, {"key": secret}, {"Authorization": f"Bearer {secret}"}):
        assert ask(guarded_client, query_string=query).status_code == 401


def test_every_route_needs_a_key_unless_it_is_listed_as_open(guarded: Flask):
    client = guarded.test_client()
    rules = list(guarded.url_map.iter_rules())
    assert {rule.rule for rule in rules} >= OPEN | set(PROTECTED.values())

    for rule in rules:
        path = re.sub(r"<[^>]+>", "start.js", rule.rule)
        is_open = path in OPEN or path.startswith(OPEN_BELOW)
        for method in (rule.methods or set()) - {"OPTIONS"}:
            status = client.open(path, method=method).status_code
            asks_for_names = (method, path) == ("POST", "/")
            assert (status == 401) == (not is_open or asks_for_names), (method, path)


def test_options_needs_no_key(guarded_client: FlaskClient):
    options = guarded_client.options("/predict")
    assert (options.status_code, options.data) == (200, b"")
    assert sorted(options.headers["Allow"].split(", ")) == ["OPTIONS", "POST"]


def test_only_a_valid_key_gets_404_and_405(guarded_client: FlaskClient, secrets: dict[str, str]):
    good = {"Authorization": f"Bearer {secrets['library']}"}
    for path, status in (("/nope", 404), ("/predict", 405)):
        assert guarded_client.get(path).status_code == 401
        assert guarded_client.get(path, headers=good).status_code == status


def test_revoked_key_is_refused_without_a_restart_and_the_other_stays_valid(
    guarded_client: FlaskClient, secrets: dict[str, str], keys_file: Path
):
    laboratory, library = (f"Bearer {secret}" for secret in secrets.values())
    assert ask(guarded_client, laboratory).status_code == 200

    left = api_keys.revoke(api_keys.read(keys_file), "laboratory")
    staged = keys_file.with_name("staged")
    staged.write_bytes(api_keys.encode(left))
    staged.replace(keys_file)

    wait_until(lambda: ask(guarded_client, laboratory).status_code == 401, "the key's end")
    assert ask(guarded_client, library).status_code == 200


@pytest.mark.parametrize("content", [None, b"{"])
def test_app_without_a_valid_key_file_refuses_everybody(
    settings: Settings, model, keys_file: Path, secrets: dict[str, str], content: bytes | None
):
    keys_file.unlink() if content is None else keys_file.write_bytes(content)
    guarded = dataclasses.replace(settings, api_keys=str(keys_file))
    client = create_app(guarded, model, CollectorRegistry()).test_client()

    assert ask(client).status_code == 401
    assert ask(client, f"Bearer {secrets['library']}").status_code == 401
    assert client.get("/healthz").status_code == 200


def test_access_log_gets_the_name_of_a_valid_key_only(
    guarded: Flask, secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    seen = []
    answer = guarded.wsgi_app

    def record(environ, start):
        seen.append(environ)
        return answer(environ, start)

    monkeypatch.setattr(guarded, "wsgi_app", record)
    ask(guarded.test_client(), f"Bearer {secrets['library']}")
    ask(guarded.test_client(), "Bearer gdk_wrong")

    good, wrong = seen
    assert (good[KEY], good[CALLER].key) == ("library", "library")
    assert wrong.get(KEY) is None


def test_no_key_and_no_name_of_a_person_is_logged(
    guarded_client: FlaskClient, secrets: dict[str, str], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    for authorization in (None, "Bearer gdk_wrong", *(f"Bearer {s}" for s in secrets.values())):
        ask(guarded_client, authorization)

    assert "API keys read: 2" in caplog.text
    for private in ("Maria", "gdk_"):
        assert private not in caplog.text


def test_no_metric_label_has_a_key_or_its_name(
    guarded_client: FlaskClient, secrets: dict[str, str]
):
    ask(guarded_client, f"Bearer {secrets['library']}")
    metrics = guarded_client.get("/metrics").text

    assert 'route="/predict",status="200"' in metrics
    assert "gdk_" not in metrics
    assert "library" not in metrics


def test_without_the_setting_no_key_is_needed_and_nothing_runs_before_a_route(
    settings: Settings, model
):
    app = create_app(settings, model, CollectorRegistry())

    assert ask(app.test_client(), "Bearer whatever").status_code == 200
    assert not app.before_request_funcs
    assert not app.after_request_funcs


def test_start_without_the_key_file_is_refused_with_the_remedy(settings: Settings, keys_file: Path):
    with pytest.raises(ConfigError, match=r"no API key file at .*keys create NAME"):
        check_access(dataclasses.replace(settings, api_keys=str(keys_file)))
    keys_file.write_text("{")
    with pytest.raises(ConfigError, match="is not a valid API key file"):
        check_access(dataclasses.replace(settings, api_keys=str(keys_file)))


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("RATE_LIMIT", "lots", "RATE_LIMIT=lots is not a rate limit: use for example"),
        ("RATE_LIMIT", "0/second", "RATE_LIMIT=0/second is not a rate limit"),
        ("RATE_LIMIT", "10/fortnight", "use for example 100/second"),
        ("RATE_LIMIT", "-1/second", "use for example 100/second"),
        ("CORS_ORIGINS", "example.org", "CORS_ORIGINS has an invalid origin, example.org: use"),
        ("CORS_ORIGINS", "https://example.org/", "use scheme, host and port"),
        ("CORS_ORIGINS", "https://a.example,*", r"invalid origin, \*: use"),
        ("CORS_ORIGINS", "https://*.example.org", "invalid origin"),
        ("CORS_ORIGINS", "null", "invalid origin"),
        ("CORS_ORIGINS", "https://user@example.org", "invalid origin"),
    ],
)
def test_malformed_setting_is_named_with_the_remedy(
    settings: Settings, model, variable: str, value: str, remedy: str
):
    changes: dict[str, Any] = {variable.lower(): value}
    malformed = dataclasses.replace(settings, **changes)

    for start in (check_access, lambda settings: create_app(settings, model)):
        with pytest.raises(ConfigError, match=remedy) as caught:
            start(malformed)
        assert str(caught.value).startswith(PREFIX + variable)
