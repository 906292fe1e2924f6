"""Who gets in, how far, and what is answered: the door of the WSGI application."""

import asyncio
import dataclasses
import json
import logging
import time

import pytest
from serving_doubles import LIMITS, Request, answered, door_of, guard_of

from gender_detection.serving.access_log import AccessLog
from gender_detection.serving.door import LINGER_BYTES, TABLES
from gender_detection.serving.guard import SMALL_BODY
from gender_detection.serving.head import HEAD_BYTES
from gender_detection.serving.wsgi import PART_BYTES

LONG = b"x" * 900
CHUNKED = (b"transfer-encoding", b"chunked")


def about(request: Request) -> dict[str, str]:
    return json.loads(request.headers["x-about"])


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


def test_chunked_body_has_its_length_by_the_time_it_is_whole():
    request = answered("/echo", b"abc", b"", b"de", headers=[CHUNKED])

    assert request.body == b"abcde"
    assert about(request)["CONTENT_LENGTH"] == "5"
    assert "HTTP_TRANSFER_ENCODING" not in about(request)


def test_chunked_body_beyond_the_limit_is_refused_as_soon_as_that_is_seen():
    request = answered("/echo", LONG, LONG, LONG, b"")

    assert (request.status, request.ended) == (413, True)
    assert request.headers["connection"] == "close"
    assert request.answered_at == 2
    assert request.guard.room.left("127.0.0.2") == LIMITS.spool_bytes // 2


def test_announced_body_beyond_the_limit_is_refused_before_anything_of_it_is_read():
    length = str(64 * 1024).encode()
    request = answered("/echo", LONG, LONG, headers=[(b"content-length", length)])

    assert (request.status, request.answered_at) == (413, 0)
    assert request.headers["connection"] == "close"


def test_body_that_nobody_wants_is_dropped_for_a_moment_and_within_bounds():
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
def test_body_that_waits_for_leave_is_not_asked_for_when_it_is_not_wanted(headers, status, table):
    headers = [*headers, (b"expect", b"100-continue")]
    request = answered("/echo", LONG, LONG, headers=headers, table=table)

    assert (request.status, request.received, request.ended) == (status, 0, True)
    # What might come all the same would pass for another request.
    assert request.headers["connection"] == "close"


@pytest.mark.parametrize("table", [False, True])
def test_whoever_is_not_let_in_is_answered_before_anything_is_read_or_kept(table):
    headers = [(b"authorization", b"wrong")]
    request = answered("/echo", *[LONG] * 600, headers=headers, table=table)

    assert (request.status, request.answered_at) == (401, 0)
    assert request.headers["www-authenticate"] == "Bearer"
    assert request.guard.application.refused == [("POST", 401, "")]


def test_short_body_of_whoever_is_not_let_in_leaves_the_connection_as_it_was():
    headers = [(b"authorization", b"wrong"), (b"content-length", b"3")]
    request = answered("/echo", b"abc", headers=headers)

    assert (request.status, request.received, request.ended) == (401, 0, True)
    assert "connection" not in request.headers


@pytest.mark.parametrize("path", ["/open", "/always"])
@pytest.mark.parametrize("table", [False, True])
def test_whoever_needs_no_key_sends_no_long_body_either(path, table):
    request = answered(path, *[LONG] * 600, table=table)

    assert (request.status, request.answered_at) == (413, 0)
    assert answered(path, b"abc", headers=[(b"content-length", b"3")]).status == 404


def test_body_that_was_not_taken_is_not_logged_as_taken_and_its_key_is():
    headers = [(b"content-length", b"1000000"), (b"authorization", b"laboratory")]
    [line] = answered("/echo", b"abc", headers=headers).log

    entry = json.loads(line)
    assert (entry["status"], entry["bytes_in"], entry["key"]) == (413, 0, "laboratory")


def test_application_hears_whom_the_server_let_in():
    request = answered("/echo", b"abc", headers=[(b"authorization", b"laboratory")])

    assert about(request)["caller"] == "who calls"
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
def test_head_that_is_not_as_http_has_it_is_refused(version, headers, status):
    request = Request(guard_of(), "/echo")
    request.scope |= {"http_version": version, "headers": headers}
    asyncio.run(request.run())

    assert request.status == status


def test_head_that_is_too_long_is_refused_also_where_it_comes_in_one_piece():
    assert answered("/echo", headers=[(b"x-long", b"a" * HEAD_BYTES)]).status == 431
    assert answered("/echo", headers=[(b"x-long", b"a" * (HEAD_BYTES - 100))]).status == 200


UPGRADE = [(b"connection", b"Upgrade, HTTP2-Settings"), (b"upgrade", b"h2c")]


def test_body_that_comes_with_an_upgrade_is_refused_with_the_remedy():
    request = answered("/echo", b"abc", headers=[*UPGRADE, (b"content-length", b"3")])

    assert (request.status, request.headers["connection"]) == (501, "close")
    assert "leave it out" in json.loads(request.body)["detail"]


def test_upgrade_without_a_body_is_passed_over_and_ends_the_connection():
    request = answered("/echo", headers=UPGRADE)

    assert (request.status, request.headers["connection"]) == (200, "close")
    assert "HTTP_UPGRADE" not in about(request)


def test_name_with_an_underscore_passes_for_no_other():
    headers = [(b"x_forwarded_for", b"192.0.2.9"), (b"x_a", b"1"), (b"content_length", b"9")]
    request = answered("/echo", b"abc", headers=headers)

    assert json.loads(request.log[0])["client"] == "127.0.0.2"
    assert not {"HTTP_X_A", "HTTP_X_FORWARDED_FOR"} & set(about(request))
    assert request.body == b"abc"


