"""The adapter admits or refuses requests, and runs the WSGI application."""

import asyncio
import dataclasses
import json
import logging
import time

import pytest

from gender_detection.serving.access_log import AccessLog
from gender_detection.serving.guard import SMALL_BODY
from gender_detection.serving.head import HEAD_BYTES
from gender_detection.serving.wsgi import CHUNK_BYTES
from gender_detection.serving.wsgi_adapter import LINGER_BYTES, MAX_TABLES
from tests.serving.serving_doubles import (
    LIMITS,
    Request,
    adapter_of,
    answered,
    guard_of,
    in_flight_of,
    refusals_of,
)

LONG = b"x" * 900
CHUNKED = (b"transfer-encoding", b"chunked")


def about(request: Request) -> dict[str, str]:
    return dict(json.loads(request.headers["x-about"]))


def test_body_and_headers_reach_the_application():
    request = answered(
        "/echo",
        b"abc",
        headers=[(b"content-length", b"3"), (b"x-a", b"1"), (b"x-a", b"2"), (b"x-b", b"\xe9")],
    )

    assert (request.status, request.body, request.ended) == (200, b"abc", True)
    assert about(request)["CONTENT_LENGTH"] == "3"
    assert about(request)["HTTP_X_A"] == "1,2"
    assert about(request)["HTTP_X_B"] == "é"


def test_chunked_body_gets_a_length_when_it_is_whole():
    request = answered("/echo", b"abc", b"", b"de", headers=[CHUNKED])

    assert request.body == b"abcde"
    assert about(request)["CONTENT_LENGTH"] == "5"
    assert "HTTP_TRANSFER_ENCODING" not in about(request)


def test_chunked_body_over_the_limit_is_refused_at_the_part_that_exceeds_it():
    request = answered("/echo", LONG, LONG, LONG, b"")

    assert (request.status, request.ended) == (413, True)
    assert request.headers["connection"] == "close"
    assert request.answered_at == 2
    assert request.guard.quota.available("127.0.0.2") == LIMITS.spool_bytes // 2


def test_body_whose_content_length_exceeds_the_limit_is_refused_before_it_is_read():
    length = str(64 * 1024).encode()
    request = answered("/echo", LONG, LONG, headers=[(b"content-length", length)])

    assert (request.status, request.answered_at) == (413, 0)
    assert request.headers["connection"] == "close"


def test_body_of_a_refused_request_is_read_and_dropped_within_bounds():
    part = b"x" * 65536
    request = answered("/echo", *[part] * 1000)

    assert (request.status, request.ended) == (413, True)
    assert request.received * len(part) < 2 * LINGER_BYTES


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"content-length", b"1000000000")], 413),
        ([(b"content-length", b"10"), (b"authorization", b"wrong")], 401),
        ([CHUNKED, (b"authorization", b"wrong")], 401),
    ],
)
@pytest.mark.parametrize("table", [False, True])
def test_refused_request_with_expect_gets_no_100_continue(headers, status, table):
    headers = [*headers, (b"expect", b"100-continue")]
    request = answered("/echo", LONG, LONG, headers=headers, table=table)

    assert (request.status, request.received, request.ended) == (status, 0, True)
    # A body that is sent anyway would be taken for another request.
    assert request.headers["connection"] == "close"


@pytest.mark.parametrize("table", [False, True])
def test_request_without_a_valid_key_is_refused_before_its_body_is_read(table):
    headers = [(b"authorization", b"wrong")]
    request = answered("/echo", *[LONG] * 600, headers=headers, table=table)

    assert (request.status, request.answered_at) == (401, 0)
    assert request.headers["www-authenticate"] == "Bearer"
    assert refusals_of(request.guard) == [("POST", 401, "")]


def test_refused_request_with_a_short_body_keeps_its_connection():
    headers = [(b"authorization", b"wrong"), (b"content-length", b"3")]
    request = answered("/echo", b"abc", headers=headers)

    assert (request.status, request.received, request.ended) == (401, 0, True)
    assert "connection" not in request.headers


@pytest.mark.parametrize("path", ["/open", "/always"])
@pytest.mark.parametrize("table", [False, True])
def test_request_that_needs_no_key_may_not_send_a_long_body(path, table):
    request = answered(path, *[LONG] * 600, table=table)

    assert (request.status, request.answered_at) == (413, 0)
    assert answered(path, b"abc", headers=[(b"content-length", b"3")]).status == 404


def test_refused_body_is_logged_with_its_key_and_zero_bytes():
    headers = [(b"content-length", b"1000000"), (b"authorization", b"laboratory")]
    [line] = answered("/echo", b"abc", headers=headers).log

    entry = json.loads(line)
    assert (entry["status"], entry["bytes_in"], entry["key"]) == (413, 0, "laboratory")


def test_application_gets_the_admitted_client():
    request = answered("/echo", b"abc", headers=[(b"authorization", b"laboratory")])

    assert about(request)["caller"] == "the caller"
    assert about(request)["key"] == "laboratory"


