"""The real server stops while clients connect and disconnect."""

import http.client
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gender_detection.config import Settings
from tests.api.server_process import ServedApi, answers, launch, wait_until

CLIENTS = 16


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedApi]:
    server = launch(tmp_path / "no-model", tmp_path)
    wait_until(lambda: answers(server), "the server")
    yield server
    server.process.kill()
    server.process.wait()


def connect(served: ServedApi) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.connect()
    return connection


def ask(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
    answer.read()
    return answer


class Clients:
    """Send requests, each on its own connection, until the server refuses connections."""

    def __init__(self, served: ServedApi) -> None:
        self.served = served
        self.answered = 0
        self.broken: list[str] = []
        self._threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        while True:
            try:
                connection = connect(self.served)
            except OSError:
                return
            try:
                assert ask(connection).status == 200
                self.answered += 1
            except (OSError, http.client.HTTPException) as err:
                self.broken.append(repr(err))
            finally:
                connection.close()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()


# Docker signals one process; a terminal and systemd signal all of them.
@pytest.mark.parametrize(
    ("how", "to_all"), [(signal.SIGTERM, False), (signal.SIGINT, True), (signal.SIGTERM, True)]
)
def test_every_client_that_has_connected_is_answered(served, how, to_all):
    clients = Clients(served)
    wait_until(lambda: clients.answered > 10 * CLIENTS, "the load")
    code = served.stop(how, to_all)
    clients.join()

    assert (clients.broken, code) == ([], 0)


def is_last(answer: http.client.HTTPResponse) -> bool:
    return answer.headers.get("Connection") == "close"


def test_last_answer_on_a_connection_has_connection_close(served):
    connection = connect(served)
    assert not is_last(ask(connection))
    served.process.send_signal(signal.SIGTERM)

    wait_until(lambda: is_last(ask(connection)), "the last answer")
    assert connection.sock is None


def test_connected_client_that_sends_its_request_late_is_answered(served):
    slow, other = connect(served), connect(served)
    served.process.send_signal(signal.SIGTERM)
    wait_until(lambda: is_last(ask(other)), "the server to be stopping")

    assert ask(slow).status == 200
    assert served.process.wait(timeout=10) == 0


def test_client_that_sends_no_request_does_not_delay_the_stop(served):
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as silent:
        served.process.send_signal(signal.SIGTERM)
        assert silent.recv(1) == b""
        assert served.process.wait(timeout=Settings.stop_seconds / 2) == 0
