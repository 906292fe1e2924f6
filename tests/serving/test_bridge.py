"""What goes in and out between the event loop and a WSGI application."""

import asyncio
import json
import logging
import time

import pytest
from serving_doubles import LIMITS, Request, answered, guard_of

from gender_detection.serving.access_log import AccessLog
from gender_detection.serving.bridge import PART_BYTES, TABLES, Bridge
from gender_detection.serving.protocol import SMALL_BODY

LONG = b"x" * 900


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
    request = answered("/echo", b"abc", b"", b"de", headers=[(b"transfer-encoding", b"chunked")])

    assert request.body == b"abcde"
    assert about(request)["CONTENT_LENGTH"] == "5"
    assert "HTTP_TRANSFER_ENCODING" not in about(request)


def test_chunked_body_beyond_the_limit_is_told_by_one_byte_and_no_more_is_kept():
    request = answered("/echo", LONG, LONG, LONG, b"")

    assert about(request)["CONTENT_LENGTH"] == str(LIMITS.body_bytes + 1)
    assert len(request.body) == LIMITS.body_bytes + 1
    assert "connection" not in request.headers


def test_endless_body_is_not_read_to_its_end_and_the_connection_closes():
    request = answered("/echo", *[LONG] * 100)

    assert request.received < 10
    assert request.headers["connection"] == "close"


def test_announced_body_beyond_the_limit_is_dropped():
    request = answered("/echo", LONG, LONG, headers=[(b"content-length", b"1800")])

    assert request.body == b""
    assert about(request)["CONTENT_LENGTH"] == "1800"
    assert request.received == 2


def test_body_that_waits_for_leave_is_not_asked_for_when_it_is_too_long():
    headers = [(b"content-length", b"1800"), (b"expect", b"100-continue")]
    request = answered("/echo", LONG, LONG, headers=headers)

    assert request.received == 0
    assert request.headers["connection"] == "close"


def test_table_may_be_longer_than_other_bodies():
    request = answered("/echo", *[LONG] * 600, table=True)

    assert request.body == LONG * 600


def test_table_that_cannot_be_kept_is_refused_and_the_next_one_answered(monkeypatch, tmp_path):
    guard = guard_of()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    request = answered("/echo", *[LONG] * 600, table=True, guard=guard)

    assert (request.status, json.loads(request.body)["status"]) == (503, 503)
    assert request.headers["retry-after"]
    assert request.received == 600
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
    limits = LIMITS.__class__(
        body_bytes=10**6, table_bytes=10**6, concurrency=8, connections=4, request_seconds=30
    )
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
    assert request.transport.aborted
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
        bridge = Bridge(guard, AccessLog(False))
        requests = [Request(guard, "/stream", table=True) for _ in range(TABLES + 2)]
        hold = asyncio.Event()
        for request in requests[:TABLES]:
            request.send = held(request, hold)
        calls = [bridge(r.scope, r.receive, r.send) for r in requests]
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