@pytest.mark.parametrize(
    ("version", "headers", "status"),
    [
        ("1.1", [], 400),
        ("1.1", [(b"host", b"a"), (b"host", b"b")], 400),
        ("1.0", [], 200),
        ("1.1", [(b"host", b"a"), (b"transfer-encoding", b"gzip, chunked")], 501),
        ("1.1", [(b"host", b"a"), (b"transfer-encoding", b"chunked, chunked")], 501),
        ("1.1", [(b"host", b"a"), (b"transfer-encoding", b"Chunked")], 200),
        ("1.0", [CHUNKED], 400),
        ("1.1", [(b"host", b"a"), CHUNKED, (b"content-length", b"3")], 400),
        ("1.1", [(b"host", b"a"), (b"content-length", b"1"), (b"content-length", b"1")], 400),
        ("1.1", [(b"host", b"a"), (b"expect", b"coffee")], 417),
    ],
)  # fmt: skip
def test_head_that_is_not_valid_http_is_refused(version, headers, status):
    request = Request(guard_of(), "/echo")
    request.scope |= {"http_version": version, "headers": headers}
    asyncio.run(request.run())

    assert request.status == status


def test_head_that_is_too_long_is_refused_even_in_one_piece():
    assert answered("/echo", headers=[(b"x-long", b"a" * HEAD_BYTES)]).status == 431
    assert answered("/echo", headers=[(b"x-long", b"a" * (HEAD_BYTES - 100))]).status == 200


UPGRADE = [(b"connection", b"Upgrade, HTTP2-Settings"), (b"upgrade", b"h2c")]


def test_body_that_comes_with_an_upgrade_is_refused_with_the_remedy():
    request = answered("/echo", b"abc", headers=[*UPGRADE, (b"content-length", b"3")])

    assert (request.status, request.headers["connection"]) == (501, "close")
    assert "leave it out" in json.loads(request.body)["detail"]


def test_upgrade_without_a_body_is_ignored_and_ends_the_connection():
    request = answered("/echo", headers=UPGRADE)

    assert (request.status, request.headers["connection"]) == (200, "close")
    assert "HTTP_UPGRADE" not in about(request)


def test_header_with_an_underscore_is_not_taken_for_another():
    headers = [(b"x_forwarded_for", b"192.0.2.9"), (b"x_a", b"1"), (b"content_length", b"9")]
    request = answered("/echo", b"abc", headers=headers)

    assert json.loads(request.log[0])["client"] == "127.0.0.2"
    assert not {"HTTP_X_A", "HTTP_X_FORWARDED_FOR"} & set(about(request))
    assert request.body == b"abc"


@pytest.mark.parametrize("name", [b"user-agent", b"x-request-id", b"origin", b"cookie"])
@pytest.mark.parametrize("value", [b"\xff\xfe", "Ærøskøbing Łódź".encode(), b"a\tb"])
def test_header_of_any_bytes_is_accepted(name, value):
    assert answered("/echo", b"abc", headers=[(name, value)]).status == 200


def test_characters_that_http_does_not_allow_in_a_header_are_replaced():
    request = answered("/odd-header")

    assert (request.status, request.headers["x-odd"]) == (200, "mod?le ?one\ttwo")


def test_table_may_be_longer_than_other_bodies():
    request = answered("/echo", *[LONG] * 600, table=True)

    assert request.body == LONG * 600


def test_table_that_cannot_be_stored_is_refused_and_the_next_one_answered(monkeypatch, tmp_path):
    guard = guard_of()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    request = answered("/echo", *[LONG] * 600, table=True, guard=guard)

    assert (request.status, json.loads(request.body)["status"]) == (503, 503)
    assert request.headers["retry-after"]
    assert refusals_of(guard) == [("POST", 503, "tables")]
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert answered("/echo", *[LONG] * 600, table=True, guard=guard).status == 200


def test_client_that_disconnects_while_it_sends_is_not_answered(monkeypatch):
    request = Request(guard_of(), "/echo", (b"abc", b"de"))
    request.parts.append(b"never sent")
    monkeypatch.setattr(request, "receive", receive_only(request, 2))

    asyncio.run(request.run())
    assert (request.status, request.log) == (0, [])


def receive_only(request: Request, count: int):
    whole = Request.receive

    async def receive():
        return await whole(request) if request.received < count else {"type": "http.disconnect"}

    return receive


def test_small_body_is_answered_in_the_event_loop_and_a_large_one_in_a_thread():
    limits = dataclasses.replace(LIMITS, body_bytes=10**6)
    short = answered("/echo", b"x" * SMALL_BODY, guard=guard_of(limits))
    long = answered("/echo", b"x" * (SMALL_BODY + 1), guard=guard_of(limits))

    assert about(short)["thread"] == "MainThread"
    assert about(long)["thread"] != "MainThread"


