"""Who is let in, decided by the head of a request alone, and how its names are counted."""

import dataclasses
import datetime
import time
from pathlib import Path

import msgspec
import pytest

from gender_detection import api_keys, key_uses
from gender_detection.api.metrics.recorder import Metrics
from gender_detection.api.security.access import (
    NOBODY,
    Access,
    Caller,
    Refused,
    access_of,
    check_access,
)
from gender_detection.config import Settings
from gender_detection.errors import ConfigError

HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def key_of(tmp_path: Path):
    """Make a key of that name, in the file that the settings name."""
    path = tmp_path / "api-keys.json"
    path.write_bytes(api_keys.encode([]))

    def key_of(name: str, **more) -> str:
        keys, secret = api_keys.create(api_keys.read(path), name, **more)
        path.write_bytes(api_keys.encode(keys))
        return f"Bearer {secret}"

    return key_of


@pytest.fixture
def access(settings: Settings, app):
    """Return what guards an app with these settings, limited to 10 names by the year, which will
    not turn within a test."""
    metrics: Metrics = app.extensions["gender_detection_metrics"]

    def access(**more) -> Access:
        guarded = access_of(
            dataclasses.replace(settings, **{"rate_limit": "10/year", **more}), metrics
        )
        assert guarded is not None
        return guarded

    return access


