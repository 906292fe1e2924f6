"""Clients that are slow, rude or many, at the real server."""

import json
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from gender_detection.model import store
from gender_detection.serving.head import HEAD_BYTES
from tests.api.server_process import ServedApi, connect, read_all, wait_until

SECONDS = 0.5
CONNECTIONS = 8
HEAD = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

TABLE_HEAD = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"


@pytest.fixture
def served(start_server: Callable[..., ServedApi], tiny_artifact, tmp_path) -> ServedApi:
    """One worker that waits for nobody longer than SECONDS."""
    store.publish(tmp_path / "model", tiny_artifact, "1")
    return start_server(
        tmp_path / "model", workers=1, request_seconds=SECONDS, max_connections=CONNECTIONS,
        table_rate=1000,
    )  # fmt: skip


def problem_in(answer: bytes) -> dict:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower()
    document = json.loads(body)
    assert f"x-request-id: {document['request_id']}".encode() in head.lower()
    assert head.startswith(f"HTTP/1.1 {document['status']} ".encode())
    return dict(document)


def predict_request(document: object) -> bytes:
    body = json.dumps(document).encode()
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize(
    "sent",
    [
        HEAD,
        HEAD + b"Content-Length: 100\r\n\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    ],
    ids=["half a head", "half a body", "half a chunked body"],
)
def test_request_that_takes_too_long_is_refused(served, sent):
    with connect(served) as client:
        client.sendall(sent)
        problem = problem_in(read_all(client))

    assert problem["status"] == 408
    assert f"{SECONDS:g} seconds" in problem["detail"]


def test_body_sent_byte_by_byte_is_refused_and_delays_nobody(served):
    with connect(served) as client:
        client.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
        client.settimeout(0.02)
        answer, others = b"", 0
        while not answer:
            client.sendall(b" ")
            assert served.predict({"name": "Maria"})[0] == 200
            others += 1
            try:
                answer = client.recv(65536)
            except TimeoutError:
                continue

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert others > 1


def test_table_sent_byte_by_byte_is_refused(served):
    with connect(served) as client:
        client.sendall(TABLE_HEAD + b"Content-Length: 100000\r\n\r\nname\n")
        client.settimeout(0.02)
        answer, deadline = b"", time.monotonic() + 20
        while not answer:
            assert time.monotonic() < deadline
            client.sendall(b"a")
            try:
                answer = client.recv(65536)
            except TimeoutError:
                continue

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_slow_table_is_answered_while_it_arrives(served):
    rows = 400
    line = b"Maria" + b" " * 94 + b"\n"
    with connect(served) as client:
        client.sendall(TABLE_HEAD + b"Content-Length: %d\r\n\r\nname\n" % (5 + rows * len(line)))
        client.settimeout(4 * SECONDS / rows)
        started = time.monotonic()
        for _ in range(rows):
            client.sendall(line)
            with suppress(TimeoutError):
                assert not client.recv(65536)
        assert time.monotonic() - started > 2 * SECONDS
        client.settimeout(20)
        client.shutdown(socket.SHUT_WR)
        answer = read_all(client)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b",female,") == rows


def test_silent_connection_is_closed(served):
    with connect(served) as client:
        assert read_all(client) == b""


def test_endless_request_head_is_refused(served):
    with connect(served) as client:
        client.sendall(HEAD + b"X-Long: " + b"a" * HEAD_BYTES)
        problem = problem_in(read_all(client))

    assert problem["status"] == 431
    assert str(HEAD_BYTES) in problem["detail"]


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x00\xa5\r\n\r\n", b"HELO there\r\n\r\n"])
def test_invalid_http_is_refused(served, sent):
    with connect(served) as client:
        client.sendall(sent)
        assert read_all(client).startswith(b"HTTP/1.1 400 ")


def test_client_that_does_not_read_is_disconnected_and_delays_nobody(served):
    with connect(served) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asked = {"instances": ["Maria"] * 10_000}
        for _ in range(5):
            client.sendall(predict_request(asked))
        assert served.predict({"name": "Maria"})[0] == 200

        def is_cut_off() -> bool:
            try:
                client.sendall(b" ")
            except OSError:
                return True
            return False

        wait_until(is_cut_off, "the end of the connection")


def test_connections_over_the_limit_get_retry_after(served):
    idle = [connect(served) for _ in range(CONNECTIONS)]
    answers = []
    with connect(served) as client:
        answers.append(read_all(client))
    for client in idle:
        client.close()

    assert answers[0].startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 1" in answers[0]


def test_pipelined_requests_are_answered_in_order(served):
    with connect(served) as client:
        for number in range(20):
            client.sendall(predict_request({"name": "Maria", "id": number}))
        client.shutdown(socket.SHUT_WR)
        answers = read_all(client)

    ids = [part.partition(b",")[0] for part in answers.split(b'{"id":')[1:]]
    assert ids == [b"%d" % number for number in range(20)]


def test_request_in_flight_is_finished_when_the_server_stops(served):
    asked = predict_request({"instances": ["Maria"] * 10_000})
    with connect(served) as client:
        client.sendall(asked[:-10])
        time.sleep(0.05)  # in the middle of a request, whatever the server does meanwhile
        served.process.send_signal(signal.SIGTERM)
        client.sendall(asked[-10:])
        answer = read_all(client)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b'"gender":"female"') == 10_000
    assert served.process.wait(timeout=20) == 0