def test_stream_is_sent_part_by_part():
    request = answered("/stream")

    assert (request.status, request.body, request.ended) == (200, b"0\n1\n2\n", True)
    assert "content-length" not in request.headers


def test_long_answer_is_sent_in_chunks(monkeypatch):
    sizes = []
    body = b"x" * (3 * CHUNK_BYTES)
    request = Request(guard_of(), "/echo", (body,), table=True)
    send = request.send

    async def sized(message):
        sizes.append(len(message.get("body", b"")))
        await send(message)

    monkeypatch.setattr(request, "send", sized)
    asyncio.run(request.run())

    assert request.body == body
    assert max(sizes) <= CHUNK_BYTES


@pytest.mark.parametrize("table", [False, True])
def test_exception_of_the_application_becomes_a_problem_and_no_name_is_logged(caplog, table):
    with caplog.at_level(logging.DEBUG):
        request = answered("/breaks", table=table)

    assert request.status == 500
    assert request.headers["content-type"] == "application/problem+json"
    assert "ValueError" in caplog.text
    assert "Maria" not in caplog.text


def test_stream_that_breaks_off_is_cut_and_does_not_look_whole(caplog):
    request = answered("/breaks-off")

    assert request.body == b"first"
    assert not request.ended
    assert request.connection.aborted
    assert "Maria" not in caplog.text


def test_full_queue_refuses_with_503_and_retry_after():
    guard = guard_of()
    guard.small.in_progress = LIMITS.concurrency
    request = answered("/echo", b"abc", guard=guard, headers=[(b"x-request-id", b"mine")])

    assert (request.status, request.headers["retry-after"]) == (503, "1")
    assert request.headers["x-request-id"] == "mine"
    assert refusals_of(guard) == [("POST", 503, "short")]


def test_full_queue_still_answers_paths_that_are_always_answered():
    guard = guard_of()
    guard.small.in_progress = LIMITS.concurrency

    assert answered("/always", guard=guard).status == 404


def test_queue_is_empty_after_any_outcome():
    guard = guard_of()
    for path in ("/echo", "/breaks", "/breaks-off", "/stream"):
        answered(path, b"abc", guard=guard)

    assert (guard.small.in_progress, guard.large.in_progress) == (0, 0)
    assert in_flight_of(guard) == [1, 0] * 4


def test_simultaneous_requests_over_the_limit_are_refused_before_any_is_answered():
    guard = guard_of()

    async def together():
        requests = [Request(guard, "/echo", (b"abc",)) for _ in range(3 * LIMITS.concurrency)]
        return await asyncio.gather(*(request.run() for request in requests))

    statuses = [request.status for request in asyncio.run(together())]
    assert statuses.count(200) == LIMITS.concurrency
    assert statuses.count(503) == 2 * LIMITS.concurrency


def test_tables_over_the_limit_are_refused(monkeypatch):
    async def together():
        guard = guard_of()
        adapter = adapter_of(guard, AccessLog(False))
        requests = [Request(guard, "/stream", table=True) for _ in range(MAX_TABLES + 2)]
        hold = asyncio.Event()
        for request in requests[:MAX_TABLES]:
            monkeypatch.setattr(request, "send", held(request, hold))
        calls = [adapter(r.scope, r.receive, r.send) for r in requests]
        begun = [asyncio.ensure_future(call) for call in calls[:MAX_TABLES]]
        while any(request.status == 0 for request in requests[:MAX_TABLES]):
            await asyncio.sleep(0)
        for call in calls[MAX_TABLES:]:
            await call
        hold.set()
        await asyncio.gather(*begun)
        return [request.status for request in requests], guard.application

    statuses, application = asyncio.run(together())
    assert statuses == [200] * MAX_TABLES + [503] * 2
    assert application.refused == [("POST", 503, "tables")] * 2
    assert max(application.in_flight) == MAX_TABLES + 1
    assert application.in_flight[-1] == 0


def test_application_gets_the_time_when_the_request_was_complete():
    before = time.perf_counter()
    request = answered("/environ", b"abc")

    received = float(request.headers["x-received"])
    assert before < received < time.perf_counter()


def held(request: Request, hold: asyncio.Event):
    async def send(message):
        await Request.send(request, message)
        if message["type"] == "http.response.body":
            await hold.wait()

    return send


def test_access_log_has_the_request_without_its_content():
    request = Request(guard_of(), "/echo", (b"Maria Rossi",), [(b"x-request-id", b"r1")])
    request.scope["query_string"] = b"name=Maria"
    asyncio.run(request.run())

    [line] = request.log
    entry = json.loads(line)
    assert entry["status"] == 200
    assert entry["method"] == "POST"
    assert entry["bytes_in"] == entry["bytes_out"] == len(b"Maria Rossi")
    assert entry["client"] == "127.0.0.2"
    assert entry["route"] == "other"
    assert b"Maria" not in line