@pytest.fixture
def keys_file(tmp_path: Path) -> str:
    return str(tmp_path / "api-keys.json")


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of day, which passes when a test says so: the start of an hour."""
    at = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: at[0])
    return at


def ask(access: Access, authorization: str = "", address: str = HERE) -> Caller:
    return access.admit("POST", "/predict", authorization, address)


def refused(call, *arguments) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*arguments)
    return caught.value


def left(access: Access, address: str = HERE) -> int:
    """Count until the limit is reached; return how many times that was."""
    for times in range(100):
        try:
            ask(access, address=address)
        except Refused:
            return times
    raise AssertionError("no limit")


def test_access_is_not_checked_without_settings(settings, app):
    assert access_of(settings, app.extensions["gender_detection_metrics"]) is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", p) for p in ("/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs")),
        ("GET", "/docs/start.js"),
        ("GET", "/docs/nope/nope"),
        ("OPTIONS", "/predict"),
        ("OPTIONS", "/nope"),
    ],
)
def test_open_routes_are_admitted_and_not_counted(
    access, key_of, keys_file, method: str, path: str
):
    key_of("library")
    guarded = access(api_keys=keys_file, rate_limit="1/year")

    assert [guarded.admit(method, path, "Bearer wrong", HERE) for _ in range(3)] == [NOBODY] * 3
    assert NOBODY.key is None


@pytest.mark.parametrize(
    "path", ["/predict", "/aggregate", "/model", "/nope", "/docsx", "//healthz", "/healthz/", ""]
)
def test_other_routes_are_protected_and_counted(access, key_of, keys_file, path: str):
    good = key_of("library")
    guarded = access(api_keys=keys_file, rate_limit="1/year")

    assert guarded.admit("GET", path, good, HERE).key == "library"
    assert refused(guarded.admit, "GET", path, good, HERE).status == 429
    assert refused(guarded.admit, "GET", path, "", HERE).status == 401
    assert refused(guarded.admit, "GET", path, "", HERE).status == 429


def test_form_of_the_page_is_protected_and_counted(access, key_of, keys_file):
    good = key_of("library")
    guarded = access(api_keys=keys_file, rate_limit="1/year")

    assert guarded.admit("HEAD", "/", "", HERE) is NOBODY
    assert guarded.admit("POST", "/", good, HERE).key == "library"
    assert refused(guarded.admit, "POST", "/", good, HERE).status == 429
    assert refused(guarded.admit, "POST", "/", "", HERE).status == 401


def test_refusals_have_the_same_details_as_those_of_the_app(access, key_of, keys_file):
    good = key_of("library")
    guarded = access(api_keys=keys_file)

    nothing, wrong = refused(ask, guarded), refused(ask, guarded, "Bearer wrong")
    assert nothing.headers == {"WWW-Authenticate": 'Bearer realm="gender-detection"'}
    assert "Authorization: Bearer KEY" in nothing.detail
    assert 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]
    for _ in range(10):
        ask(guarded, good)
    many = refused(ask, guarded, good)
    assert f"try again in {many.headers['Retry-After']} s" in many.detail
    assert (many.caller.key, wrong.caller.key) == ("library", None)


def test_key_that_expires_while_the_server_runs_is_refused(
    access, key_of, keys_file, monkeypatch: pytest.MonkeyPatch
):
    last = datetime.date(2999, 12, 31)
    good, other = key_of("library", expires=last), key_of("laboratory")
    guarded = access(api_keys=keys_file, rate_limit="")
    end = datetime.datetime(3000, 1, 1, tzinfo=datetime.UTC).timestamp()
    monkeypatch.setattr(time, "time", lambda: end - 0.1)
    assert ask(guarded, good).key == "library"

    monkeypatch.setattr(time, "time", lambda: end)
    over = refused(ask, guarded, good)

    assert over.status == 401
    assert "the API key expired at the end of 2999-12-31 (UTC)" in over.detail
    assert 'error="invalid_token"' in over.headers["WWW-Authenticate"]
    assert over.caller.key is None
    assert ask(guarded, other).key == "laboratory"


def test_expired_key_is_counted_by_address(access, key_of, keys_file, monkeypatch):
    old = key_of("library", expires=datetime.date(2999, 12, 31))
    end = datetime.datetime(3000, 1, 1, tzinfo=datetime.UTC).timestamp()
    monkeypatch.setattr(time, "time", lambda: end)
    guarded = access(api_keys=keys_file, rate_limit="2/year")

    assert [refused(ask, guarded, old).status for _ in range(3)] == [401, 401, 429]
    assert refused(ask, guarded, "", THERE).status == 401


@pytest.mark.parametrize("general", ["", "2/year", "100/year"])
def test_limit_of_a_key_replaces_the_general_one(access, key_of, keys_file, general: str):
    own, other = key_of("own", limit="5/year"), key_of("other")
    guarded = access(api_keys=keys_file, rate_limit=general)
    caller = ask(guarded, own)

    guarded.charge(caller, 5)

    assert refused(ask, guarded, own).status == 429
    assert "at most 5 names" in refused(guarded.charge, caller, 6).detail
    most = int(general.removesuffix("/year")) if general else None
    assert guarded.max_names(ask(guarded, other)) == most


def test_limit_of_a_key_changes_with_the_file(access, key_of, keys_file, monkeypatch):
    own = key_of("own", limit="1/year")
    guarded = access(api_keys=keys_file)
    ask(guarded, own)
    refused(ask, guarded, own)

    path = Path(keys_file)
    (kept,) = api_keys.read(path)
    path.write_bytes(api_keys.encode([msgspec.structs.replace(kept, limit="3/year")]))
    guarded._ring._check_at = 0.0

    assert guarded.max_names(ask(guarded, own)) == 3


def test_invalid_limit_of_a_key_is_refused_at_startup(access, key_of, keys_file, settings):
    key_of("own", limit="lots")
    with pytest.raises(ConfigError, match="limit of the API key own=lots is not a rate limit: use"):
        check_access(dataclasses.replace(settings, api_keys=keys_file))


def test_only_uses_of_valid_keys_are_recorded(access, key_of, keys_file):
    good, old = key_of("good"), key_of("old")
    path = Path(keys_file)
    kept, expired = api_keys.read(path)
    expired = msgspec.structs.replace(expired, expires=datetime.date(2020, 1, 1))
    path.write_bytes(api_keys.encode([kept, expired]))
    guarded = access(api_keys=keys_file, rate_limit="1/year")

    ask(guarded, good)
    for authorization in (good, old, "Bearer wrong", ""):
        refused(ask, guarded, authorization)
    guarded._uses._thread.shutdown()

    assert list(key_uses.read(path) or ()) == [kept.sha256]


def test_names_after_the_first_are_charged(access):
    guarded = access()
    guarded.charge(ask(guarded), 7)

    assert left(guarded) == 3
    assert left(guarded, THERE) == 10


@pytest.mark.parametrize("names", [0, 1])
def test_first_name_is_not_charged_again(access, names: int):
    guarded = access()
    guarded.charge(ask(guarded), names)

    assert left(guarded) == 9


def test_names_are_charged_all_or_none(access):
    guarded = access(rate_limit="10/year;6/month")
    guarded.charge(ask(guarded), 3)

    many = refused(guarded.charge, ask(guarded), 4)

    assert many.status == 429
    assert int(many.headers["Retry-After"]) > 0
    # 3 of the month and the one of the request refused are gone: not the other 3.
    assert left(guarded) == 2


def test_more_names_than_the_limit_can_ever_allow_are_refused_with_the_maximum(access):
    guarded = access(rate_limit="10/year;6/month")
    caller = ask(guarded)

    never = refused(guarded.charge, caller, 7)

    assert (never.status, never.headers) == (429, {})
    assert "send at most 6 names, or ask for a higher limit" in never.detail
    assert guarded.max_names(caller) == 6
    guarded.charge(caller, 6)


def test_caller_without_a_limit_is_not_charged(access, key_of, keys_file):
    good = key_of("library")
    guarded = access(api_keys=keys_file, rate_limit="")
    caller = ask(guarded, good)

    guarded.charge(caller, 10_000_000)
    assert guarded.max_names(caller) is None


@pytest.mark.parametrize("limit", ["10/minute", "40/second;10/minute", "7 per 2 minutes"])
def test_retry_after_is_exact_for_several_names(access, hour: list[float], limit: str):
    guarded = access(rate_limit=limit)
    waits = 0
    for step in range(200):
        hour[0] += step % 7 / 4
        try:
            caller = ask(guarded)
        except Refused:
            continue
        names = 2 + step % 5
        try:
            guarded.charge(caller, names)
        except Refused as many:
            wait = int(many.headers["Retry-After"])
        else:
            continue
        waits += 1
        # To look, without the one name that asking counts.
        limits, counted, at = guarded._limits, caller.counted, hour[0]
        hour[0] = at + wait - 1.01
        assert any(limits._seconds(one, names) for one in counted)
        hour[0] = at + wait
        guarded.charge(ask(guarded), names)
    assert waits > 3


def test_names_that_cannot_be_counted_are_admitted_and_the_request_is_reported_once(access, app):
    guarded = access()
    guarded._limits._retry_at = float("inf")
    guarded.charge(ask(guarded), 5)

    shown = app.test_client().get("/metrics").text
    assert "gender_detection_requests_not_rate_limited_total 1.0" in shown