@pytest.mark.parametrize("name", [b"user-agent", b"x-request-id", b"origin", b"cookie"])
@pytest.mark.parametrize("value", [b"\xff\xfe", "Ærøskøbing Łódź".encode(), b"a\tb"])
def test_header_of_any_bytes_is_no_reason_to_fail(name, value):
    assert answered("/echo", b"abc", headers=[(name, value)]).status == 200


def test_header_that_http_cannot_hold_is_told_as_far_as_it_can():
    request = answered("/odd-header")

    assert (request.status, request.headers["x-odd"]) == (200, "mod?le ?one\ttwo")


def test_table_may_be_longer_than_other_bodies():
    request = answered("/echo", *[LONG] * 600, table=True)

    assert request.body == LONG * 600


def test_table_that_cannot_be_kept_is_refused_and_the_next_one_answered(monkeypatch, tmp_path):
    guard = guard_of()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    request = answered("/echo", *[LONG] * 600, table=True, guard=guard)

    assert (request.status, json.loads(request.body)["status"]) == (503, 503)
    assert request.headers["retry-after"]
    assert guard.application.refused == [("POST", 503, "tables")]
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert answered("/echo", *[LONG] * 600, table=True, guard=guard).status == 200


def test_client_that_leaves_while_it_sends_is_not_answered():
    request = Request(guard_of(), "/echo", (b"abc", b"de"))
    request.parts.append(b"never sent")
    request.receive = receive_only(request, 2)

    asyncio.run(request.run())
    assert (request.status, request.log) == (0, [])


def receive_only(request: Request, count: int):
    whole = Request.receive

    async def receive():
        return await whole(request) if request.received < count else {"type": "http.disconnect"}

    return receive


def test_short_request_runs_in_the_event_loop_and_a_long_one_beside_it():
    limits = dataclasses.replace(LIMITS, body_bytes=10**6)
    short = answered("/echo", b"x" * SMALL_BODY, guard=guard_of(limits))
    long = answered("/echo", b"x" * (SMALL_BODY + 1), guard=guard_of(limits))

    assert about(short)["thread"] == "MainThread"
    assert about(long)["thread"] != "MainThread"


def test_stream_is_sent_part_by_part():
    request = answered("/stream")

    assert (request.status, request.body, request.ended) == (200, b"0\n1\n2\n", True)
    assert "content-length" not in request.headers


def test_long_answer_is_handed_over_in_parts_a_client_can_take():
    sizes = []
    body = b"x" * (3 * PART_BYTES)
    request = Request(guard_of(), "/echo", (body,), table=True)
    send = request.send

    async def sized(message):
        sizes.append(len(message.get("body", b"")))
        await send(message)

    request.send = sized
    asyncio.run(request.run())

    assert request.body == body
    assert max(sizes) <= PART_BYTES


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


def test_full_lane_refuses_with_503_and_a_time_to_come_back():
    guard = guard_of()
    guard.small.in_hand = LIMITS.concurrency
    request = answered("/echo", b"abc", guard=guard, headers=[(b"x-request-id", b"mine")])

    assert (request.status, request.headers["retry-after"]) == (503, "1")
    assert request.headers["x-request-id"] == "mine"
    assert guard.application.refused == [("POST", 503, "short")]


def test_full_lane_still_answers_what_is_always_answered():
    guard = guard_of()
    guard.small.in_hand = LIMITS.concurrency

    assert answered("/always", guard=guard).status == 404


def test_lane_is_free_again_after_any_end():
    guard = guard_of()
    for path in ("/echo", "/breaks", "/breaks-off", "/stream"):
        answered(path, b"abc", guard=guard)

    assert (guard.small.in_hand, guard.large.in_hand) == (0, 0)
    assert guard.application.in_flight == [1, 0] * 4


def test_requests_of_one_moment_beyond_the_limit_are_refused_before_any_is_answered():
    guard = guard_of()

    async def together():
        requests = [Request(guard, "/echo", (b"abc",)) for _ in range(3 * LIMITS.concurrency)]
        return await asyncio.gather(*(request.run() for request in requests))

    statuses = [request.status for request in asyncio.run(together())]
    assert statuses.count(200) == LIMITS.concurrency
    assert statuses.count(503) == 2 * LIMITS.concurrency


def test_more_tables_at_once_than_there_is_room_for_are_refused():
    async def together():
        guard = guard_of()
        door = door_of(guard, AccessLog(False))
        requests = [Request(guard, "/stream", table=True) for _ in range(TABLES + 2)]
        hold = asyncio.Event()
        for request in requests[:TABLES]:
            request.send = held(request, hold)
        calls = [door(r.scope, r.receive, r.send) for r in requests]
        begun = [asyncio.ensure_future(call) for call in calls[:TABLES]]
        while any(request.status == 0 for request in requests[:TABLES]):
            await asyncio.sleep(0)
        for call in calls[TABLES:]:
            await call
        hold.set()
        await asyncio.gather(*begun)
        return [request.status for request in requests], guard.application

    statuses, application = asyncio.run(together())
    assert statuses == [200] * TABLES + [503] * 2
    assert application.refused == [("POST", 503, "tables")] * 2
    assert max(application.in_flight) == TABLES + 1
    assert application.in_flight[-1] == 0


def test_applications_clock_starts_when_the_request_is_whole():
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


def test_access_log_tells_the_request_and_nothing_it_contained():
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
