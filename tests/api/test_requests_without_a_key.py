"""The real server reads and stores almost nothing of requests without a valid key."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gender_detection.config import PREFIX
from gender_detection.model import store
from tests.api.server_process import ServedApi, connect, read_all, wait_until

HEAD = b"POST /predict HTTP/1.1\r\nHost: x\r\n"
CSV = b"Content-Type: text/csv\r\n"
# More than the sockets of both sides and the server's own patience take together.
FLOOD = 64 * 1024 * 1024


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "api-keys.json"


@pytest.fixture
def served(start_server: Callable[..., ServedApi], tiny_artifact, tmp_path, keys) -> ServedApi:
    """One worker that needs a key, trusts a proxy, and has little room."""
    store.publish(tmp_path / "model", tiny_artifact, "1")
    subprocess.run(
        [sys.executable, "-m", "gender_detection.cli", "keys", "create", "laboratory"],
        env={f"{PREFIX}API_KEYS": str(keys)}, check=True, capture_output=True,
    )  # fmt: skip
    return start_server(tmp_path / "model", workers=1, api_keys=keys)


@pytest.fixture
def open_server(start_server: Callable[..., ServedApi], tiny_artifact, tmp_path) -> ServedApi:
    store.publish(tmp_path / "model", tiny_artifact, "1")
    return start_server(
        tmp_path / "model", workers=1, trusted_proxies="127.0.0.0/8",
        max_table_bytes=2_000_000, max_body_bytes=1_000_000, max_spool_bytes=4_000_000,
    )  # fmt: skip


def answer_to(served: ServedApi, head: bytes, body: bytes = b"") -> tuple[int, bytes]:
    with connect(served) as client:
        client.sendall(head + b"Connection: close\r\n\r\n" + body)
        answer = read_all(client)
    return int(answer.split(b" ", 2)[1]), answer


def test_request_without_a_valid_key_is_refused_before_its_body_is_sent(served):
    for key in (b"", b"Authorization: Bearer gdk_wrong\r\n"):
        for length in (b"Content-Length: 1000000000\r\n", b"Transfer-Encoding: chunked\r\n"):
            with connect(served) as client:
                client.sendall(HEAD + CSV + key + length + b"Expect: 100-continue\r\n\r\n")
                assert read_all(client).startswith(b"HTTP/1.1 401 ")


def test_table_without_a_key_is_not_stored(served):
    """The answer is there at once, and the connection ends long before a table would."""
    sent, part = 0, b"Maria\n" * 10_000
    with connect(served) as client:
        client.sendall(HEAD + CSV + b"Content-Length: 1000000000\r\n\r\n")
        answer = client.recv(65536)
        try:
            while sent < FLOOD:
                sent += client.send(part)
        except OSError:
            pass

    assert answer.startswith(b"HTTP/1.1 401 ")
    assert sent < FLOOD
    assert files_kept(served) == 0


def files_kept(served: ServedApi) -> int:
    """Return how many deleted files, as those of bodies are, the workers hold open."""
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
    kept = 0
    for pid in children.read_text().split():
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            target = str(descriptor.readlink())
            kept += target.startswith(str(served.log.parent)) and target.endswith(" (deleted)")
    return kept


def test_connection_stays_open_after_a_short_request_without_a_key(served):
    body = b'{"name": "Maria"}'
    short = (
        HEAD + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )
    with connect(served) as client:
        client.sendall(short * 3 + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answers = read_all(client)

    assert answers.count(b"HTTP/1.1 401 ") == 3
    assert answers.count(b"HTTP/1.1 200 ") == 1


def test_tables_of_one_caller_leave_room_for_another(open_server):
    """There is room for two tables: a second one of the same caller is refused, others are not."""

    def begin(client: socket.socket, address: bytes, size: int) -> None:
        head = (
            HEAD + CSV + b"X-Forwarded-For: %s\r\nContent-Length: 2000000\r\n\r\nname\n" % address
        )
        client.sendall(head + b"Maria\n" * (size // 6))

    with connect(open_server) as first, connect(open_server) as second:
        begin(first, b"192.0.2.1", 1_500_000)
        wait_until(lambda: files_kept(open_server) >= 1, "the first table to be kept")
        # What is announced has to fit beside what is there.
        status = 200
        while status == 200:
            status, answer = answer_to(
                open_server,
                HEAD + CSV + b"X-Forwarded-For: 192.0.2.1\r\nContent-Length: 1500000\r\n",
                b"name\n" + b"Maria\n" * 249_999 + b"x",
            )
        assert status == 503
        assert b"retry-after: 1" in answer.lower()
        begin(second, b"192.0.2.2", 600_000)
        status, answer = answer_to(
            open_server,
            HEAD + CSV + b"X-Forwarded-For: 192.0.2.3\r\nContent-Length: 11\r\n", b"name\nMaria\n",
        )  # fmt: skip
        assert status == 200


def logged_client(served: ServedApi, name: bytes) -> str:
    status, _ = answer_to(
        served, b"GET /model HTTP/1.1\r\nHost: x\r\n" + name + b": 203.0.113.9\r\n"
    )
    assert status == 200

    def lines() -> list[dict]:
        shown = [json.loads(x) for x in served.output().splitlines() if x.startswith("{")]
        return [line for line in shown if line["route"] == "/model"]

    wait_until(lambda: bool(lines()), "the line of the log")
    return str(lines()[-1]["client"])


def test_client_address_comes_from_a_trusted_proxy(open_server):
    assert logged_client(open_server, b"X-Forwarded-For") == "203.0.113.9"


def test_other_headers_are_not_taken_for_the_proxy_header(open_server):
    assert logged_client(open_server, b"X_Forwarded_For") == "127.0.0.1"


def test_request_head_is_read_as_http_specifies(open_server):
    for head, status in (
        (b"GET /healthz HTTP/1.1\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n", 501),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: coffee\r\n", 417),
        (b"GET /healthz HTTP/1.0\r\n", 200),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n", 200),
        (HEAD + b"Upgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 3\r\n", 501),
        ("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-ID: Łódź\r\n".encode(), 200),
        ("GET /predict HTTP/1.1\r\nHost: x\r\nOrigin: http://Łódź\r\n".encode(), 405),
    ):
        assert answer_to(open_server, head)[0] == status, head
