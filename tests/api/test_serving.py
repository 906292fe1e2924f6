"""The real server, over a real socket."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gender_detection.api import wsgi
from gender_detection.config import Settings
from gender_detection.errors import ConfigError
from gender_detection.serving.address import listen
from gender_detection.serving.server import serve
from tests.api.server_process import free_port, wait_until

JSON = {"Content-Type": "application/json"}
LIMIT, TOO_LARGE = 1_000_000, 5_000_000


@pytest.fixture
def served_without_model(start_server, tmp_path):
    return start_server(tmp_path / "model")


def workers_of(served) -> list[int]:
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


def test_server_without_a_model_runs_and_reports_the_remedy(served_without_model, tmp_path):
    status, headers, body = served_without_model.request("GET", "/readyz")

    assert served_without_model.request("GET", "/healthz")[0] == 200
    assert status == 503
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["detail"].startswith(f"no model at {tmp_path / 'model'}: run 'make")


@pytest.mark.parametrize("path", ["/predict", "/nope"])
@pytest.mark.parametrize("chunked", [False, True])
def test_body_over_the_limit_gets_a_problem_document(start_server, tmp_path, path, chunked):
    served = start_server(tmp_path / "model", max_body_bytes=LIMIT)
    body = (b" " * 65_536 for _ in range(TOO_LARGE // 65_536)) if chunked else b" " * TOO_LARGE
    status, headers, answer = served.request("POST", path, body, JSON)

    assert status == 413
    assert headers["Content-Type"] == "application/problem+json"
    assert str(LIMIT) in json.loads(answer)["detail"]


def test_client_that_expects_100_continue_is_refused_before_it_sends(served_without_model):
    head = (
        "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {20 * TOO_LARGE}\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", served_without_model.port), timeout=10) as client:
        client.sendall(head.encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_no_answer_carries_a_version_banner(served_without_model):
    for path in ("/", "/healthz", "/nope"):
        _, headers, _ = served_without_model.request("GET", path)
        assert not any(c.isdigit() for c in headers.get("Server", ""))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("by_terminal", [False, True])
def test_server_asked_to_stop_exits_with_0_and_leaves_nothing(
    start_server, tmp_path, how, by_terminal
):
    served = start_server(tmp_path / "model")
    wait_until(lambda: f"http://127.0.0.1:{served.port}" in served.output(), "the greeting")
    started = time.monotonic()
    code = served.stop(how, by_terminal)

    assert code == 0
    assert time.monotonic() - started < Settings.stop_seconds / 2
    assert "Traceback" not in served.output()
    assert not list(tmp_path.glob("gender-detection-metrics-*"))
    listen("127.0.0.1", served.port).close()


def test_server_asked_to_stop_during_startup_exits_with_0(start_server, tmp_path):
    served = start_server(tmp_path / "model", wait=False)
    wait_until(lambda: bool(workers_of(served)), "the first worker")
    started = time.monotonic()
    code = served.stop(signal.SIGINT, by_terminal=True)

    assert code == 0
    assert time.monotonic() - started < Settings.stop_seconds / 2
    assert "Traceback" not in served.output()


def test_dead_worker_is_replaced_and_the_counts_continue(served_without_model):
    for _ in range(5):
        served_without_model.request("GET", "/nope")
    before = workers_of(served_without_model)
    os.kill(before[0], signal.SIGKILL)
    wait_until(
        lambda: len(now := workers_of(served_without_model)) == len(before) and now != before,
        "a new worker",
    )

    def counted() -> bool:
        try:
            metrics = served_without_model.request("GET", "/metrics")[2].decode()
        except OSError:
            return False
        return 'requests_total{method="GET",route="other",status="404"} 5.0' in metrics

    wait_until(counted, "the counts of all workers, dead ones too")


def test_taken_port_is_reported_with_the_remedy():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError) as caught:
            serve(Settings(host="127.0.0.1", port=port), wsgi)

    assert str(caught.value) == (
        f"port {port} is taken: stop the program that uses it or set GENDER_DETECTION_PORT"
    )


def test_port_of_another_api_server_is_taken(served_without_model):
    with pytest.raises(ConfigError, match="is taken"):
        listen("127.0.0.1", served_without_model.port)


def test_address_of_another_machine_is_reported_with_the_remedy():
    # RFC 5737: an address for documentation, nobody's.
    with pytest.raises(ConfigError, match=r"cannot listen on 192\.0\.2\.1.*HOST"):
        listen("192.0.2.1", free_port())


def test_workers_end_when_their_parent_is_killed(served_without_model):
    workers = workers_of(served_without_model)
    served_without_model.process.kill()
    served_without_model.process.wait()

    wait_until(lambda: not any(is_alive(pid) for pid in workers), "the workers to end")


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and waits to be reaped does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_importing_the_module_does_nothing():
    code = "import sys, gender_detection.serving; sys.exit('prometheus_client' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_real_model_answers_over_the_socket(served_api):
    status, _, body = served_api.request("GET", "/readyz")
    assert (status, json.loads(body)["status"]) == (200, "ready")

    status, answer = served_api.predict({"name": "Maria", "id": 1})
    assert (status, answer["gender"], answer["id"]) == (200, "female", 1)
    status, answer = served_api.predict({"instances": ["Maria", {"name": "J. R."}]})
    assert status == 200
    assert [p["gender"] for p in answer["predictions"]] == ["female", "unknown"]

    wait_until(lambda: "curl" in served_api.output(), "the greeting")
    assert served_api.stop() == 0
    assert "Maria" not in served_api.output()
