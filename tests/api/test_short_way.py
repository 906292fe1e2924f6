"""Plain requests to POST /predict are answered ahead of Flask, and exactly as by Flask."""

import asyncio
import dataclasses
import json
import logging
import random
import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry

from api.app import METRICS, create_app
from api.problems import standalone_problem
from api.short_way import MOST_BYTES
from gender_detection import api_keys
from gender_detection.config import Settings
from gender_detection.serving.access_log import AccessLog
from gender_detection.serving.application import Application, Guest, Refusal
from gender_detection.serving.clients import Clients
from gender_detection.serving.connection import STATE
from gender_detection.serving.door import Door
from gender_detection.serving.guard import Guard
from gender_detection.serving.worker import limits_of

HOST, JSON = (b"host", b"localhost:8000"), (b"content-type", b"application/json")
# What differs from one request to the next, however it is answered.
TIMED = re.compile(r'.*(_seconds|_created|_memory_|_open_fds).*|"(time|seconds)":[^,]*,')


# What the door tells a connection.
HEARD = dict.fromkeys(("asked", "answering", "done"), lambda: None)


def problem(refusal: Refusal, environ):
    return standalone_problem(refusal.status, refusal.detail, environ.get("HTTP_X_REQUEST_ID", ""))


class Served:
    """An app behind the server's door, and how many requests it left to Flask."""

    def __init__(self, app: Flask) -> None:
        self.app, self.by_flask = app, 0
        make_context = app.request_context

        def request_context(environ: dict[str, Any]):
            self.by_flask += 1
            return make_context(environ)

        app.request_context = request_context
        metrics = app.extensions[METRICS]
        application = Application(
            app.wsgi_app, lambda *asked: Guest(), lambda is_table: Refusal(413, "too long"),
            problem, metrics.count_refusal, metrics.count_in_flight,
            frozenset(), frozenset({"text/csv"}),
        )  # fmt: skip
        self._guard = Guard(application, limits_of(Settings()))

    def ask(self, body: bytes, headers, method="POST", path="/predict", query=b"", sent=None):
        """Return status, headers, body, and the line of the access log."""
        told: list[dict[str, Any]] = []
        message = {"type": "http.request", "body": body if sent is None else sent}

        async def receive() -> dict[str, Any]:
            return {**message, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        scope = {
            "type": "http", "http_version": "1.1", "method": method, "path": path,
            "query_string": query, "scheme": "http", "server": ("127.0.0.1", 1),
            "client": ("127.0.0.2", 2),
            "headers": [*headers, (b"content-length", b"%d" % len(body))],
            "state": {STATE: SimpleNamespace(is_closing=False, **HEARD)},
        }  # fmt: skip
        lines: list[bytes] = []

        async def run() -> None:
            log = AccessLog(True, lines.append)
            await Door(self._guard, log, Clients([]))(scope, receive, send)
            log.flush()

        random.seed(7)  # of ids
        asyncio.run(run())
        whole = b"".join(message.get("body", b"") for message in told)
        return told[0]["status"], told[0]["headers"], whole, TIMED.sub("", lines[0].decode())

    def counted(self) -> list[str]:
        shown = self.app.extensions[METRICS].exposition("")[0].decode().splitlines()
        return [line for line in shown if not TIMED.match(line)]


def served(settings: Settings, model: object, hooks: bool) -> Served:
    app = create_app(settings, model, CollectorRegistry())
    if hooks:
        app.before_request(lambda: None)
    return Served(app)


@pytest.fixture
def both(settings, model, monkeypatch, caplog) -> tuple[Served, Served]:
    """Return an app, and one that leaves all to Flask."""
    broken = model.predict

    def predict(people, **options):
        if people[0].name == "breaks":
            raise RuntimeError("Maria")
        return broken(people, **options)

    monkeypatch.setattr(model, "predict", predict)
    caplog.set_level(logging.CRITICAL, "api.problems")
    return served(settings, model, hooks=False), served(settings, model, hooks=True)


ONE = b'{"name": "John"}'
PLAIN = {
    "one": (ONE, [HOST, JSON]),
    "all members": (
        '{"name":"Мария é\\"\\u0000","country":"it","id":7.0,"threshold":1,"female_share":0.3}',
        [HOST, JSON],
    ),
    "parts": ('{"given_name":"","family_name":"Rossi","name":null}', [HOST, JSON]),
    "nothing known": ('{"name":""}', [HOST, JSON]),
    "instances": ('{"instances":["Maria",{"name":"John"}],"country":"IT"}', [HOST, JSON]),
    "many": (json.dumps({"instances": ["Maria", "Robin"] * 40}), [HOST, JSON]),
    "id asked for": (ONE, [HOST, JSON, (b"x-request-id", b"r-1")]),
    "bad id asked for": (ONE, [HOST, JSON, (b"x-request-id", b"\xff\n")]),
    "origin": (ONE, [HOST, JSON, (b"origin", b"https://example.org")]),
    "key": (ONE, [HOST, JSON, (b"authorization", b"Bearer gdk_1"), (b"cookie", b"a=b")]),
    "conditions": (ONE, [HOST, JSON, (b"range", b"bytes=0-1"), (b"if-none-match", b"*")]),
    "other accepted": (ONE, [HOST, JSON, (b"accept", b"text/csv"), (b"expect", b"100-continue")]),
    "another method in a header": (ONE, [HOST, JSON, (b"x-http-method-override", b"PUT")]),
    "proxied": (ONE, [HOST, JSON, (b"x-forwarded-for", b"9.9.9.9")]),
    "host without a port": (ONE, [(b"host", b"api.example.org"), JSON]),
}
FAULTY = {
    "no JSON": "{",
    "empty": "",
    "blank": "  ",
    "not UTF-8": b'{"name":"\xff"}',
    "unknown member": '{"nme":"John"}',
    "wrong type": '{"name":3}',
    "no name": '{"id":3}',
    "twice": '{"name":"John","name":"Maria"}',
    "out of range": '{"name":"John","threshold":2}',
    "no instances": '{"instances":[]}',
    "both": '{"instances":["John"],"name":"John"}',
    "fault within": '{"instances":["John",{"name":"a","year":3},7]}',
    "unforeseen": '{"name":"breaks"}',
    "deep": "[" * 5000,
}
ODD = {
    "charset": ([HOST, (b"content-type", b"application/json; charset=utf-8")], {}),
    "upper case": ([HOST, (b"content-type", b"Application/JSON")], {}),
    "two types": ([HOST, JSON, JSON], {}),
    "no type": ([HOST], {}),
    "text": ([HOST, (b"content-type", b"text/plain")], {}),
    "table": ([HOST, (b"content-type", b"text/csv")], {}),
    "compressed": ([HOST, JSON, (b"content-encoding", b"gzip")], {}),
    "not compressed": ([HOST, JSON, (b"content-encoding", b"identity")], {}),
    "query": ([HOST, JSON], {"query": b"threshold=0.9"}),
    "empty query": ([HOST, JSON], {"query": b"&"}),
    "slash": ([HOST, JSON], {"path": "/predict/"}),
    "capital": ([HOST, JSON], {"path": "/Predict"}),
    "double slash": ([HOST, JSON], {"path": "//predict"}),
    "aggregate": ([HOST, JSON], {"path": "/aggregate"}),
    "broken off": ([HOST, JSON], {"sent": b"{"}),
    "nothing sent": ([HOST, JSON], {"sent": b""}),
    "empty host": ([(b"host", b""), JSON], {}),
    "bad host": ([(b"host", b"a..b"), JSON], {}),
    "worse host": ([(b"host", b"a b/\xff"), JSON], {}),
    "long host": ([(b"host", b"a" * 80), JSON], {}),
    **{m: ([HOST, JSON], {"method": m}) for m in ("GET", "PUT", "HEAD", "OPTIONS", "post", "BREW")},
}


def bytes_of(body: str | bytes) -> bytes:
    return body if isinstance(body, bytes) else body.encode()


def assert_alike(both: tuple[Served, Served], body: str | bytes, headers, **more: Any) -> int:
    """Ask both the same; return the status."""
    short, long = (one.ask(bytes_of(body), headers, **more) for one in both)
    assert short == long
    assert both[0].counted() == both[1].counted()
    return short[0]


@pytest.mark.parametrize("case", PLAIN)
def test_plain_request_is_answered_as_by_flask_without_it(both, case):
    assert assert_alike(both, *PLAIN[case]) == 200
    assert (both[0].by_flask, both[1].by_flask) == (0, 1)


@pytest.mark.parametrize("case", FAULTY)
def test_fault_is_told_by_flask(both, case):
    assert assert_alike(both, FAULTY[case], [HOST, JSON]) >= 400
    assert (both[0].by_flask, both[1].by_flask) == (1, 1)


@pytest.mark.parametrize("case", ODD)
def test_odd_request_goes_flasks_way(both, case):
    headers, more = ODD[case]
    assert_alike(both, ONE, headers, **more)
    assert (both[0].by_flask, both[1].by_flask) == (1, 1)


def test_all_of_them_one_after_the_other_are_counted_alike(both):
    for body, headers in PLAIN.values():
        assert_alike(both, body, headers)
    for body in FAULTY.values():
        assert_alike(both, body, [HOST, JSON])
    for headers, more in ODD.values():
        assert_alike(both, ONE, headers, **more)
    assert any('scripts_total{script="cyrillic"} 1.0' in line for line in both[0].counted())


def test_long_body_goes_flasks_way(both):
    for size, by_flask in ((MOST_BYTES, 0), (MOST_BYTES + 1, 1)):
        assert assert_alike(both, ONE.ljust(size), [HOST, JSON]) == 200
        assert both[0].by_flask == by_flask


def test_body_beyond_the_configured_limit_is_refused(settings, model):
    settings = Settings(model_dir=settings.model_dir, max_body_bytes=20)
    both = served(settings, model, hooks=False), served(settings, model, hooks=True)

    assert assert_alike(both, ONE.ljust(20), [HOST, JSON]) == 200
    assert assert_alike(both, ONE.ljust(21), [HOST, JSON]) == 413


def test_without_a_model_the_remedy_is_told(settings):
    both = served(settings, None, hooks=False), served(settings, None, hooks=True)

    assert assert_alike(both, ONE, [HOST, JSON]) == 503


def test_app_that_pages_may_call_leaves_all_to_flask(settings, model):
    changed = dataclasses.replace(settings, cors_origins="https://example.org")
    shared = Served(create_app(changed, model))

    assert shared.ask(ONE, [HOST, JSON])[0] == 200
    assert shared.by_flask == 1


def test_keys_and_limits_ask_nobody_to_go_the_long_way(settings, model, tmp_path):
    keys, secret = api_keys.create([], "laboratory")
    (tmp_path / "keys").write_bytes(api_keys.encode(keys))
    changed = dataclasses.replace(settings, api_keys=str(tmp_path / "keys"), rate_limit="2/year")
    guarded = Served(create_app(changed, model))
    shown = [HOST, JSON, (b"authorization", f"Bearer {secret}".encode())]

    assert [guarded.ask(ONE, headers)[0] for headers in ([HOST, JSON], shown, shown, shown)] == [
        401, 200, 200, 429,
    ]  # fmt: skip
    assert guarded.by_flask == 0
